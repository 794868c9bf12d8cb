"""`ViewThreads`: no limit, reuse, and whatever author code can end with."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from everview.runtime.execution.activity import in_thread
from everview.server.execution.threads import IDLE_KEPT, ViewThreads

PATIENCE = 30.0
T = TypeVar("T")


def run(test: Callable[[ViewThreads], Coroutine[Any, Any, None]]) -> None:
    """Run ``test`` on a loop with threads of its own, which end with it."""

    async def main() -> None:
        threads = ViewThreads(asyncio.get_running_loop())
        try:
            await test(threads)
        finally:
            threads.stop()

    before = set(threading.enumerate())
    in_a_thread(main())
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
        assert not thread.is_alive(), f"{thread.name} is left"


def in_a_thread(main: Coroutine[Any, Any, T]) -> T:
    """Run a loop where no browser test has left one running: not in the main thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, main).result()


def start(threads: ViewThreads, function: Callable[[], T], name: str) -> asyncio.Future[T]:
    return in_thread(function, name, threads)


async def within(awaitable: Awaitable[Any]) -> Any:
    return await asyncio.wait_for(awaitable, PATIENCE)


def test_a_hundred_blocked_jobs_do_not_keep_the_next_from_running() -> None:
    async def test(threads: ViewThreads) -> None:
        go_on = threading.Event()
        blocked = [start(threads, go_on.wait, f"job {n}") for n in range(100)]
        assert await within(start(threads, lambda: "ran", "the next")) == "ran"
        assert threads.running == 100
        go_on.set()
        assert await within(asyncio.gather(*blocked)) == [True] * 100
        assert threads.running == 0
        assert len(threads._idle) == IDLE_KEPT

    run(test)


def test_a_thread_is_used_again() -> None:
    async def test(threads: ViewThreads) -> None:
        used = {await within(start(threads, threading.get_ident, "job")) for _ in range(20)}
        assert len(used) == 1

    run(test)


def test_a_thread_has_the_name_of_its_job_while_it_runs() -> None:
    async def test(threads: ViewThreads) -> None:
        def name() -> str:
            return threading.current_thread().name

        assert await within(start(threads, name, "view Counter")) == "view Counter"
        names = [t.name for t in threading.enumerate()]
        assert "view Counter" not in names

    run(test)


@pytest.mark.parametrize(
    "error", [ValueError("x"), ExceptionGroup("x", [ValueError()]), GeneratorExit(), BaseException("x")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_an_exception_is_the_futures(error: BaseException) -> None:
    async def test(threads: ViewThreads) -> None:
        def fail() -> None:
            raise error

        future = start(threads, fail, "job")
        await within(asyncio.wait([future]))
        assert future.exception() is error
        assert await within(start(threads, lambda: "ran", "the next")) == "ran"

    run(test)


@pytest.mark.parametrize(
    "error",
    [SystemExit(3), KeyboardInterrupt(), StopIteration("x"), asyncio.CancelledError("x")],
    ids=lambda error: type(error).__name__,
)
def test_what_would_end_the_loop_is_an_ordinary_exception(error: BaseException) -> None:
    """``sys.exit()`` in a handler ended the server thread, and every view with it."""

    async def test(threads: ViewThreads) -> None:
        def fail() -> None:
            raise error

        with pytest.raises(RuntimeError, match=type(error).__name__) as raised:
            await within(start(threads, fail, "job"))
        assert raised.value.__cause__ is error
        assert await within(start(threads, lambda: "ran", "the next")) == "ran"

    run(test)


def test_a_cancelled_future_takes_no_result_and_the_thread_goes_on() -> None:
    async def test(threads: ViewThreads) -> None:
        for ending in (lambda: "result", lambda: 1 / 0):
            entered, go_on = threading.Event(), threading.Event()

            def job(entered=entered, go_on=go_on, ending=ending) -> Any:
                entered.set()
                go_on.wait()
                return ending()

            future = start(threads, job, "job")
            assert entered.wait(PATIENCE)
            future.cancel()
            go_on.set()
            assert await within(start(threads, lambda: "ran", "the next")) == "ran"
            while threads.running:  # noqa: ASYNC110  (each turn may bring its end)
                await asyncio.sleep(0)
            assert future.cancelled()

    run(test)


def test_nothing_of_a_job_stays_alive() -> None:
    class Big:
        pass

    async def test(threads: ViewThreads) -> None:
        big = Big()
        seen = weakref.ref(big)
        assert await within(start(threads, lambda big=big: big is not None, "job"))
        del big
        await within(start(threads, lambda: None, "the same thread's next"))
        gc.collect()
        assert seen() is None

    run(test)


def test_a_job_that_outlives_the_loop_ends_its_thread() -> None:
    go_on = threading.Event()

    async def main() -> threading.Thread:
        threads = ViewThreads(asyncio.get_running_loop())
        started = threading.Event()

        def job() -> None:
            started.set()
            go_on.wait()

        start(threads, job, "outlives")
        assert started.wait(PATIENCE)
        (thread,) = [t for t in threading.enumerate() if t.name == "outlives"]
        threads.stop()
        return thread

    thread = in_a_thread(main())
    go_on.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
