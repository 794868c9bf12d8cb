"""`often`: the number of repetitions of a test. The command ``dev.py faults`` increases it."""

from __future__ import annotations

import os

#: The share of the repetitions in docs/faults.md that this run performs. It is 0 in a normal run,
#: and 1 if the run performs all repetitions.
SHARE = float(os.environ.get("EVERVIEW_FAULTS", "0"))


def often(usual: int, long: int) -> int:
    """Return the number of repetitions, between ``usual`` and ``long``."""
    return max(usual, round(long * SHARE))
