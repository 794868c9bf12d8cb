"""Measure the effects of a view with 10,000 changes per second and eight windows.

One of the windows does not read its messages. The delay is the age of the newest change when a
window receives it: on Linux `time.perf_counter` is one clock for all processes. One window clicks
in the busy view, and one window clicks in a view that is not busy.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure, Setup, p99
from benchmarks.processes import ServerProcess
from benchmarks.raw_windows import OurWindow

WINDOWS = 8
#: The duration of the measurement, and the pause between two clicks, in seconds.
SECONDS = 15
PAUSE = 0.05


async def clicks(window: OurWindow, end: float) -> list[float]:
    """Click until the time ``end``.

    Returns the milliseconds from each click to its acknowledgement.
    """
    took = []
    while time.perf_counter() < end:
        done: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        acknowledged = b'"acknowledged":%d' % window.click()

        def receive(
            data: bytes, done: asyncio.Future[float] = done, expected: bytes = acknowledged
        ) -> None:
            if expected in data and not done.done():
                done.set_result(time.perf_counter())

        window.listen(receive)
        took.append((await done - started) * 1000)
        await asyncio.sleep(PAUSE)
    return took


async def _measure(server: ServerProcess) -> dict[str, list[float]]:
    busy = [await OurWindow.open(server.address("/busy")) for _ in range(WINDOWS)]
    other = await OurWindow.open(server.address("/small"))
    lags: list[float] = []

    def look(data: bytes) -> None:
        now = time.perf_counter()
        for _, text in json.loads(data).get("frame", {}).get("set", ()):
            if isinstance(text, str):
                lags.append((now - float(text)) * 1000)

    stalled, clicking, *watching = busy
    stalled.socket.transport.pause_reading()
    for window in watching:
        window.listen(look)
    await asyncio.sleep(1)
    lags.clear()
    before, started = server.cpu_seconds(), time.perf_counter()
    end = started + SECONDS
    here, elsewhere = await asyncio.gather(clicks(clicking, end), clicks(other, end))
    share = (server.cpu_seconds() - before) / (time.perf_counter() - started) * 100
    frames = [len(lags) / len(watching) / SECONDS]
    for window in (*busy, other):
        window.socket.close()
    return {"lags": lags, "here": here, "elsewhere": elsewhere, "cpu": [share], "frames": frames}


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure times and the CPU load in percent of a core.

    The load includes the work of the busy task.
    """
    with ServerProcess("ours") as server:
        found = asyncio.run(_measure(server))

    def one(what: str, value: float, unit: str, goal: float | None = None) -> Figure:
        return Figure("busy", what, unit, {"ours": value}, goal, "value")

    yield one(
        "10,000 changes per second: a click in another view", median(found["elsewhere"]), "ms", 3
    )
    yield one(
        "10,000 changes per second: a click in another view, p99", p99(found["elsewhere"]), "ms", 30
    )
    yield one("a click in the busy view", median(found["here"]), "ms", 3)
    yield one("a click in the busy view, p99", p99(found["here"]), "ms", 30)
    yield one("age of the shown change", median(found["lags"]), "ms")
    yield one("age of the shown change, p99", p99(found["lags"]), "ms")
    yield one("frames per second and window", found["frames"][0], "/s")
    yield one("CPU of the busy task and the server", found["cpu"][0], "% CPU", 15)
