"""`Activities`: the running author code of one instance, and the functions that stop it.

Threads: must be used on the server thread only.
Guarantees: `stop` ends all author code, except code in a thread that never calls Everview. `ended`
waits for such code only until its timeout.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from everview.runtime.execution.activity import Activity, Owner, Spawn, settle, start_in_thread

T = TypeVar("T")


class Activities:
    """The activities and tasks of one instance.

    Attributes:
        owner: The instance.
        loop: The loop of the server thread.
        spawn: Starts threads.
        stopping: Whether `stop` was called.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, spawn: Spawn, owner: Owner) -> None:
        self.owner = owner
        self.loop = loop
        self.spawn = spawn
        self.stopping = False
        self._running: set[Activity] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._all_ended: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        """The number of activities that run or wait for their turn."""
        return len(self._running)

    def begin(self, activity: Activity) -> None:
        """Register an activity that is about to run."""
        self._running.add(activity)

    def end(self, activity: Activity) -> None:
        """Remove an activity that has ended."""
        self._running.discard(activity)
        if self._all_ended is not None:
            self._check_ended()

    def task(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run a coroutine that belongs to the instance."""
        task = self.loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)
        return task

    def _task_ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._check_ended()

    async def run_in_thread(self, function: Callable[[], T], name: str) -> T:
        """Run author code in a thread.

        If the caller is cancelled, calls from that code to Everview raise `ViewStopped`.

        Raises:
            RuntimeError: The system cannot start another thread.
            Exception: Any exception of ``function``.
        """
        activity = Activity(name, self.owner)
        outcome: asyncio.Future[T] = self.loop.create_future()

        def done(result: T, error: BaseException | None) -> None:
            self.end(activity)
            settle(outcome, result, error)

        self.begin(activity)
        try:
            start_in_thread(activity, function, (), self.spawn, done)
        except RuntimeError:
            self.end(activity)
            raise
        try:
            return await outcome
        except asyncio.CancelledError:
            activity.stop()
            raise

    def _check_ended(self) -> None:
        ended = self._all_ended
        if ended is not None and not ended.done() and not self._running and not self._tasks:
            ended.set_result(None)

    def stop(self) -> None:
        """Stop every activity."""
        self.stopping = True
        for activity in list(self._running):
            activity.stop()

    async def ended(self, timeout: float) -> None:
        """Wait until no activity and no task runs, at most ``timeout`` seconds."""
        self._all_ended = self.loop.create_future()
        self._check_ended()
        await asyncio.wait([self._all_ended], timeout=timeout)
