"""The event loop stays on one thread from start to end, even if author code blocks or raises."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from everview import App, View
from everview.html import HTML, Button
from everview.runtime.execution.activity import in_thread
from everview.server.execution.loop import new_event_loop, run_loop
from everview.server.execution.threads import ViewThreads
from tests.support.server import PATIENCE, new_page, on_server, serving

MakeLoop = Callable[[], asyncio.AbstractEventLoop]
#: Run each test with the loop of asyncio, and with the loop of the server (uvloop if installed).
LOOPS = [
    pytest.param(asyncio.new_event_loop, id="asyncio"),
    pytest.param(new_event_loop, id="server"),
]
CLICKS = 5


class Clicks(View):
    """An ``async`` view with an sqlite3 connection, a slow plain handler and an async handler."""

    async def handle_request(self, request: Any) -> HTML:
        self.loop_threads = {threading.get_ident()}
        self.handler_threads: set[int] = set()
        self.results: queue.Queue[int | Exception] = queue.Queue()
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("CREATE TABLE clicks (number INTEGER)")
        self.slow = Button("Slow", handle_click=self.block)
        self.insert = Button("Insert", handle_click=self.insert_row)
        return HTML(self.slow, self.insert)

    def block(self, event: Any) -> None:
        self.handler_threads.add(threading.get_ident())
        time.sleep(0.05)

    async def insert_row(self, event: Any) -> None:
        self.loop_threads.add(threading.get_ident())
        try:
            self.connection.execute("INSERT INTO clicks VALUES (1)")
            (count,) = self.connection.execute("SELECT count(*) FROM clicks").fetchone()
            self.results.put(count)
        except sqlite3.Error as error:
            self.results.put(error)

    async def on_cleanup(self) -> None:
        self.connection.close()


def test_sqlite_connection_of_async_view_works_after_slow_plain_handler() -> None:
    """Earlier, the loop moved to another thread, so sqlite3 raised an error (defect S1)."""
    app = App(__file__, name="loop-thread")
    app.route("/")(Clicks)
    with serving(app) as server, new_page(server) as page:
        document = page.attach("/")["document"]
        view: Any = on_server(server, lambda: server.runtime.instances[document].view)
        numbers = iter(range(1, 2 * CLICKS + 1))
        for count in range(1, CLICKS + 1):
            for button in (view.slow, view.insert):
                page.socket.send({"t": "event", "number": next(numbers), "document": document,
                                 "node": button.node_id, "name": "click"})  # fmt: skip
            assert view.results.get(timeout=PATIENCE) == count
        assert view.loop_threads == {on_server(server, threading.get_ident)}
        assert view.handler_threads.isdisjoint(view.loop_threads)


def run_in_new_thread(
    make_loop: MakeLoop, main: Callable[[ViewThreads], Coroutine[Any, Any, None]]
) -> None:
    """Run ``main`` with `run_loop` in a new thread, which has no other event loop."""
    failures: list[BaseException] = []

    def run() -> None:
        loop = make_loop()
        threads = ViewThreads(loop)
        try:
            run_loop(loop, main(threads))
        except BaseException as error:  # noqa: BLE001  (raised again in the test's thread)
            failures.append(error)
        finally:
            threads.stop()
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "the loop did not end"
    if failures:
        raise failures[0]


@pytest.mark.parametrize("make_loop", LOOPS)
def test_loop_thread_is_constant_while_plain_code_runs(make_loop: MakeLoop) -> None:
    async def main(threads: ViewThreads) -> None:
        loop_thread = threading.get_ident()
        for delay in (0, 0, 0.02, 0, 0.02, 0):
            used = await in_thread(lambda delay=delay: (time.sleep(delay), threading.get_ident())[1],
                                   "job", threads)  # fmt: skip
            assert used != loop_thread
            assert threading.get_ident() == loop_thread

    run_in_new_thread(make_loop, main)


@pytest.mark.parametrize("make_loop", LOOPS)
def test_loop_continues_after_author_code_stops_it(make_loop: MakeLoop) -> None:
    """In an earlier version ``asyncio.get_running_loop().stop()`` in a view ended the server."""

    async def main(threads: ViewThreads) -> None:
        loop_thread = threading.get_ident()
        asyncio.get_running_loop().stop()
        await asyncio.sleep(0.01)
        assert await in_thread(lambda: "ran", "job", threads) == "ran"
        assert threading.get_ident() == loop_thread

    run_in_new_thread(make_loop, main)


@pytest.mark.parametrize("make_loop", LOOPS)
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_loop_continues_after_task_raises_exit(
    make_loop: MakeLoop, error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise error

    async def main(threads: ViewThreads) -> None:
        task = asyncio.ensure_future(fail())
        await asyncio.wait([task])
        assert type(task.exception()) is error
        assert await in_thread(lambda: "ran", "job", threads) == "ran"

    run_in_new_thread(make_loop, main)
    assert "tried to end the process" in caplog.text


@pytest.mark.parametrize("make_loop", LOOPS)
def test_blocked_job_does_not_delay_end_of_loop(make_loop: MakeLoop) -> None:
    release = threading.Event()

    async def main(threads: ViewThreads) -> None:
        in_thread(release.wait, "job", threads)

    try:
        run_in_new_thread(make_loop, main)
    finally:
        release.set()


@pytest.mark.parametrize("make_loop", LOOPS)
def test_run_loop_raises_the_exception_of_main(make_loop: MakeLoop) -> None:
    async def main(threads: ViewThreads) -> None:
        raise ValueError("main failed")

    with pytest.raises(ValueError, match="main failed"):
        run_in_new_thread(make_loop, main)
