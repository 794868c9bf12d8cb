"""`Tickets`: one-time permissions. Each is random and valid once, for `TICKET_LIFE` seconds.

Threads: `issue` can be called from any thread, `redeem` only on the server thread. Guarantees: a
ticket is issued once and redeemed once. Tickets are looked up by their hash, so that the duration
of a lookup reveals nothing about valid tickets.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: A ticket is valid for this number of seconds.
TICKET_LIFE = 30.0
#: Maximum number of unused tickets.
MAX_TICKETS = 1000


class Tickets(Generic[T]):
    """Tickets for values of type ``T``. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tickets: dict[bytes, tuple[float, T]] = {}

    def __len__(self) -> int:
        return len(self._tickets)

    def issue(self, value: T) -> str:
        """Issue a ticket for ``value``: 43 characters that are safe in URLs."""
        self.drop_expired(MAX_TICKETS - 1)
        ticket = secrets.token_urlsafe(32)
        self._tickets[_digest(ticket)] = (self._clock() + TICKET_LIFE, value)
        return ticket

    def drop_expired(self, limit: int = MAX_TICKETS) -> None:
        """Drop expired tickets. If more than ``limit`` remain, drop the oldest of them."""
        now = self._clock()
        for digest, (expires, _) in list(self._tickets.items()):
            if expires <= now or len(self._tickets) > limit:
                self._tickets.pop(digest, None)

    def redeem(self, ticket: str) -> T | None:
        """Use up a ticket and return its value; None if the ticket is used, expired or unknown."""
        found = self._tickets.pop(_digest(ticket), None)
        return found[1] if found is not None and self._clock() < found[0] else None


def _digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode()).digest()
