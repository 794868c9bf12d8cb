"""Pausing and cancelling a long task from another thread, and measuring its working time.

This module does not handle the progress of the task; see ``progress``.

Threads: the thread of the task calls `Control.start`, `Control.check` and `Control.finish`. Any
thread may call the other methods.
Guarantees: after `Control.cancel`, the next call of `Control.check` raises. A call that is waiting
in a pause also raises. A paused task continues only after `resume` or `cancel`. `seconds` does
not grow between `pause` and `resume`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: A function that returns the time of a monotonic clock, in seconds.
Clock = Callable[[], float]


class CancelledError(Exception):
    """`Control.check` raises this in the thread of the task if the task was cancelled."""


class Stopwatch:
    """A stopwatch: counts the seconds between its starts and stops."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # The state is one tuple that is replaced as a whole, so that readers in other threads need
        # no lock.
        self._state: tuple[float, float | None] = (0.0, None)

    def run(self) -> None:
        """Start or continue counting. Does nothing if the stopwatch is running."""
        banked, since = self._state
        if since is None:
            self._state = (banked, self._clock())

    def halt(self) -> None:
        """Stop counting. Does nothing if the stopwatch is stopped."""
        self._state = (self.seconds(), None)

    def seconds(self) -> float:
        """The seconds counted so far."""
        banked, since = self._state
        return banked if since is None else banked + self._clock() - since


class Control:
    """Lets other threads pause or cancel one task."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._changed = threading.Condition()
        self._stopwatch = Stopwatch(clock)
        self._started = self._finished = False
        self._paused = self._cancelled = self._waiting = False
        # True if the task must pause or end. `check` reads it without the lock, because `check` is
        # called for every file and every block.
        self._interrupted = False

    def start(self) -> None:
        """Start measuring time. The thread of the task calls this once.

        Raises:
            RuntimeError: The task was started before.
        """
        with self._changed:
            if self._started:
                raise RuntimeError("a task runs once; make a new one to run it again")
            self._started = True
            self._keep_time()

    def finish(self) -> None:
        """Stop measuring time. The measurement cannot be started again."""
        with self._changed:
            self._finished = True
            self._keep_time()

    def pause(self) -> None:
        """Ask the task to wait at its next check."""
        self._set(paused=True)

    def resume(self) -> None:
        """Let a paused task continue."""
        self._set(paused=False)

    def cancel(self) -> None:
        """Make the next check raise `CancelledError`. This cannot be undone."""
        with self._changed:
            self._cancelled = True
            self._interrupted = True
            self._changed.notify_all()

    @property
    def paused(self) -> bool:
        """Whether the task must wait. False if it was cancelled or has finished."""
        return self._paused and not self._cancelled and not self._finished

    def wait_paused(self, timeout: float | None = None) -> bool:
        """Block until the task waits in a pause.

        Returns False if it does not wait within ``timeout`` seconds.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting, timeout)

    def check(self) -> None:
        """Wait while the task is paused. The task calls this between two steps.

        Raises:
            CancelledError: The task was cancelled.
        """
        if not self._interrupted:
            return
        with self._changed:
            self._waiting = self._paused and not self._cancelled
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._cancelled or not self._paused)
            self._waiting = False
            if self._cancelled:
                raise CancelledError

    def seconds(self) -> float:
        """The seconds that the task has worked, without pauses."""
        return self._stopwatch.seconds()

    def _set(self, *, paused: bool) -> None:
        with self._changed:
            self._paused = paused
            self._interrupted = paused or self._cancelled
            self._keep_time()
            self._changed.notify_all()

    def _keep_time(self) -> None:
        if self._started and not self._paused and not self._finished:
            self._stopwatch.run()
        else:
            self._stopwatch.halt()
