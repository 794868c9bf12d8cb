"""`Turn`: a lock that lets the handlers of one instance run one at a time, in order.

A handler that waits for the user releases the turn and takes the turn again afterwards. Therefore
the buttons of a pop-up work while the handler that opened the pop-up waits.

Threads: must be used on the server thread only.
Guarantees: the turn is passed on in the order of the queue, and never has two holders.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Turn:
    """A fair lock. It can be released by a different task than the one that acquired it."""

    def __init__(self) -> None:
        self._held = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def held(self) -> bool:
        return self._held

    def queue(self) -> asyncio.Future[None] | None:
        """Take the turn and return None if the turn is free.

        If the turn is not free, return a place in the queue for `wait`.
        """
        if not self._held and not self._waiting:
            self._held = True
            return None
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return future

    def give_up(self, future: asyncio.Future[None]) -> None:
        """Leave the queue. If this place has received the turn already, pass the turn on."""
        if future.done() and not future.cancelled():
            self.release()
        elif future in self._waiting:
            # `release` may have removed this place, because it removes cancelled places.
            self._waiting.remove(future)

    async def acquire(self) -> None:
        """Wait for the turn and take it."""
        future = self.queue()
        if future is not None:
            await self.wait(future)

    async def wait(self, future: asyncio.Future[None]) -> None:
        """Wait until this place in the queue receives the turn."""
        try:
            await future
        except asyncio.CancelledError:
            self.give_up(future)
            raise

    def release(self) -> None:
        """Pass the turn to the next place in the queue."""
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
                return
        self._held = False
