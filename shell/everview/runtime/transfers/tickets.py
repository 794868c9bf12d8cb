"""`Tickets`: one-time rights. Each is random, good for one use and for `TICKET_LIFE` seconds.

Threads: `issue` from any, `redeem` the server thread. Guarantees: a ticket is given out once and
taken once; looking one up takes a time that says nothing about it (by its hash).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: Seconds a ticket is valid.
TICKET_LIFE = 30.0
#: Unused tickets kept; more than a person can ask for, less than costs memory.
TICKETS_KEPT = 1000


class Tickets(Generic[T]):
    """Rights to something of type ``T``. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tickets: dict[bytes, tuple[float, T]] = {}

    def __len__(self) -> int:
        return len(self._tickets)

    def issue(self, value: T) -> str:
        """A new ticket for ``value``: 43 characters that are safe in URLs."""
        self.forget_old(TICKETS_KEPT - 1)
        ticket = secrets.token_urlsafe(32)
        self._tickets[_digest(ticket)] = (self._clock() + TICKET_LIFE, value)
        return ticket

    def forget_old(self, kept: int = TICKETS_KEPT) -> None:
        """Forget those that are good no more, and of the others all but ``kept``."""
        now = self._clock()
        for digest, (expires, _) in list(self._tickets.items()):
            if expires <= now or len(self._tickets) > kept:
                self._tickets.pop(digest, None)

    def redeem(self, ticket: str) -> T | None:
        """What the ticket is for, once; None if it was used, is too old, or never was."""
        found = self._tickets.pop(_digest(ticket), None)
        return found[1] if found is not None and self._clock() < found[0] else None


def _digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode()).digest()
