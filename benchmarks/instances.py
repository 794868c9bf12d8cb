"""Measure 1,000 instances, each with one window and one change per second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from benchmarks.figures import Figure, Setup
from benchmarks.processes import ServerProcess
from benchmarks.raw_windows import OurWindow

INSTANCES = 1000
SECONDS = 10
KINDS = {"/every-second": "one thread each", "/every-second-async": "async"}


async def _measure(server: ServerProcess, url: str) -> tuple[float, float]:
    """The CPU load in percent of a core, and the changes per second of the slowest window."""
    windows = [await OurWindow.open(server.address(url)) for _ in range(INSTANCES)]
    counts = [0] * INSTANCES

    def count(index: int) -> None:
        counts[index] += 1

    for index, window in enumerate(windows):
        window.listen(lambda data, index=index: count(index))  # type: ignore[misc]
    await asyncio.sleep(2)
    before, started, first = server.cpu_seconds(), time.perf_counter(), list(counts)
    await asyncio.sleep(SECONDS)
    took = time.perf_counter() - started
    share = (server.cpu_seconds() - before) / took * 100
    fewest = min(now - then for now, then in zip(counts, first, strict=True)) / took
    for window in windows:
        window.socket.close()
    return share, fewest


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure plain and ``async`` views, each in a new process."""
    for url, kind in KINDS.items():
        with ServerProcess("ours") as server:
            share, fewest = asyncio.run(_measure(server, url))
        what = f"{INSTANCES:,} instances, windows and changes per second"
        yield Figure("instances", f"{what}, {kind}", "% CPU", {"ours": share}, 60, "value")
        yield Figure(
            "instances", f"changes per second of the slowest window, {kind}", "/s", {"ours": fewest}
        )
