"""Pending waits of a view for what a person does: ``await_click`` and its kin.

A person may click what a view shows before the view comes to wait for it, or between two waits:
events that nothing took are kept for a moment and given to the next wait that wants one.

Threads: the server thread only. Guarantees: an event ends at most one wait:
the oldest that wants it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from everview.html import Element
from everview.runtime.execution.input_event import InputEvent

#: How long an event that nothing took is kept for the next wait, in seconds; and how many.
KEPT = 0.5
MOST_KEPT = 16


@dataclass(eq=False)
class Waiter:
    """``names`` and ``nodes`` say which events are wanted; empty: any."""

    names: frozenset[str]
    nodes: Sequence[Element]
    future: asyncio.Future[InputEvent]

    def wants(self, event: InputEvent) -> bool:
        if self.future.done() or (self.names and event.name not in self.names):
            return False
        return not self.nodes or any(node in self.nodes for node in event.nodes)


class Waiters:
    """The pending waits of one instance, the oldest first."""

    def __init__(self) -> None:
        self._waiters: list[Waiter] = []
        self._kept: deque[tuple[float, InputEvent]] = deque(maxlen=MOST_KEPT)

    def __len__(self) -> int:
        return len(self._waiters)

    async def wait(
        self, names: frozenset[str], nodes: Sequence[Element], timeout: float | None
    ) -> InputEvent:
        """The next event that fits. Raises TimeoutError after ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[InputEvent] = loop.create_future()
        waiter = Waiter(names, nodes, future)
        self._waiters.append(waiter)
        self._forget_old(loop.time())
        for kept in self._kept:
            if waiter.wants(kept[1]):
                self._kept.remove(kept)
                future.set_result(kept[1])
                break
        try:
            return await asyncio.wait_for(future, timeout)
        finally:
            self._waiters.remove(waiter)

    def offer(self, event: InputEvent) -> bool:
        """Give the event to the oldest wait that wants it; whether one did."""
        for waiter in self._waiters:
            if waiter.wants(event):
                waiter.future.set_result(event)
                return True
        return False

    def keep(self, event: InputEvent) -> None:
        """Nothing took this event: keep it for a wait that is about to come."""
        now = asyncio.get_running_loop().time()
        self._forget_old(now)
        self._kept.append((now, event))

    def _forget_old(self, now: float) -> None:
        while self._kept and now - self._kept[0][0] >= KEPT:
            self._kept.popleft()
