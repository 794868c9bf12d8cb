"""`Clock`: the time of a simulated app, which stands still until a test advances it.

    clock.advance(60)       # self.sleep(60), timeouts, grace periods and ticks pass at once

It is the clock and the selector of an event loop, the two places where asyncio learns of time and
waits: no timer is patched. Plain code that waits (``self.sleep``) waits for the loop's timers, and
so follows. What does not: ``time.sleep``, ``time.time`` and other programs.

Alternatives that were rejected: jumping to the next timer whenever nothing happens (trio's
autojump) would end every grace period and time-out before a test has looked; patching
``time.monotonic`` reaches code that has nothing to do with views.

Threads: `advance` and `settle` on the test's thread; `Loop` runs in another.
Guarantees: when they return, nothing is at work any more (see `work`), and every window that can be
sent something has been; a timer runs at its own time, and all that follows from it before the next.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections.abc import Callable
from typing import Any

from everview.testing.thread_work import Work, where

#: Seconds after which waiting for something that must happen is a failure.
PATIENCE = 10.0
#: How often it is asked whether a thread that was at work waits now; its end wakes the loop.
POLL = 0.001


class Clock:
    """``work``: what runs in threads. ``publish()`` sends what windows miss, says if it did."""

    def __init__(self) -> None:
        self.work = Work()
        self.publish: Callable[[], bool] = lambda: False
        self.loop = Loop(self)
        self._now = 0.0
        self._goal: float | None = None
        self._done = threading.Event()
        self._moves = 0
        self._error: Exception | None = None
        self._released: float | None = None

    @property
    def now(self) -> float:
        """Seconds since the app started."""
        real = 0.0 if self._released is None else time.monotonic() - self._released
        return self._now + real

    def advance(self, seconds: float) -> None:
        """Let time pass: what is due happens in its order, and is over when this returns."""
        if seconds < 0:
            raise ValueError(f"time does not go back: advance({seconds!r})")
        self._run_to(self._now + seconds)

    def settle(self) -> None:
        """Let everything that happens now come to its end; no time passes."""
        self._run_to(self._now)

    def _run_to(self, goal: float) -> None:
        done = self._done = threading.Event()
        self.loop.call_soon_threadsafe(self._begin, goal)
        moves = -1
        while not done.wait(PATIENCE):
            if self._moves == moves:
                raise AssertionError(self._stuck())
            moves = self._moves
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _begin(self, goal: float) -> None:
        self._goal = goal

    def _stuck(self) -> str:
        busy = self.work.busy()
        if not busy:
            return f"the app did not come to rest in {PATIENCE:g} s: does async code never wait?"
        return (
            f"view code has been at work for {PATIENCE:g} s and neither ends nor waits: "
            f"{', '.join(sorted(set(busy)))}\n{where(busy)}\n"
            "To wait in a view, use self.sleep(): it follows the clock of the tests."
        )

    def release(self) -> None:
        """From now on time passes by itself: the app is ending. The loop's thread."""
        if self._released is None:
            self._released = time.monotonic()

    # the loop's thread -------------------------------------------------------------------------

    def wait(self, select: Callable[[float | None], Any], timeout: float | None) -> Any:
        """The loop has nothing to do for ``timeout`` seconds (None: ever): what it waits for."""
        if self._released is not None or (timeout is not None and timeout <= 0):
            return select(timeout)
        if self._goal is None:
            return select(None)
        # First who is at work, then what they asked for: the other way round, a thread could ask
        # and begin to wait in between.
        if self.work.busy():
            return select(POLL)
        if events := select(0):
            return events
        if self._publish():
            return []
        if self._now < self._goal:
            self._moves += 1
            self._now = self._goal if timeout is None else min(self._goal, self._now + timeout)
            return []
        self._goal = None
        self._done.set()
        return select(None)

    def _publish(self) -> bool:
        try:
            return self.publish()
        except Exception as error:  # noqa: BLE001  (raised again in the test)
            self._error = error
            return False


class _Selector(selectors.DefaultSelector):
    """Waits as the clock says."""

    clock: Clock

    def select(self, timeout: float | None = None) -> Any:
        return self.clock.wait(super().select, timeout)


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time is that of a `Clock`."""

    def __init__(self, clock: Clock) -> None:
        selector = _Selector()
        selector.clock = clock
        self._clock = clock
        super().__init__(selector)

    def time(self) -> float:
        return self._clock.now

    def run_in_executor(  # type: ignore[override]  # what it is called with does not matter
        self, executor: Any, func: Any, *args: Any
    ) -> Any:
        """As ever; what ``asyncio.to_thread`` runs is work, too."""
        end = self._clock.work.begin(func, "executor")
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: end())
        return future
