"""Simulated windows: websocket clients that do as little work as possible.

The simulated windows run in the measuring process. They must do little work, so that the
measurement shows the cost of the server even with many windows.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

#: After a random number of frames in this range, a page confirms them at once (replica/link.js).
MANY = (24, 32)
#: After ``SOME`` frames, a page waits for ``SOON`` seconds and then confirms them.
SOME, SOON = 8, 0.1


class RawWebSocket(asyncio.Protocol):
    """A websocket client (RFC 6455) that calls ``on_message`` with each text frame."""

    transport: asyncio.Transport

    def __init__(self, host: str, path: str) -> None:
        self.on_message: Callable[[bytes], None] = lambda data: None
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._head = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}\r\n\r\n"
        )
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.transport.write(self._head.encode())

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data
        if not self.is_open.done():
            head, end, buffer = buffer.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.is_open.set_exception(ConnectionError(head.decode()))
                return
            self.is_open.set_result(None)
        while len(buffer) > 1:
            size, start = buffer[1], 2
            if size > 125:
                start = 4 if size == 126 else 10
                size = int.from_bytes(buffer[2:start], "big")
            if len(buffer) < start + size:
                break
            if buffer[0] == 0x81:
                self.on_message(buffer[start : start + size])
            buffer = buffer[start + size :]
        self._buffer = buffer

    def send(self, message: object) -> None:
        """Send a message as JSON.

        The websocket protocol requires a mask; this client uses a mask of zeros.
        """
        data = json.dumps(message).encode()
        size = len(data)
        length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self.transport.write(b"\x81" + length + bytes(4) + data)

    def close(self) -> None:
        self.transport.abort()


async def connect(address: str, path: str) -> RawWebSocket:
    """Open a websocket and return the client."""
    parts = urlsplit(address)
    loop = asyncio.get_running_loop()
    assert parts.hostname
    assert parts.port
    _, socket = await loop.create_connection(
        lambda: RawWebSocket(parts.netloc, path), parts.hostname, parts.port
    )
    await socket.is_open
    return socket


class FloorWindow:
    """A simulated window of the floor (the hand-written minimal server).

    The simulated window shows the shared count.
    """

    def __init__(self, socket: RawWebSocket) -> None:
        self.socket = socket

    @classmethod
    async def open(cls, address: str) -> FloorWindow:
        return cls(await connect(address, urlsplit(address).path))

    def click(self) -> None:
        self.socket.send({"do": "add"})

    def listen(self, on_message: Callable[[bytes], None]) -> None:
        self.socket.on_message = on_message


class OurWindow:
    """A simulated window of Everview.

    The simulated window authenticates, opens a view and confirms frames like a page.
    """

    def __init__(self, socket: RawWebSocket) -> None:
        self.socket = socket
        self.document = ""
        #: The id of the first element that has a handler, and the tree of the snapshot.
        self.button = 0
        self.tree: list[Any] = []
        self._number = self._frames = 0
        self._many = random.randint(*MANY)
        self._confirming: asyncio.TimerHandle | None = None

    @classmethod
    async def open(cls, address: str) -> OurWindow:
        parts = urlsplit(address)
        window = cls(await connect(address, "/_everview/link"))
        messages: asyncio.Queue[bytes] = asyncio.Queue()
        window.socket.on_message = messages.put_nowait
        window.socket.send({"t": "hello", "nonce": "0" * 32, "ticket": parts.fragment})
        await messages.get()
        url = parts.path + (f"?{parts.query}" if parts.query else "")
        window.socket.send({"t": "attach", "url": url})
        while not window.tree:
            message = json.loads(await messages.get())
            window.document = message["document"]
            window.tree = message.get("frame", {}).get("tree", [])
        window.button = next((node for node, slots in elements(window.tree) if "@" in slots), 0)
        window.listen(lambda data: None)
        return window

    def click(self) -> int:
        """Click the button and return the number of the event."""
        self._number += 1
        data = {"x": 1, "y": 1}
        self.socket.send({"t": "event", "number": self._number, "document": self.document,
                         "node": self.button, "name": "click", "data": data})  # fmt: skip
        return self._number

    def listen(self, on_message: Callable[[bytes], None]) -> None:
        """Call ``on_message`` with every further message."""

        def receive(data: bytes) -> None:
            on_message(data)
            if b'"frame"' in data:
                self._frames += 1
                if self._frames == self._many:
                    self._confirm()
                elif self._frames >= SOME and self._confirming is None:
                    loop = asyncio.get_running_loop()
                    self._confirming = loop.call_later(SOON, self._confirm)

        self.socket.on_message = receive

    def _confirm(self) -> None:
        if self._confirming is not None:
            self._confirming.cancel()
            self._confirming = None
        if self._frames:
            self.socket.send({"t": "confirm", "frames": self._frames})
            self._frames = 0


def elements(tree: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the id and the attributes of each element of a snapshot, in document order."""
    number = 0

    def walk(items: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
        nonlocal number
        for item in items:
            if isinstance(item, int):
                number = item
                continue
            node, number = number, number + 1
            if isinstance(item, list):
                slots = item[1] if len(item) > 1 and isinstance(item[1], dict) else {}
                yield node, slots
                yield from walk(item[2 if slots else 1 :])

    return walk(tree)
