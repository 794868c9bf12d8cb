"""`Habits`: which code takes long, by what it did before.

Whether a function blocks nobody can tell from outside, but most do what they did the last time.

Threads: the server thread.
"""

from __future__ import annotations

from types import CodeType

#: What takes longer is long, in seconds: about ten times what most handlers take.
LONG = 0.001
#: So many runs in a row that were not long make what was long quick again.
RUNS = 20
#: So much code is remembered, then none: an app that makes its own has no end of it.
KEPT = 1000


class Habits:
    """Remembers code that took long; functions of the same source, as closures, are one."""

    def __init__(self) -> None:
        self._left: dict[CodeType, int] = {}

    def __len__(self) -> int:
        """How much code is known to take long."""
        return len(self._left)

    def takes_long(self, code: CodeType) -> bool:
        """Whether one of its last `RUNS` runs did."""
        return code in self._left

    def ran(self, code: CodeType, seconds: float) -> None:
        """It was run, and took so long."""
        if seconds > LONG:
            if len(self._left) >= KEPT:
                self._left.clear()
            self._left[code] = RUNS
        elif (left := self._left.get(code)) is not None:
            if left > 1:
                self._left[code] = left - 1
            else:
                del self._left[code]
