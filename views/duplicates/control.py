"""Pausing and cancelling a long task from another thread, and its time without the pauses.

Not for: telling how far the task is (``progress``).

Threads: the task's thread calls `Control.start`, `Control.check` and `Control.finish`; any thread
    may call the rest.
Guarantees: after `Control.cancel`, the next `Control.check` raises, also one that is waiting in a
    pause. A paused task runs on only after `resume` or `cancel`. `seconds` stands still between
    `pause` and `resume`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: Monotonic seconds.
Clock = Callable[[], float]


class CancelledError(Exception):
    """The task was cancelled; raised by `Control.check` in the task's own thread."""


class Stopwatch:
    """Seconds that passed while it was running."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # One tuple, replaced as a whole: readers in other threads need no lock.
        self._state: tuple[float, float | None] = (0.0, None)

    def run(self) -> None:
        """Start or go on; running already is fine."""
        banked, since = self._state
        if since is None:
            self._state = (banked, self._clock())

    def halt(self) -> None:
        """Stand still; standing already is fine."""
        self._state = (self.seconds(), None)

    def seconds(self) -> float:
        """The seconds counted so far."""
        banked, since = self._state
        return banked if since is None else banked + self._clock() - since


class Control:
    """The pause and cancel buttons of one task."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._changed = threading.Condition()
        self._stopwatch = Stopwatch(clock)
        self._started = self._finished = False
        self._paused = self._cancelled = self._waiting = False
        # What check() looks at without the lock: it is called for every file and every block.
        self._interrupted = False

    def start(self) -> None:
        """Begin counting time; called once by the task's thread.

        Raises:
            RuntimeError: It was started before.
        """
        with self._changed:
            if self._started:
                raise RuntimeError("a task runs once; make a new one to run it again")
            self._started = True
            self._keep_time()

    def finish(self) -> None:
        """Stop counting time for good."""
        with self._changed:
            self._finished = True
            self._keep_time()

    def pause(self) -> None:
        """Ask the task to wait at its next check."""
        self._set(paused=True)

    def resume(self) -> None:
        """Let a paused task go on."""
        self._set(paused=False)

    def cancel(self) -> None:
        """Make the next check raise `CancelledError`. Cannot be taken back."""
        with self._changed:
            self._cancelled = True
            self._interrupted = True
            self._changed.notify_all()

    @property
    def paused(self) -> bool:
        """Whether the task was asked to wait, and is neither cancelled nor finished."""
        return self._paused and not self._cancelled and not self._finished

    def wait_paused(self, timeout: float | None = None) -> bool:
        """Block until the task really waits in a pause; False if it does not in ``timeout``."""
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting, timeout)

    def check(self) -> None:
        """Wait while paused; called by the task between any two steps.

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
        """Seconds the task has been at work, pauses not counted."""
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
