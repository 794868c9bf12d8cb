"""How fast something grows, over the last few seconds."""

from __future__ import annotations

from collections import deque

#: Seconds that a rate looks back: long enough to be calm, short enough to follow a change of disk.
WINDOW = 5.0

#: Seconds between two samples, so that a window is at most 50 of them however small the files.
SPACING = 0.1

#: Seconds before a rate is given at all; a rate over one block is noise.
WARM_UP = 1.0


class RateWindow:
    """The mean growth per second of a total over the last `WINDOW` seconds.

    Times are handed in, monotonic, in seconds. Not thread-safe: its owner has the lock.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def restart(self, now: float, total: int) -> None:
        """Forget everything before ``now``."""
        self._samples.clear()
        self._samples.append((now, total))

    def note(self, now: float, total: int) -> None:
        """Remember what the total is now."""
        if not self._samples or now - self._samples[-1][0] >= SPACING:
            self._samples.append((now, total))
            self._forget(now)
        elif len(self._samples) > 1:
            # Folded into the newest sample, or a total that stands still would seem to creep.
            self._samples[-1] = (self._samples[-1][0], total)

    def per_second(self, now: float, total: int) -> float:
        """The rate up to ``now``; 0.0 while it is too early to say."""
        self._forget(now)
        if not self._samples:
            return 0.0
        then, before = self._samples[0]
        passed = now - then
        return (total - before) / passed if passed >= WARM_UP else 0.0

    def _forget(self, now: float) -> None:
        # The newest sample at or before the window's start stays: it is what to measure from.
        while len(self._samples) > 1 and self._samples[1][0] <= now - WINDOW:
            self._samples.popleft()
