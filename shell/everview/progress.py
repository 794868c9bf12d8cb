"""`Progress`: how much of a piece of work is done, and its percentage."""

from __future__ import annotations

import math
from typing import NamedTuple, Self


class Progress(NamedTuple):
    """The progress of some work, in a unit that the author chooses.

    In JSON, a `Progress` is the list ``[done, total, label]``.

    Args:
        done: the finished part.
        total: all of the work; None: unknown.
        label: a description of the current work.
    """

    done: float
    total: float | None = None
    label: str = ""

    @classmethod
    def checked(cls, done: float, total: float | None = None, label: str = "") -> Self:
        """Return a progress whose numbers can be sent to pages.

        Raises:
            ValueError: A number is NaN or infinite.
        """
        return cls(_finite(done), None if total is None else _finite(total), label)

    @property
    def fraction(self) -> float | None:
        """The finished share, 0 to 1; None if the total is unknown."""
        if self.total is None or self.total <= 0:
            return None
        return min(max(self.done / self.total, 0.0), 1.0)

    @property
    def percent(self) -> int | None:
        """The finished share in whole percent, rounded down; None if the total is unknown.

        The percentage is rounded down, so that 100 % means that all work is done.
        """
        fraction = self.fraction
        return None if fraction is None else int(100 * fraction)


def _finite(number: float) -> float:
    try:
        is_finite = math.isfinite(number)
    except OverflowError:  # the int is too large for a float
        is_finite = False
    if not is_finite:
        raise ValueError("a number of a progress must be finite, not NaN or infinite")
    # The JSON encoder supports only integers of 64 bits.
    return number if abs(number) < 2**53 else float(number)
