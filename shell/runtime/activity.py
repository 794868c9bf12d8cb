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
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from shell.errors import BlockingCallError, ViewStopped
from shell.runtime.window import Window

T = TypeVar("T")

_current: contextvars.ContextVar[Activity | None] = contextvars.ContextVar("activity", default=None)


class Spawn(Protocol):
    """Runs a callable in a thread of its own and brings the outcome back to the loop."""

    def __call__(self, function: Callable[[], T], name: str) -> asyncio.Future[T]: ...


@dataclass(eq=False)
class Activity:
    """``has_turn``: it is a handler and holds its instance's turn; ``holds``: ticks wait for it.

    ``is_handler``: it gives the turn up while it waits; ``paused`` counts its waits, ``resuming``
    lets one of them take the turn again; ``ended``: none does any more.
    ``acknowledge`` is the event, as (window, number), that the end of the turn acknowledges.
    """

    name: str
    is_handler: bool = False
    has_turn: bool = False
    paused: int = 0
    resuming: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: bool = False
    holds: bool = False
    in_thread: bool = False
    stopped: bool = False
    acknowledge: tuple[Window, int] | None = None
    busy: asyncio.TimerHandle | None = None
    task: asyncio.Task[Any] | None = None
    pending: set[concurrent.futures.Future[Any]] = field(default_factory=set)

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


async def run(
    activity: Activity, function: Callable[..., Any], arguments: tuple[Any, ...], spawn: Spawn
) -> Any:
    """Run author code: ``async`` functions here, plain ones in a thread."""
    token = _current.set(activity)
    try:
        if inspect.iscoroutinefunction(function):
            return await function(*arguments)
        context = contextvars.copy_context()
        activity.in_thread = True
        try:
            result = await spawn(partial(context.run, function, *arguments), activity.name)
        finally:
            activity.in_thread = False
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
