"""What one more view, one of 1,000 rows, and one more window take of the server's memory.

Resident memory of the server process, before and after so many came, divided by their number: what
Python's allocator keeps on top is part of it. The windows are raw clients in this process.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from benchmarks.processes import ServerProcess

#: How many, after some that warm it up; each window is held until the end.
WINDOWS, VIEWS, LARGE, WARM = 200, 200, 20, 20


async def open_window(session: aiohttp.ClientSession, address: str) -> Any:
    """A window that shows the view of its address."""
    parts = urlsplit(address)
    socket = await session.ws_connect(
        f"ws://{parts.netloc}/_shell/link", origin=f"http://{parts.netloc}", max_msg_size=0
    )
    await socket.send_json({"t": "hello", "nonce": "0" * 32, "ticket": parts.fragment})
    await socket.receive()
    await socket.send_json({"t": "attach", "url": parts.path})
    while True:
        message = json.loads((await socket.receive()).data)
        if "tree" in message.get("frame", {}):
            return socket


async def _measure(server: ServerProcess) -> dict[str, float]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        sockets = []

        async def grow(url: str, count: int) -> float:
            """KB for each of so many windows at the URL."""
            before = server.memory_mb()
            sockets.extend([await open_window(session, server.address(url)) for _ in range(count)])
            return (server.memory_mb() - before) * 1000 / count

        await grow("/shared", WARM)
        await grow("/small", WARM)
        window = await grow("/shared", WINDOWS)
        view = await grow("/small", VIEWS)
        await grow("/large", 2)
        large = await grow("/large", LARGE)
    return {
        "an attached window, KB": window,
        "a view, KB": view - window,
        "a view of 1,000 rows, KB": large - window,
    }


def measure() -> dict[str, float]:
    """KB each."""
    with ServerProcess("benchmarks.ours") as ours:
        return asyncio.run(_measure(ours))
