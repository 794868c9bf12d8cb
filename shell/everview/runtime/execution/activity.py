"""`Activity`: one piece of author code that is running, and the bridge for its blocking calls.

Plain code runs in a thread of its own, ``async`` code on the server thread. Both call the same
methods (``self.sleep(1)``): in a thread they block and return the result, on the server thread
they return an awaitable. `call` makes that so.

Threads: `call` from any; the rest on the server thread.
Guarantees: a blocking call never runs on the server thread, so it cannot deadlock it; a blocked
call of a stopped view raises `ViewStopped`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import inspect
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from types import CodeType
from typing import Any, Protocol, TypeVar

from everview.errors import BlockingCallError, ViewStopped

T = TypeVar("T")
Done = Callable[[Any, BaseException | None], None]


class ThisThread(threading.local):
    """``waits`` is called before the calling thread waits for the loop: it may have that itself."""

    waits: Callable[[], None] | None = None


this_thread = ThisThread()
_current: contextvars.ContextVar[Activity | None] = contextvars.ContextVar("activity", default=None)


class Spawn(Protocol):
    """Runs a callable in a thread of its own."""

    def __call__(
        self, function: Callable[[], Any], name: str, done: Done, code: CodeType | None = None
    ) -> None:
        """``done(result, error)`` is called on the server thread when it has returned or raised.

        ``code``: what is run, where it is code that may be run again.
        """


class Owner(Protocol):
    """What code can reach of the view that it belongs to."""

    @property
    def hub(self) -> Any:
        """The channels of its app (`everview.runtime.execution.channels.Hub`)."""

    def keep(self, bucket: Any) -> None:
        """Open a bucket that ends with the view (`everview.runtime.transfers.buckets.Bucket`)."""


class Activity:
    """``in_thread``: it runs in a thread now; ``stopped``: its view was.

    ``owner``: the instance that it belongs to; None for an app's own code. ``pending``: its
    blocking calls, which a stop cancels.
    """

    __slots__ = ("in_thread", "name", "owner", "pending", "stopped", "task")

    def __init__(self, name: str, owner: Owner | None = None) -> None:
        self.name = name
        self.owner = owner
        self.in_thread = False
        self.stopped = False
        self.task: asyncio.Task[Any] | None = None
        self.pending: set[concurrent.futures.Future[Any]] = set()

    def stop(self) -> None:
        """End it: cancel a task of the loop; in a thread, blocked and further calls raise."""
        self.stopped = True
        # Calls in threads: its own, or one that async code handed something to.
        for future in list(self.pending):
            future.cancel()
        if not self.in_thread and self.task is not None:
            self.task.cancel()


def current() -> Activity | None:
    """The activity that the calling code belongs to, or None outside views."""
    return _current.get()


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """What runs when it is called; None for what is not written as a function."""
    while isinstance(function, partial):
        function = function.func
    return getattr(function, "__code__", None)


def is_async(function: Callable[..., Any]) -> bool:
    """Whether it is an ``async def``; sooner than `inspect.iscoroutinefunction` knows."""
    code = getattr(function, "__code__", None)
    if code is None:
        return inspect.iscoroutinefunction(function)
    return bool(code.co_flags & inspect.CO_COROUTINE)


async def run(
    activity: Activity, function: Callable[..., Any], arguments: tuple[Any, ...], spawn: Spawn
) -> Any:
    """Run author code: ``async`` functions here, plain ones in a thread."""
    token = _current.set(activity)
    try:
        if is_async(function):
            return await function(*arguments)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        start_in_thread(activity, function, arguments, spawn, partial(settle, future))
        result = await future
        if activity.stopped:
            if inspect.iscoroutine(result):
                result.close()
            raise ViewStopped(activity.name)
        if inspect.isawaitable(result):
            # A plain callable that made a coroutine, for instance functools.partial of one.
            result = await result
    except (SystemExit, KeyboardInterrupt) as error:
        # They would end the server thread, and with it every view.
        raise RuntimeError(f"{type(error).__name__} was raised in a view: {error}") from error
    finally:
        _current.reset(token)
    return result


def start_in_thread(
    activity: Activity,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    spawn: Spawn,
    done: Done,
) -> None:
    """Run plain author code in a thread; ``done(result, error)`` is called on the server thread.

    `run` without a task: what a handler needs that neither waits nor passes its event on.
    """

    def has_run(result: Any, error: BaseException | None) -> None:
        activity.in_thread = False
        done(result, error)

    context = contextvars.copy_context()
    context.run(_current.set, activity)
    activity.in_thread = True
    spawn(partial(context.run, function, *arguments), activity.name, has_run, code_of(function))


def settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    """Give a future its outcome, unless who waited for it was cancelled."""
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


async def change(lock: threading.RLock, function: Callable[[], T], spawn: Spawn) -> T:
    """Change a document from the server thread, which must not wait for its lock.

    While an author holds the lock, the change is made in a thread.
    """
    if lock.acquire(blocking=False):
        try:
            return function()
        finally:
            lock.release()
    return await in_thread(function, "change", spawn)


def in_thread(function: Callable[[], T], name: str, spawn: Spawn) -> asyncio.Future[T]:
    """Run a callable in a thread; a future of the running loop has its outcome."""
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    spawn(function, name, partial(settle, future))
    return future


def call(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, T]) -> Any:
    """``coroutine``'s result for code in a thread; the coroutine itself for code on the loop.

    Raises `ViewStopped` in a thread whose view was stopped.
    """
    if running_loop() is loop:
        return coroutine
    activity = _current.get()
    if activity is None:
        future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        return future.result()
    if activity.stopped:
        coroutine.close()
        raise ViewStopped(activity.name)
    future = asyncio.run_coroutine_threadsafe(coroutine, loop)
    activity.pending.add(future)
    check_after_adding(activity, future)
    if this_thread.waits is not None:
        this_thread.waits()
    try:
        return future.result()
    except concurrent.futures.CancelledError:
        raise ViewStopped(activity.name) from None
    finally:
        activity.pending.discard(future)


def check_after_adding(activity: Activity, future: concurrent.futures.Future[Any]) -> None:
    """Cancel a call that `Activity.stop`, on the server thread, came too early to see."""
    if activity.stopped:
        future.cancel()


def check_stopped() -> None:
    """Raise `ViewStopped` if the calling code's view was stopped."""
    activity = _current.get()
    if activity is not None and activity.stopped:
        raise ViewStopped(activity.name)


def refuse_on_loop(loop: asyncio.AbstractEventLoop, name: str, instead: str) -> None:
    """Raise `BlockingCallError` if called on the server thread."""
    if running_loop() is loop:
        raise BlockingCallError(
            f"{name} blocks, and was called on the server thread (in an async function): {instead}"
        )


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that runs in the calling thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
