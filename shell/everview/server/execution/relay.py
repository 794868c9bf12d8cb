"""`Relay`: which thread has the loop. A job that is done at once is run by the one that has it.

To give a handler to another thread, and its outcome back, wakes two threads: half of what a click
takes in the server. So the thread that has the loop leaves it for a moment, runs the handler, and
goes on. Where that takes longer than `ALLOWED`, another, the follower, takes the loop over, and the
handler goes on where it is, as in a thread of its own; at once, where it waits for something of
ours (`this_thread`). Whether it waits for anything else nobody can tell: what took long is given to
another thread from the start the next times (`Habits`).

The pattern is Leader/Followers (Schmidt and others, Pattern-Oriented Software Architecture 2,
2000). What it gains, and what was tried instead, is in docs/performance.md.

Threads: `offer` and `end` on the server thread, which is the one that is in `lead`.
Guarantees: one thread has the loop at any time; a job that waits for something, for ever maybe,
keeps others waiting for `ALLOWED` at most, and one that computes as long as any thread may.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from functools import partial

from everview.runtime.execution.activity import this_thread
from everview.server.execution.alarm import Alarm
from everview.server.execution.threads import Job, ViewThreads, Worker

log = logging.getLogger("everview.server")

#: The name of the thread that has the loop.
NAME = "everview server"
#: How long a job has at most before another thread takes the loop over, in seconds. It is for jobs
#: that were not long so far.
ALLOWED = 0.005


class Relay:
    """Runs ``loop``, and jobs of ``threads`` in between where the system has what that needs.

    ``at_end`` is called when the loop has ended, by the thread that had it last.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, threads: ViewThreads, at_end: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._threads = threads
        self._at_end = at_end
        self._alarm: Alarm | None = None
        self._planned: Job | None = None
        #: The thread that has the loop, and what its job is called while it runs one.
        self._leader = threading.current_thread()
        self._name = ""
        #: Whoever takes it first has the loop: while a job is run, its own.
        self._baton: threading.Lock | None = None
        self._follower: Worker | None = None
        self._is_set = False
        self._is_over = False
        if sys.platform == "linux":
            try:
                self._alarm = Alarm(ALLOWED)
            except OSError:
                return
            threads.offer = self.offer

    def offer(self, job: Job) -> bool:
        """Run ``job`` when this turn of the loop is done; False if one is to be run already."""
        if self._planned is not None or self._is_over:
            return False
        if self._follower is None:
            self._follower = self._threads.take()
            self._follower.inbox.put(self._follow)
        self._planned = job
        self._loop.stop()
        return True

    def end(self) -> None:
        """End the loop."""
        self._is_over = True
        self._loop.stop()

    def lead(self, worker: Worker | None = None) -> None:
        """Run the loop in this thread, ``worker``'s or any: to its end, or until another has it."""
        self._leader = threading.current_thread()
        this_thread.waits = partial(self._waits, self._leader)
        while not self._is_over:
            try:
                self._loop.run_forever()
            except (SystemExit, KeyboardInterrupt):
                # A loop leaves with what a task raised of these. It has every view: it goes on.
                log.exception("something on the server thread wanted to end the process")
            job, self._planned = self._planned, None
            if job is not None and not self._run(job, worker):
                return
            del job  # nothing of it may stay alive here
        self._end(worker)

    def _run(self, job: Job, worker: Worker | None) -> bool:
        """Run a job beside the loop; whether this thread still has the loop."""
        assert self._alarm is not None  # noqa: S101  (nothing is offered without)
        self._name = job.name
        self._baton = baton = threading.Lock()
        if not self._is_set:
            # Not for each job, and never cleared: a timer is dearer than most jobs.
            self._is_set = True
            self._alarm.set()
        outcome = job.run()
        if not baton.acquire(blocking=False):
            self._threads.report(worker, job, outcome)
            return False
        self._loop.call_soon(self._threads.deliver, None, job, outcome)
        return True

    def _waits(self, thread: threading.Thread) -> None:
        """A job in ``thread`` is about to wait for the loop."""
        if thread is self._leader and self._alarm is not None:
            self._alarm.ring()

    def _follow(self, worker: Worker) -> None:
        """Wait for a job that takes long, then lead: what the follower does."""
        assert self._alarm is not None  # noqa: S101  (there is no follower without)
        while True:
            self._alarm.wait()
            self._is_set = False  # before the baton: a job that begins now sets it again
            if self._baton is not None and self._baton.acquire(blocking=False):
                break
            if self._is_over:
                return
        self._leader.name = self._name
        self._follower = None
        worker.thread.name = NAME
        self.lead(worker)

    def _end(self, worker: Worker | None) -> None:
        if self._alarm is not None:
            if self._follower is not None:
                self._follower.inbox.put(None)
                self._alarm.ring()
                self._follower.thread.join()
            self._alarm.close()
        self._at_end()
        if worker is not None:
            worker.inbox.put(None)
