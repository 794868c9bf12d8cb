"""The simulated windows of the benchmarks behave like real pages."""

from __future__ import annotations

import asyncio

from benchmarks.processes import ServerProcess
from benchmarks.raw_windows import FloorWindow, OurWindow


def test_simulated_window_receives_the_effect_of_a_click_in_another_window() -> None:
    async def click(server: ServerProcess, kind: type[OurWindow | FloorWindow]) -> bytes:
        one = await kind.open(server.address("/shared"))
        other = await kind.open(server.address("/shared"))
        received: asyncio.Queue[bytes] = asyncio.Queue()
        other.listen(received.put_nowait)
        one.click()
        message = await asyncio.wait_for(received.get(), 10)
        one.socket.close()
        other.socket.close()
        return message

    with ServerProcess("ours") as ours, ServerProcess("floor") as floor:
        assert b'"1"' in asyncio.run(click(ours, OurWindow))
        assert asyncio.run(click(floor, FloorWindow)) == b'{"count": 1}'
