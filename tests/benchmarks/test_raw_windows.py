"""Windows without a page do what a page does, as far as benchmarks need it."""

from __future__ import annotations

import asyncio

from benchmarks.processes import ServerProcess
from benchmarks.raw_windows import FloorWindow, OurWindow


def test_raw_windows_see_clicks_of_others() -> None:
    async def click(server: ServerProcess, kind: type[OurWindow | FloorWindow]) -> bytes:
        one = await kind.open(server.address("/shared"))
        other = await kind.open(server.address("/shared"))
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        other.listen(heard.put_nowait)
        one.click()
        said = await asyncio.wait_for(heard.get(), 10)
        one.socket.close()
        other.socket.close()
        return said

    with ServerProcess("ours") as ours, ServerProcess("floor") as floor:
        assert b'"1"' in asyncio.run(click(ours, OurWindow))
        assert asyncio.run(click(floor, FloorWindow)) == b'{"count": 1}'
