"""`FaultyProxy`: a proxy that delays bytes, splits them, or cuts links.

Threads: the proxy serves connections in its own thread. Its public methods can be called from any
thread.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

#: A link is cut after a number of bytes in this range, counted in both directions. It may be cut
#: during authentication.
FEWEST, MOST = 100, 10_000
#: The maximum delay of a chunk of bytes, in seconds.
MAX_DELAY = 0.02


@dataclass(frozen=True)
class Fault:
    """The fault that the proxy causes in a link. The proxy cuts the link after ``after`` bytes,
    with or without a reset.
    """

    after: int
    is_reset: bool
    #: The delay of each chunk in seconds.
    delay: float
    #: Whether the proxy sends each byte separately.
    sends_single_bytes: bool


def draw(source: random.Random) -> Fault:
    """Return a random fault. Some links are cut early, half of the links are delayed, and a quarter
    send single bytes.
    """
    most = 1_500 if source.random() < 0.2 else MOST
    return Fault(
        source.randrange(FEWEST, most),
        source.random() < 0.5,
        source.random() * MAX_DELAY if source.random() < 0.5 else 0.0,
        source.random() < 0.25,
    )


class FaultyProxy:
    """Forwards connections from `authority` to ``port`` during a ``with`` block.

    While ``injects`` is true, each new websocket gets a random fault that depends on ``seed``.
    """

    def __init__(self, port: int, seed: int) -> None:
        self.authority = ""
        self.cuts = 0
        self.injects = False
        self._target = port
        self._source = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> FaultyProxy:
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._forward, "127.0.0.1", 0))
        self.authority = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *error: object) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            is_link = b"upgrade: websocket" in head.lower()
            other = await asyncio.open_connection("127.0.0.1", self._target)
            fault = draw(self._source) if is_link and self.injects else None
            await self._serve(Connection(fault, (reader, writer), other), head)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.close()
        finally:
            self._tasks.discard(task)

    async def _serve(self, connection: Connection, head: bytes) -> None:
        try:
            await connection.run(head)
        finally:
            self.cuts += connection.is_cut
            connection.end()


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Connection:
    """A forwarded connection, with or without a fault."""

    def __init__(self, fault: Fault | None, near: Streams, far: Streams) -> None:
        self.fault = fault
        self.near, self.far = near, far
        self.is_cut = False
        self._passed = 0

    async def run(self, head: bytes) -> None:
        """Forward bytes until one side closes the connection or the fault cuts it."""
        self.far[1].write(head)
        directions = [asyncio.create_task(self._pump(self.near[0], self.far[1])),
                asyncio.create_task(self._pump(self.far[0], self.near[1]))]  # fmt: skip
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.fault
        while data := await reader.read(65_536):
            if fault is None:
                writer.write(data)
                await writer.drain()
                continue
            await asyncio.sleep(fault.delay)
            data = data[: max(0, fault.after - self._passed)]
            self._passed += len(data)
            for at in range(len(data)) if fault.sends_single_bytes else ():
                writer.write(data[at : at + 1])
                await writer.drain()
                await asyncio.sleep(0)
            if not fault.sends_single_bytes:
                writer.write(data)
                await writer.drain()
            if self._passed >= fault.after:
                self.is_cut = True
                return

    def end(self) -> None:
        """Close both sides of the connection. A reset discards bytes in transit."""
        for _, writer in (self.near, self.far):
            if self.is_cut and self.fault and self.fault.is_reset:
                found = writer.get_extra_info("socket")
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()
