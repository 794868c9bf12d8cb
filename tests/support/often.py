"""`often`: the number of repetitions of a test. It is larger in ``dev.py faults``."""

from __future__ import annotations

import os

#: The share of the numbers in docs/faults.md: 0 for a normal run, 1 for all repetitions.
SHARE = float(os.environ.get("EVERVIEW_FAULTS", "0"))


def often(usual: int, long: int) -> int:
    """The number of repetitions, from ``usual`` to ``long``."""
    return max(usual, round(long * SHARE))
