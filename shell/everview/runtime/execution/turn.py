"""`Turn`: handlers of one instance run one at a time, in order.

Who waits for a person gives the turn up and asks for it again afterwards: a pop-up's buttons work
while the handler that opened the pop-up waits for them.

Threads: the server thread only. Guarantees: first come, first served; never two holders.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Turn:
    """A fair lock whose holder need not be the task that took it."""

    def __init__(self) -> None:
        self._held = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def held(self) -> bool:
        return self._held

    def queue(self) -> asyncio.Future[None] | None:
        """Take the turn (None), or a place in the queue for it: `wait` for that."""
        if not self._held and not self._waiting:
            self._held = True
            return None
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return future

    def give_up(self, future: asyncio.Future[None]) -> None:
        """Leave the queue; who has been given the turn meanwhile passes it on."""
        if future.done() and not future.cancelled():
            self.release()
        elif future in self._waiting:
            # `release` may have passed it over, cancelled as it is, and dropped it.
            self._waiting.remove(future)

    async def acquire(self) -> None:
        """Wait for the turn and take it."""
        future = self.queue()
        if future is not None:
            await self.wait(future)

    async def wait(self, future: asyncio.Future[None]) -> None:
        """Wait until it is this place's turn."""
        try:
            await future
        except asyncio.CancelledError:
            self.give_up(future)
            raise

    def release(self) -> None:
        """Pass the turn on."""
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
                return
        self._held = False
