"""`ViewThreads`: threads for author code, started on demand, kept for the next, without a limit.

A fixed pool would let a handful of long-running views stop every other one. Threads are daemons:
one that never returns cannot keep the process alive.

Threads: called on the server thread. Guarantees: a job never waits for another job, but for the
moment that `Relay` gives one; after `stop` no idle thread is left, and one that is busy ends with
its job.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from functools import partial
from time import perf_counter
from types import CodeType
from typing import Any, NamedTuple

from everview.server.execution.habits import Habits

log = logging.getLogger("everview.threads")

#: Idle threads kept. A thread costs about 60 us to start and 40 kB to keep.
IDLE_KEPT = 8
#: The name of a thread that has nothing to do.
IDLE = "everview idle"

#: What asyncio takes for a command to itself: the first ends a coroutine, the next two the loop
#: with every view, the last says that whoever awaits was cancelled. A view that raises one has
#: failed, as with any other exception.
NOT_FOR_THE_LOOP = (StopIteration, SystemExit, KeyboardInterrupt, asyncio.CancelledError)

Done = Callable[[Any, BaseException | None], None]
#: What a job returned and raised, and how long it took, in seconds.
Outcome = tuple[Any, BaseException | None, float]


class Job(NamedTuple):
    """What is to be run; ``done(result, error)`` is called on the server thread afterwards.

    ``code``: whose code that is, if it is known.
    """

    function: Callable[[], Any]
    name: str
    done: Done
    code: CodeType | None

    def run(self) -> Outcome:
        """Run it in this thread."""
        began = perf_counter()
        try:
            return self.function(), None, perf_counter() - began
        except BaseException as raised:  # noqa: BLE001  (carried to who started it)
            return None, raised, perf_counter() - began


class Worker:
    """One thread and its inbox: what is in it is called with the worker; None ends it."""

    def __init__(self) -> None:
        self.inbox: queue.SimpleQueue[Callable[[Worker], None] | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name=IDLE, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def _run(self) -> None:
        while (work := self.inbox.get()) is not None:
            work(self)
            # Nothing of it may stay alive in this thread's frame while it is idle.
            del work


class ViewThreads:
    """Runs callables in threads; an instance is the runtime's ``spawn``.

    ``offer``: who may run a job sooner, if it says so; see `Relay`. It is offered what is known to
    be quick, or not known at all yet.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.offer: Callable[[Job], bool] | None = None
        self._loop = loop
        self._habits = Habits()
        self._idle: list[Worker] = []
        self._stopped = False
        self.running = 0

    def __call__(
        self, function: Callable[[], Any], name: str, done: Done, code: CodeType | None = None
    ) -> None:
        job = Job(function, name, done, code)
        if (
            self.offer is None
            or self._stopped
            or code is None
            or self._habits.takes_long(code)
            or not self.offer(job)
        ):
            self.take().inbox.put(partial(self._work, job))
        self.running += 1

    def take(self) -> Worker:
        """An idle worker, or a new one. Raises RuntimeError if there can be no more threads."""
        if self._idle:
            return self._idle.pop()
        worker = Worker()
        worker.start()
        return worker

    def stop(self) -> None:
        """End the idle threads, and the others as they finish."""
        self._stopped = True
        while self._idle:
            self._idle.pop().inbox.put(None)

    def _work(self, job: Job, worker: Worker) -> None:
        worker.thread.name = job.name
        self.report(worker, job, job.run())

    def report(self, worker: Worker | None, job: Job, outcome: Outcome) -> None:
        """A job has been run, by ``worker``, which is idle now. Any thread."""
        try:
            self._loop.call_soon_threadsafe(self.deliver, worker, job, outcome)
        except RuntimeError:
            log.debug("a view's code ended after the server")
            if worker is not None:
                worker.inbox.put(None)

    def deliver(self, worker: Worker | None, job: Job, outcome: Outcome) -> None:
        """Tell who wanted it of the end of a job; ``worker`` is idle now."""
        self.running -= 1
        if worker is not None:
            worker.thread.name = IDLE
            if len(self._idle) < IDLE_KEPT and not self._stopped:
                self._idle.append(worker)
            else:
                worker.inbox.put(None)
        result, error, seconds = outcome
        if job.code is not None:
            self._habits.ran(job.code, seconds)
        if isinstance(error, NOT_FOR_THE_LOOP):
            name = type(error).__name__
            raised = RuntimeError(f"{name} was raised in a view: {error}")
            raised.__cause__ = error
            error = raised
        job.done(result, error)
