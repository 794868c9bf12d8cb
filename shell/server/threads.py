"""`ViewThreads`: threads for author code, started on demand, kept for the next, without a limit.

A fixed pool would let a handful of long-running views stop every other one. Threads are daemons:
one that never returns cannot keep the process alive.

Threads: called on the server thread. Guarantees: a job never waits for another job; after `stop`
no idle thread is left, and one that is busy ends with its job.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

log = logging.getLogger("everview.threads")

#: Idle threads kept. A thread costs about 60 us to start and 40 kB to keep.
IDLE_KEPT = 8

#: What asyncio takes for a command to itself: the first ends a coroutine, the next two the loop
#: with every view, the last says that whoever awaits was cancelled. A view that raises one has
#: failed, as with any other exception.
NOT_FOR_THE_LOOP = (StopIteration, SystemExit, KeyboardInterrupt, asyncio.CancelledError)

Done = Callable[[Any, BaseException | None], None]
Job = tuple[Callable[[], Any], Done, str]


class _Worker:
    """One thread and its inbox."""

    def __init__(self, threads: ViewThreads) -> None:
        self.inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads = threads
        self._thread = threading.Thread(target=self._run, name="everview idle", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        while (job := self.inbox.get()) is not None:
            function, done, self._thread.name = job
            result, error = None, None
            try:
                result = function()
            except BaseException as raised:  # noqa: BLE001  (carried to who started it)
                error = raised
            self._thread.name = "everview idle"
            self._threads.done(self, done, result, error)
            # Nothing of the job may stay alive in this thread's frame while it is idle.
            del job, function, done, result, error


class ViewThreads:
    """Runs callables in threads; an instance is the runtime's ``spawn``."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._idle: list[_Worker] = []
        self._stopped = False
        self.running = 0

    def __call__(self, function: Callable[[], Any], name: str, done: Done) -> None:
        if self._idle:
            worker = self._idle.pop()
        else:
            worker = _Worker(self)
            worker.start()
        self.running += 1
        worker.inbox.put((function, done, name))

    def stop(self) -> None:
        """End the idle threads, and the others as they finish."""
        self._stopped = True
        while self._idle:
            self._idle.pop().inbox.put(None)

    def done(self, worker: _Worker, done: Done, result: Any, error: BaseException | None) -> None:
        """A worker finished a job. Worker threads."""
        try:
            self._loop.call_soon_threadsafe(self._deliver, worker, done, result, error)
        except RuntimeError:
            log.debug("a view's code ended after the server")
            worker.inbox.put(None)

    def _deliver(
        self, worker: _Worker, done: Done, result: Any, error: BaseException | None
    ) -> None:
        self.running -= 1
        if len(self._idle) < IDLE_KEPT and not self._stopped:
            self._idle.append(worker)
        else:
            worker.inbox.put(None)
        if isinstance(error, NOT_FOR_THE_LOOP):
            name = type(error).__name__
            raised = RuntimeError(f"{name} was raised in a view: {error}")
            raised.__cause__ = error
            error = raised
        done(result, error)
