"""`Clock` is the time of a simulated app. The time stands still until a test advances it.

    clock.advance(60)       # self.sleep(60), timeouts, grace periods and ticks are over at once

The clock replaces the time and the selector of an event loop, the two places where asyncio reads
the time and waits. No timer is patched. Plain code that waits (``self.sleep``) uses timers of the
loop and therefore follows the clock. ``time.sleep``, ``time.time`` and other processes do not.

Two alternatives were rejected. If the clock jumped to the next timer whenever nothing happens
(autojump in trio), all grace periods and timeouts would end before a test can check anything. A
patched ``time.monotonic`` would also affect code outside the views.

Threads: `advance` and `settle` are called on the test's thread. `Loop` runs in another thread.

Guarantees: when `advance` or `settle` returns, no code is running (see ``thread_work``) and every
window has received its updates. Each timer runs at the time for which it was set. All its
consequences happen before the next timer.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from everview.testing.thread_work import ThreadWork, position_of

#: The type of the result of ``select``.
Events = list[tuple[selectors.SelectorKey, int]]
T = TypeVar("T")
#: Maximum time to wait for an expected event, in seconds.
PATIENCE = 10.0
#: In this interval, in seconds, the clock checks whether a running thread has begun to wait. When
#: the thread ends, it wakes the loop.
POLL = 0.001


class Clock:
    """The time of one simulated app.

    Attributes:
        work: The code that runs in threads.
        publish: Sends the windows their updates; returns whether it sent any.
    """

    def __init__(self) -> None:
        self.work = ThreadWork()
        self.publish: Callable[[], bool] = lambda: False
        self.loop = Loop(self)
        self._now = 0.0
        self._goal: float | None = None
        self._done = threading.Event()
        self._steps = 0
        self._error: Exception | None = None
        self._real_since: float | None = None

    @property
    def now(self) -> float:
        """Seconds since the app started."""
        real = 0.0 if self._real_since is None else time.monotonic() - self._real_since
        return self._now + real

    def advance(self, seconds: float) -> None:
        """Let time pass. All timers in this time run in order, with all their consequences.

        Raises:
            ValueError: ``seconds`` is negative.
            AssertionError: The code of a view neither ends nor waits.
        """
        if seconds < 0:
            raise ValueError(f"time cannot go back: advance({seconds!r})")
        self._run_to(self._now + seconds)

    def settle(self) -> None:
        """Wait until all running code has ended or waits. The time does not change."""
        self._run_to(self._now)

    def _run_to(self, goal: float) -> None:
        done = self._done = threading.Event()
        self.loop.call_soon_threadsafe(self._begin, goal)
        steps = -1
        while not done.wait(PATIENCE):
            if self._steps == steps:
                raise AssertionError(self._describe_hang())
            steps = self._steps
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _begin(self, goal: float) -> None:
        self._goal = goal

    def _describe_hang(self) -> str:
        busy = self.work.busy()
        if not busy:
            return f"the app is busy after {PATIENCE:g} s; async code may loop without waiting"
        return (
            f"the code of a view has run for {PATIENCE:g} s and neither ends nor waits: "
            f"{', '.join(sorted(set(busy)))}\n{position_of(busy)}\n"
            "Use self.sleep() to wait in a view; it follows the clock of the tests."
        )

    def release(self) -> None:
        """Switch to real time, because the app ends. Call this on the thread of the loop."""
        if self._real_since is None:
            self._real_since = time.monotonic()

    # methods called on the thread of the loop -------------------------------------------------

    def wait(self, select: Callable[[float | None], Events], timeout: float | None) -> Events:
        """Called instead of the loop's selector when the loop is idle for ``timeout`` seconds.

        ``timeout`` is None if the loop has no timer.
        """
        if self._real_since is not None or (timeout is not None and timeout <= 0):
            return select(timeout)
        if self._goal is None:
            return select(None)
        # First check whether threads run, then whether they sent requests. In the other order, a
        # thread could send a request and start to wait between the two checks.
        if self.work.busy():
            return select(POLL)
        if events := select(0):
            return events
        if self._publish():
            return []
        if self._now < self._goal:
            self._steps += 1
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
    """A selector that waits for the time of a `Clock`."""

    clock: Clock

    def select(self, timeout: float | None = None) -> Events:
        return self.clock.wait(super().select, timeout)


class Loop(asyncio.SelectorEventLoop):
    """An event loop with the time of a `Clock`."""

    def __init__(self, clock: Clock) -> None:
        selector = _Selector()
        selector.clock = clock
        self._clock = clock
        super().__init__(selector)

    def time(self) -> float:
        """Return the time of the clock instead of the real time."""
        return self._clock.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., T], *args: object
    ) -> asyncio.Future[T]:
        """Run ``func`` in a thread and count it as running code.

        ``asyncio.to_thread`` calls this method.
        """
        end = self._clock.work.begin(func, "executor")
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: end())
        return future
