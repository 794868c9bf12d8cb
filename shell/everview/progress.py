"""`Progress`: how much of a piece of work is done, and its percentage."""

from __future__ import annotations

from typing import NamedTuple


class Progress(NamedTuple):
    """``done`` of ``total``, in the author's unit. JSON has it as ``[done, total, label]``.

    Args:
        done: the finished part.
        total: all of the work; None: unknown.
        label: a description of the current work.
    """

    done: float
    total: float | None = None
    label: str = ""

    @property
    def fraction(self) -> float | None:
        """The finished share, 0 to 1; None if the total is unknown."""
        if self.total is None or self.total <= 0:
            return None
        return min(max(self.done / self.total, 0.0), 1.0)

    @property
    def percent(self) -> int | None:
        """The finished share in whole percent, rounded down; None if the total is unknown.

        Rounded down, so that 100 % means that all is done.
        """
        fraction = self.fraction
        return None if fraction is None else int(100 * fraction)
