"""How often: little in an ordinary run, as much as docs/faults.md says by ``python3 dev.py faults``."""

from __future__ import annotations

import os

#: How much of the long way is gone: 0 for an ordinary run, 1 for all of it.
SHARE = float(os.environ.get("EVERVIEW_FAULTS", "0"))


def often(usual: int, long: int) -> int:
    """Between ``usual`` and ``long``."""
    return max(usual, round(long * SHARE))
