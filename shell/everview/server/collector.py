"""`tune_collector`: settings of Python's cyclic garbage collector for this process."""

from __future__ import annotations

import gc


def tune_collector() -> None:
    """Make the cyclic garbage collector run less often.

    HTML trees are large and contain cycles (parents, siblings). With Python's default threshold of
    700 objects, creating 1,000 rows runs the collector forty times, and 10,000 rows take twice as
    long (``python -m benchmarks table``). The oldest generation is still collected every 500,000
    objects, so that ended views do not stay in memory: with thresholds of 20,000, 20, 20 the
    process grew by 28 MB over 25 windows (tests/native/test_windows.py).

    Objects that exist when the function is called are excluded from all collections. They are
    mostly modules. A full collection in an app with 1,000 rows takes at most 73 ms with these
    objects and 42 ms without them.
    """
    gc.set_threshold(10_000, 10, 5)
    if not gc.get_freeze_count():
        gc.freeze()
