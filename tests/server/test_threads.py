"""`ViewThreads`: any number of threads, their reuse, and every way in which author code can end."""

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
from everview.server.execution.threads import MAX_IDLE, ViewThreads

PATIENCE = 30.0
T = TypeVar("T")


def run(test: Callable[[ViewThreads], Coroutine[Any, Any, None]]) -> None:
    """Run ``test`` on an event loop with its own `ViewThreads`. All their threads must end."""

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
        assert not thread.is_alive(), f"{thread.name} did not end"


def in_a_thread(main: Coroutine[Any, Any, T]) -> T:
    """Run an event loop in a new thread: browser tests leave a loop running in the main thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, main).result()


def start(threads: ViewThreads, function: Callable[[], T], name: str) -> asyncio.Future[T]:
    return in_thread(function, name, threads)


async def within(awaitable: Awaitable[Any]) -> Any:
    return await asyncio.wait_for(awaitable, PATIENCE)


def test_hundred_blocked_jobs_do_not_block_the_next() -> None:
    async def test(threads: ViewThreads) -> None:
        release = threading.Event()
        blocked = [start(threads, release.wait, f"job {n}") for n in range(100)]
        assert await within(start(threads, lambda: "ran", "the next")) == "ran"
        assert threads.running == 100
        release.set()
        assert await within(asyncio.gather(*blocked)) == [True] * 100
        assert threads.running == 0
        assert len(threads._idle) == MAX_IDLE

    run(test)


def test_idle_thread_is_reused() -> None:
    async def test(threads: ViewThreads) -> None:
        used = {await within(start(threads, threading.get_ident, "job")) for _ in range(20)}
        assert len(used) == 1

    run(test)


def test_thread_has_name_of_its_job_while_it_runs() -> None:
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
def test_exception_of_job_is_set_on_future(error: BaseException) -> None:
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
def test_exception_reserved_by_asyncio_becomes_runtime_error(error: BaseException) -> None:
    """In an earlier version ``sys.exit()`` in a handler ended the server thread and all views."""

    async def test(threads: ViewThreads) -> None:
        def fail() -> None:
            raise error

        with pytest.raises(RuntimeError, match=type(error).__name__) as raised:
            await within(start(threads, fail, "job"))
        assert raised.value.__cause__ is error
        assert await within(start(threads, lambda: "ran", "the next")) == "ran"

    run(test)


def test_cancelled_future_ignores_result_and_thread_is_reused() -> None:
    async def test(threads: ViewThreads) -> None:
        for ending in (lambda: "result", lambda: 1 / 0):
            entered, release = threading.Event(), threading.Event()

            def job(entered=entered, release=release, ending=ending) -> Any:
                entered.set()
                release.wait()
                return ending()

            future = start(threads, job, "job")
            assert entered.wait(PATIENCE)
            future.cancel()
            release.set()
            assert await within(start(threads, lambda: "ran", "the next")) == "ran"
            while threads.running:  # noqa: ASYNC110  (the job ends on a later turn of the loop)
                await asyncio.sleep(0)
            assert future.cancelled()

    run(test)


def test_idle_thread_keeps_no_object_of_its_job_alive() -> None:
    class Big:
        pass

    async def test(threads: ViewThreads) -> None:
        big = Big()
        seen = weakref.ref(big)
        assert await within(start(threads, lambda big=big: big is not None, "job"))
        del big
        await within(start(threads, lambda: None, "next job of the same thread"))
        gc.collect()
        assert seen() is None

    run(test)


def test_thread_ends_when_its_job_outlives_the_loop() -> None:
    release = threading.Event()

    async def main() -> threading.Thread:
        threads = ViewThreads(asyncio.get_running_loop())
        started = threading.Event()

        def job() -> None:
            started.set()
            release.wait()

        start(threads, job, "outlives")
        assert started.wait(PATIENCE)
        (thread,) = [t for t in threading.enumerate() if t.name == "outlives"]
        threads.stop()
        return thread

    thread = in_a_thread(main())
    release.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
