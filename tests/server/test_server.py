"""`Server`: what it leaves behind, and what it says when it cannot start."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from typing import Any

import psutil
import pytest

from everview import App, View
from everview.html import HTML
from everview.server import server as server_module
from everview.server.server import Server
from tests.support.server import (
    PATIENCE,
    Closed,
    Socket,
    connect,
    counter_app,
    head,
    new_page,
    on_server,
    port_of,
    request,
    serving,
    wait_until,
    works,
)  # fmt: skip


def test_a_server_leaves_no_thread_socket_or_file_behind() -> None:
    with serving():
        pass  # what is made once for the process, is made now
    gc.collect()
    threads, files = set(threading.enumerate()), psutil.Process().num_fds()
    for _ in range(3):
        with serving() as server:
            assert works(server)
            with Socket(port_of(server)):
                pass
    for thread in set(threading.enumerate()) - threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), f"{thread.name} is left"
    gc.collect()
    wait_until(lambda: psutil.Process().num_fds() <= files, "every descriptor is closed")


def test_stopping_closes_windows_and_tells_them() -> None:
    with serving() as server:
        page = new_page(server)
        page.attach("/counter/")
        port = port_of(server)
    with page:
        assert page.socket.closed() == 1001
    with pytest.raises(ConnectionRefusedError):
        request(port)


def test_stopping_twice_and_before_the_start_does_nothing() -> None:
    server = Server(counter_app().make_runtime)
    server.stop()
    server.start()
    server.stop()
    server.stop()


def test_idle_and_unproven_links_do_not_hold_up_the_end() -> None:
    with serving() as server:
        idle = [Socket(port_of(server)) for _ in range(20)]
        plain = [connect(port_of(server)) for _ in range(20)]
        for connection in plain:
            # Answered and kept alive; one that was never accepted is the system's to close.
            connection.sendall(head("GET", "/", [("Host", server.guard.authority)]))
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
    for link in idle:
        with pytest.raises(Closed):
            link.hear()
        link.close()
    for connection in plain:
        connection.close()
    assert "everview server" not in [thread.name for thread in threading.enumerate()]


def test_a_port_in_use_is_an_error_that_says_so() -> None:
    with serving() as first:
        second = Server(counter_app().make_runtime, port_of(first))
        with pytest.raises(OSError, match="in use"):
            second.start()
        second.stop()
        assert works(first)


def test_the_port_can_be_used_again_at_once() -> None:
    """Connections of the server that ended linger in the system for a minute."""
    with serving() as first:
        port = port_of(first)
        assert works(first)
    with serving(port=port) as second:
        assert port_of(second) == port
        assert works(second)


def test_a_runtime_that_cannot_be_made_is_the_starts_error() -> None:
    def fail(*arguments: object) -> None:
        raise ValueError("no runtime")

    server = Server(fail)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no runtime"):
        server.start()


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_a_view_that_exits_ends_only_itself(error: type[BaseException]) -> None:
    """``sys.exit()`` in plain author code is that view's failure, not the app's end."""
    app = counter_app()

    @app.route("/exit")
    class Exit(View):
        def handle_request(self, request: object) -> HTML:
            raise error

    with serving(app) as server:
        with new_page(server) as page:
            page.attach("/exit")
        assert works(server)


def test_fifty_windows_at_once_share_a_daemon_view() -> None:
    with serving() as server:
        pages = [new_page(server) for _ in range(50)]
        try:
            documents = {page.attach("/counter/")["document"] for page in pages}
            assert len(documents) == 1
            assert on_server(server, lambda: len(server.runtime.windows)) == 50
        finally:
            for page in pages:
                page.close()


def test_one_app_is_served_by_two_servers_apart() -> None:
    app: App = counter_app()
    with serving(app) as first, serving(app) as second:
        assert port_of(first) != port_of(second)
        assert first.runtime.epoch != second.runtime.epoch
        with new_page(first) as page:
            page.attach("/counter/")
            assert on_server(second, lambda: len(second.runtime.windows)) == 0


def test_defect_13_blocking_code_does_not_hold_up_the_end() -> None:
    """A view that blocks without any call of ours: nobody can end such a thread."""
    app, blocked = App(__file__), threading.Event()
    go_on = threading.Event()

    @app.route("/")
    class Blocks(View):
        is_daemon = True

        def handle_request(self, request: Any) -> None:
            self.show(HTML("blocks"))
            blocked.set()
            go_on.wait(PATIENCE)

    server = Server(app.make_runtime)
    server.start()
    try:
        with new_page(server) as page:
            page.attach("/")
            assert blocked.wait(PATIENCE)
            started = time.monotonic()
            server.stop()
            assert server._ended.is_set()
            # CLEANUP_AFTER (2 s) is what code that was told to stop gets, not more.
            assert time.monotonic() - started < PATIENCE / 2
    finally:
        go_on.set()


def test_defect_13_nothing_ends_an_idle_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """No timer of the loop belongs to a link that has proved its right and says nothing."""
    # asyncio's own loop has a list of its timers.
    monkeypatch.setattr(server_module, "new_event_loop", asyncio.new_event_loop)
    with serving() as server, new_page(server) as page:
        page.attach("/counter/")

        def timers() -> list[str]:
            handles = server.loop._scheduled  # type: ignore[attr-defined]
            return [repr(handle) for handle in handles if not handle.cancelled()]

        # What opening it needed may still be there for a moment, until its time.
        wait_until(
            lambda: not [t for t in on_server(server, timers) if "aiohttp" in t or "links" in t],
            "no timer is left that could end the link",
        )
        assert page.socket.is_open()


def test_a_server_that_gets_no_loop_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise OSError("too many open files")

    monkeypatch.setattr("everview.server.server.new_event_loop", none)
    server = Server(counter_app().make_runtime)
    with pytest.raises(OSError, match="too many"):
        server.start()
    server.stop()
