"""The rate at which a total grows over the last few seconds."""

from __future__ import annotations

from collections import deque

#: The seconds that a rate covers: long enough to be steady, short enough to follow changes.
WINDOW = 5.0

#: Minimum seconds between two samples, so that a window has at most 50 samples.
SPACING = 0.1

#: Minimum seconds for a rate. The rate of a single block varies too much.
WARM_UP = 1.0


class RateWindow:
    """The mean growth per second of a total over the last `WINDOW` seconds.

    Times are monotonic seconds. Not thread-safe: the owner has a lock.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def restart(self, now: float, total: int) -> None:
        """Start again at ``now``, without the samples before it."""
        self._samples.clear()
        self._samples.append((now, total))

    def note(self, now: float, total: int) -> None:
        """Add the total at ``now`` as a sample."""
        if not self._samples or now - self._samples[-1][0] >= SPACING:
            self._samples.append((now, total))
            self._forget(now)
        elif len(self._samples) > 1:
            # Update the newest sample: a later rate must not count this growth again.
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
        # The newest sample at or before the start of the window stays: it is the base of the rate.
        while len(self._samples) > 1 and self._samples[1][0] <= now - WINDOW:
            self._samples.popleft()
