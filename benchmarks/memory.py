"""Measure the memory of the server for one view, one view of 1,000 rows, and one window.

Each figure is the growth of the server's resident memory, divided by the number of views or
windows. The growth includes the overhead of Python's allocator.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from benchmarks.figures import Figure, Setup
from benchmarks.processes import ServerProcess
from benchmarks.raw_windows import OurWindow

#: The number of windows and views to open. `WARM` of them are opened before the measurement. All
#: stay open until the end.
WINDOWS, VIEWS, LARGE, WARM = 200, 200, 20, 20


async def _measure(server: ServerProcess) -> dict[str, float]:
    windows = []

    async def grow(url: str, count: int) -> float:
        """Open ``count`` windows at the URL. Returns the memory of each window in KB."""
        before = server.memory_mb()
        windows.extend([await OurWindow.open(server.address(url)) for _ in range(count)])
        return (server.memory_mb() - before) * 1000 / count

    await grow("/shared", WARM)
    await grow("/small", WARM)
    window = await grow("/shared", WINDOWS)
    view = await grow("/small", VIEWS)
    await grow("/large", 2)
    large = await grow("/large", LARGE)
    for held in windows:
        held.socket.close()
    return {"window": window, "view": view - window, "large": large - window}


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure the memory of one view, one large view and one window, in KB."""
    with ServerProcess("ours") as server:
        found = asyncio.run(_measure(server))
    what = {"window": ("an attached window", 40), "view": ("a view (a counter)", 60),
            "large": ("a view of 1,000 rows (9,000 nodes)", 3000)}  # fmt: skip
    for name, (text, goal) in what.items():
        yield Figure("memory", text, "KB", {"ours": found[name]}, goal, "value")
