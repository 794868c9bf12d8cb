"""Measuring the rate at which a total has grown over the last few seconds."""

from __future__ import annotations

from collections import deque

#: A rate is measured over this number of seconds. It is long enough for a steady rate and short
#: enough to follow changes.
WINDOW = 5.0

#: Minimum time between two samples, in seconds. At most 50 samples are stored.
SPACING = 0.1

#: No rate is calculated before this number of seconds, because the rate of a single block varies
#: too much.
WARM_UP = 1.0


class RateWindow:
    """The mean growth per second of a total over the last `WINDOW` seconds.

    Times are seconds of a monotonic clock. The class is not thread-safe, so its owner must use a
    lock.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def restart(self, now: float, total: int) -> None:
        """Delete all samples, and start again at ``now``."""
        self._samples.clear()
        self._samples.append((now, total))

    def note(self, now: float, total: int) -> None:
        """Add the total at ``now`` as a sample."""
        if not self._samples or now - self._samples[-1][0] >= SPACING:
            self._samples.append((now, total))
            self._forget(now)
        elif len(self._samples) > 1:
            # Update the newest sample, so that a later rate does not count this growth again.
            self._samples[-1] = (self._samples[-1][0], total)

    def per_second(self, now: float, total: int) -> float:
        """The rate up to ``now``; 0.0 before `WARM_UP` seconds have passed."""
        self._forget(now)
        if not self._samples:
            return 0.0
        then, before = self._samples[0]
        passed = now - then
        return (total - before) / passed if passed >= WARM_UP else 0.0

    def _forget(self, now: float) -> None:
        # Keep the newest sample at or before the start of the window, because the rate is
        # calculated from it.
        while len(self._samples) > 1 and self._samples[1][0] <= now - WINDOW:
            self._samples.popleft()
