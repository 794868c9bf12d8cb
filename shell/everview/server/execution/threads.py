"""`ViewThreads`: runs author code in threads, started on demand and cached, without a limit.

The event loop never runs plain author code: any call in it may block. Each running function has a
thread of its own. A fixed pool is no option, since a handful of long-running views would block
every other view.

The design follows ``trio._core._thread_cache``: a worker thread waits for its next job, so that
most jobs wake an idle thread (about 10 us) instead of starting one (60 us). The loop hands a job
over with one queue operation, and the worker hands the outcome back with one
``call_soon_threadsafe``. Unlike in trio, the loop alone owns the list of idle workers: no lock is
needed.

Workers are daemon threads. Author code that never returns cannot keep the process alive.

Threads: all methods are called on the server thread.
Guarantees: a job never waits for another job. After `stop`, idle threads end at once, and a busy
thread ends after its job.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from typing import NamedTuple

from everview.runtime.execution.activity import Done

logger = logging.getLogger("everview.threads")

#: Maximum number of idle threads that wait for later jobs. An idle thread needs about 40 kB.
MAX_IDLE = 8
#: The name that a thread has while it is idle.
IDLE_NAME = "everview idle"

#: asyncio gives these exceptions a special meaning: StopIteration ends a coroutine, SystemExit and
#: KeyboardInterrupt end the loop, and CancelledError means that the awaiting task was cancelled.
#: If the code of a view raises one of them, it is treated as an ordinary failure.
RESERVED_BY_ASYNCIO = (StopIteration, SystemExit, KeyboardInterrupt, asyncio.CancelledError)


class Job(NamedTuple):
    """A function to run; ``done(result, error)`` is called on the server thread afterwards."""

    function: Callable[[], object]
    name: str
    done: Done


class Worker:
    """A worker thread. It runs the jobs in its inbox. None in the inbox ends the thread."""

    def __init__(self, threads: ViewThreads) -> None:
        self.inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads = threads
        self._thread = threading.Thread(target=self._run, name=IDLE_NAME, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (job := self.inbox.get()) is not None:
            self._thread.name = job.name
            result: object = None
            error: BaseException | None = None
            try:
                result = job.function()
            except BaseException as raised:  # noqa: BLE001  (passed to the caller)
                error = raised
            self._thread.name = IDLE_NAME
            if not self._threads.return_outcome(self, job, result, error):
                return
            # Delete the references, so that an idle thread does not keep objects of its last job
            # alive.
            del job, result, error


class ViewThreads:
    """The cached threads of one event loop. A runtime uses an instance as its ``spawn``."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._idle: list[Worker] = []
        self._stopped = False
        #: The number of running jobs.
        self.running = 0

    def __call__(self, function: Callable[[], object], name: str, done: Done) -> None:
        """Run ``function`` in a thread called ``name``, then ``done`` on the server thread.

        Raises:
            RuntimeError: The system starts no more threads.
        """
        worker = self._idle.pop() if self._idle else Worker(self)
        self.running += 1
        worker.inbox.put(Job(function, name, done))

    def stop(self) -> None:
        """End idle threads now, and each busy thread after its job."""
        self._stopped = True
        while self._idle:
            self._idle.pop().inbox.put(None)

    def return_outcome(
        self, worker: Worker, job: Job, result: object, error: BaseException | None
    ) -> bool:
        """Pass the result or the error of a job to the server thread.

        Called on the worker's thread.

        Returns:
            False if the loop is closed.
        """
        try:
            self._loop.call_soon_threadsafe(self._finish, worker, job, result, error)
        except RuntimeError:
            logger.debug("%s ended after the server", job.name)
            return False
        return True

    def _finish(
        self, worker: Worker, job: Job, result: object, error: BaseException | None
    ) -> None:
        self.running -= 1
        if len(self._idle) < MAX_IDLE and not self._stopped:
            self._idle.append(worker)
        else:
            worker.inbox.put(None)
        if isinstance(error, RESERVED_BY_ASYNCIO):
            name = type(error).__name__
            replacement = RuntimeError(f"{name} was raised in a view: {error}")
            replacement.__cause__ = error
            error = replacement
        job.done(result, error)
