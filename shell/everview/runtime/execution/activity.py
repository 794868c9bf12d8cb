"""`Activity`: one running piece of author code. Its blocking calls are passed to the event loop.

Plain author code runs in a thread, ``async`` author code on the server thread. Both call the same
methods, for example ``self.sleep(1)``: in a thread the method blocks and returns the result, on the
server thread it returns an awaitable. `call` implements this.

Threads: `call`, `current` and `check_stopped` can be called from any thread, the other functions
only on the server thread.
Guarantees: a blocking call never blocks the server thread. A blocked call of a stopped view raises
`ViewStopped`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import inspect
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Protocol, TypeVar

from everview.errors import BlockingCallError, ViewStopped

T = TypeVar("T")
#: Called with the result and the error of a function that ran in a thread.
Done = Callable[[Any, BaseException | None], None]

_current: contextvars.ContextVar[Activity | None] = contextvars.ContextVar("activity", default=None)


class Spawn(Protocol):
    """Runs functions in threads."""

    def __call__(self, function: Callable[[], object], name: str, done: Done) -> None:
        """Run ``function`` in a thread called ``name``.

        Args:
            function: The function to run.
            name: The name of the thread while it runs.
            done: Called as ``done(result, error)`` on the server thread afterwards.

        Raises:
            RuntimeError: The system starts no more threads.
        """


class Owner(Protocol):
    """The part of an instance that its author code uses."""

    @property
    def hub(self) -> Any:
        """The channels of the app (`everview.runtime.execution.channels.Hub`)."""

    def open_bucket(self, bucket: Any) -> None:
        """Open a bucket (`everview.runtime.transfers.buckets.Bucket`) that closes with the view."""


class Activity:
    """One running piece of author code.

    Attributes:
        name: Its name in log messages and threads.
        owner: The instance that it belongs to; None for code of the app itself.
        in_thread: Whether it is running in a thread now.
        stopped: Whether its view was stopped.
        task: The task that runs it on the server thread, if there is one.
        pending: Its blocking calls that have no result yet; `stop` cancels them.
    """

    __slots__ = ("in_thread", "name", "owner", "pending", "stopped", "task")

    def __init__(self, name: str, owner: Owner | None = None) -> None:
        self.name = name
        self.owner = owner
        self.in_thread = False
        self.stopped = False
        self.task: asyncio.Task[Any] | None = None
        self.pending: set[concurrent.futures.Future[Any]] = set()

    def add_call(self, future: concurrent.futures.Future[Any]) -> None:
        """Register a blocking call. It can be called from any thread."""
        self.pending.add(future)
        if self.stopped:
            # `stop` runs on the server thread, possibly before the blocking call was registered.
            future.cancel()

    def stop(self) -> None:
        """Stop this code: its calls raise `ViewStopped`, and its task is cancelled."""
        self.stopped = True
        for future in list(self.pending):
            future.cancel()
        if not self.in_thread and self.task is not None:
            self.task.cancel()


def current() -> Activity | None:
    """Return the activity of the calling code; None if the caller does not belong to a view."""
    return _current.get()


def is_async(function: Callable[..., object]) -> bool:
    """Whether ``function`` is an ``async def``; faster than `inspect.iscoroutinefunction`."""
    code = getattr(function, "__code__", None)
    if code is None:
        return inspect.iscoroutinefunction(function)
    return bool(code.co_flags & inspect.CO_COROUTINE)


async def run(
    activity: Activity,
    function: Callable[..., Any],
    arguments: tuple[object, ...],
    spawn: Spawn,
) -> Any:
    """Run author code, ``async`` functions on this thread and plain functions in another.

    Returns:
        The result of ``function``, awaited if it is awaitable.

    Raises:
        ViewStopped: The view was stopped while a plain function ran.
        RuntimeError: The code raised SystemExit or KeyboardInterrupt.
        BaseException: Any other exception of ``function``.
    """
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
            # A plain callable may return a coroutine, for example a functools.partial of an async
            # function.
            result = await result
    except (SystemExit, KeyboardInterrupt) as error:
        # SystemExit and KeyboardInterrupt would end the event loop, and all views with it.
        raise RuntimeError(f"{type(error).__name__} was raised in a view: {error}") from error
    finally:
        _current.reset(token)
    return result


def start_in_thread(
    activity: Activity,
    function: Callable[..., Any],
    arguments: tuple[object, ...],
    spawn: Spawn,
    done: Done,
) -> None:
    """Run plain author code in a thread, then call ``done(result, error)`` on the server thread.

    `run` does the same in a task. Most handlers need no task, and creating a task takes a tenth of
    the time of a click.
    """

    def finished(result: Any, error: BaseException | None) -> None:
        activity.in_thread = False
        done(result, error)

    context = contextvars.copy_context()
    context.run(_current.set, activity)
    activity.in_thread = True
    spawn(partial(context.run, function, *arguments), activity.name, finished)


def settle(future: asyncio.Future[T], result: T, error: BaseException | None) -> None:
    """Set the outcome of ``future``, unless it was cancelled."""
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


async def change(lock: threading.RLock, function: Callable[[], T], spawn: Spawn) -> T:
    """Change a document from the server thread without waiting for the document's lock.

    If author code holds the lock of the document, ``function`` runs in a thread.
    """
    if lock.acquire(blocking=False):
        try:
            return function()
        finally:
            lock.release()
    return await in_thread(function, "change", spawn)


def in_thread(function: Callable[[], T], name: str, spawn: Spawn) -> asyncio.Future[T]:
    """Run ``function`` in a thread, and return a future of its outcome."""
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    spawn(function, name, partial(settle, future))
    return future


def call(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, T]) -> Any:
    """Run ``coroutine`` on ``loop`` for author code.

    Returns:
        In a thread, the result of the coroutine. On the server thread, the coroutine itself.

    Raises:
        ViewStopped: The view of the calling thread was stopped.
    """
    if running_loop() is loop:
        return coroutine
    activity = _current.get()
    if activity is None:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()
    if activity.stopped:
        coroutine.close()
        raise ViewStopped(activity.name)
    future = asyncio.run_coroutine_threadsafe(coroutine, loop)
    activity.add_call(future)
    try:
        return future.result()
    except concurrent.futures.CancelledError:
        raise ViewStopped(activity.name) from None
    finally:
        activity.pending.discard(future)


def check_stopped() -> None:
    """Raise `ViewStopped` if the view of the calling code was stopped."""
    activity = _current.get()
    if activity is not None and activity.stopped:
        raise ViewStopped(activity.name)


def refuse_on_loop(loop: asyncio.AbstractEventLoop, name: str, instead: str) -> None:
    """Raise `BlockingCallError` on the server thread.

    Args:
        loop: The loop of the server thread.
        name: The name of the blocking function.
        instead: The code to write in an ``async`` function, for the message.
    """
    if running_loop() is loop:
        raise BlockingCallError(
            f"{name} blocks and was called on the server thread (in an async function): {instead}"
        )


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that runs in the calling thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
