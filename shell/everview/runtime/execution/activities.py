"""`Activities`: the author code of one instance that runs now, and its end.

Threads: the server thread only. Guarantees: after `stop` nothing of it goes on by itself but what
runs in a thread and does not come back; `ended` does not wait for that for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from everview.runtime.execution.activity import Activity, Owner, Spawn


class Activities:
    """``stopping``: the instance, ``owner``, was told to end."""

    def __init__(self, loop: asyncio.AbstractEventLoop, spawn: Spawn, owner: Owner) -> None:
        self.owner = owner
        self.loop = loop
        self.spawn = spawn
        self.stopping = False
        self._running: set[Activity] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._none_left: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        """How many run, or wait for their turn."""
        return len(self._running)

    def begin(self, activity: Activity) -> None:
        """``activity`` runs from now on."""
        self._running.add(activity)

    def end(self, activity: Activity) -> None:
        """It has ended."""
        self._running.discard(activity)
        if self._none_left is not None:
            self._check()

    def task(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run a coroutine that belongs to the instance."""
        task = self.loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)
        return task

    def _task_ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._check()

    def _check(self) -> None:
        left = self._none_left
        if left is not None and not left.done() and not self._running and not self._tasks:
            left.set_result(None)

    def stop(self) -> None:
        """Tell everything to end."""
        self.stopping = True
        for activity in list(self._running):
            activity.stop()

    async def ended(self, timeout: float) -> None:
        """Wait until nothing runs any more, at most ``timeout`` seconds."""
        self._none_left = self.loop.create_future()
        self._check()
        await asyncio.wait([self._none_left], timeout=timeout)
