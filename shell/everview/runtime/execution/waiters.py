"""`Waiters`: pending waits of a view for events, such as ``await_click``.

A user may click before the view waits for the click, or between two waits. Events that no
function handled are therefore stored for a moment, for the next wait that matches.

Threads: must be used on the server thread only.
Guarantees: an event ends at most one wait, the oldest that matches.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from everview.html import Element
from everview.runtime.execution.input_event import InputEvent

#: How long an unhandled event is stored for the next wait, in seconds.
STORE_TIME = 0.5
#: Maximum number of stored unhandled events.
MAX_STORED = 16


@dataclass(eq=False)
class Waiter:
    """A pending wait.

    Attributes:
        names: The names of events that match; empty: all.
        nodes: Events at these nodes or below match; empty: all.
        future: Receives the event.
    """

    names: frozenset[str]
    nodes: Sequence[Element]
    future: asyncio.Future[InputEvent]

    def matches(self, event: InputEvent) -> bool:
        """Whether the event ends this wait."""
        if self.future.done() or (self.names and event.name not in self.names):
            return False
        return not self.nodes or any(node in self.nodes for node in event.nodes)


class Waiters:
    """The pending waits of one instance, the oldest first."""

    def __init__(self) -> None:
        self._waiters: list[Waiter] = []
        self._stored: deque[tuple[float, InputEvent]] = deque(maxlen=MAX_STORED)

    def __len__(self) -> int:
        return len(self._waiters)

    async def wait(
        self, names: frozenset[str], nodes: Sequence[Element], timeout: float | None
    ) -> InputEvent:
        """Wait for the next event that matches. Raises TimeoutError after ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[InputEvent] = loop.create_future()
        waiter = Waiter(names, nodes, future)
        self._waiters.append(waiter)
        self._drop_old(loop.time())
        for stored in self._stored:
            if waiter.matches(stored[1]):
                self._stored.remove(stored)
                future.set_result(stored[1])
                break
        try:
            return await asyncio.wait_for(future, timeout)
        finally:
            self._waiters.remove(waiter)

    def offer(self, event: InputEvent) -> bool:
        """End the oldest wait that matches the event. Returns whether there is one."""
        for waiter in self._waiters:
            if waiter.matches(event):
                waiter.future.set_result(event)
                return True
        return False

    def store(self, event: InputEvent) -> None:
        """Store an unhandled event for a wait that is about to begin."""
        now = asyncio.get_running_loop().time()
        self._drop_old(now)
        self._stored.append((now, event))

    def _drop_old(self, now: float) -> None:
        while self._stored and now - self._stored[0][0] >= STORE_TIME:
            self._stored.popleft()
