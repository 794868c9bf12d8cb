"""Measure the time from a click until the last of 200 windows shows its effect."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure, Setup, in_turn, medians, paired_ratio, percentiles
from benchmarks.processes import ServerProcess, servers
from benchmarks.raw_windows import FloorWindow, OurWindow

WINDOWS = 200
#: The number of clicks in a block, and of blocks in a round.
BLOCK, BLOCKS = 20, 2
KINDS: dict[str, type[FloorWindow | OurWindow]] = {"ours": OurWindow, "floor": FloorWindow}


class Audience:
    """The open windows that show the same count."""

    def __init__(self, windows: list[FloorWindow | OurWindow]) -> None:
        self._windows = windows
        self._last: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._missing: set[int] = set()
        for index, window in enumerate(windows):
            window.listen(lambda data, index=index: self._hear(index))  # type: ignore[misc]

    def _hear(self, index: int) -> None:
        self._missing.discard(index)
        if not self._missing and not self._last.done():
            self._last.set_result(time.perf_counter())

    async def click(self) -> float:
        """Milliseconds from a click in the first window until the last window shows its effect."""
        self._last = asyncio.get_running_loop().create_future()
        self._missing = set(range(len(self._windows)))
        started = time.perf_counter()
        self._windows[0].click()
        return (await self._last - started) * 1000


#: The measured values, by name of the implementation.
Values = dict[str, list[float]]


async def _measure(serving: dict[str, ServerProcess], rounds: int) -> tuple[Values, Values, Values]:
    """The times of all clicks, and for each block the median and the CPU time of a click."""
    audiences = {
        name: Audience([await KINDS[name].open(server.address("/shared")) for _ in range(WINDOWS)])
        for name, server in serving.items()
    }
    clicks: Values = {name: [] for name in serving}
    blocks: Values = {name: [] for name in serving}
    costs: Values = {name: [] for name in serving}
    for round_ in range(rounds * BLOCKS + 1):
        for name, server in in_turn(serving, round_):
            before = server.cpu_seconds()
            block = [await audiences[name].click() for _ in range(BLOCK)]
            if round_:
                clicks[name] += block
                blocks[name].append(median(block))
                costs[name].append((server.cpu_seconds() - before) / BLOCK * 1000)
    return clicks, blocks, costs


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure blocks of clicks. The implementations take turns after each block.

    The system counts CPU time in steps of 10 ms, so a single click cannot be measured.
    """
    with servers(setup.only("ours", "floor")) as serving:
        clicks, blocks, costs = asyncio.run(_measure(serving, setup.rounds))
    what = f"one click to the last of {WINDOWS} windows"
    yield Figure("broadcast", what, "ms", medians(clicks), 1.3, paired=paired_ratio(blocks))
    yield Figure("broadcast", f"{what}, p99", "ms", percentiles(clicks))
    means = {name: sum(found) / len(found) for name, found in costs.items()}
    yield Figure(
        "broadcast", f"CPU time of the server for one click, {WINDOWS} windows", "ms", means, 1.3
    )
