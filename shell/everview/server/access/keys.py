"""Authentication of links: tickets, window keys and proofs.

A *ticket* (`runtime.transfers.tickets`) opens one window. It is random, valid once and for 30 s.
It is in the fragment of a URL, which browsers do not send. The page exchanges it for a *window
key* and stores the key in the session storage of its tab.

A window that reconnects proves that it has the key. The server proves the same first, so a program
that took over the port learns nothing. Proofs are HMAC-SHA-256 (RFC 2104) over the nonces of both
sides.

Window keys are derived from one master key, which is created at each start. The server stores no
list of window keys, and none is valid after the next start.

Threads: the server thread; `Keys.issue` any.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from everview.runtime.transfers.tickets import Tickets


@dataclass(frozen=True)
class Identity:
    """The owner of a window.

    Attributes:
        user: The user.
        label: The label of the native window; "" for a browser tab.
    """

    user: str
    label: str = ""


class Keys:
    """The secrets of one server start.

    Args:
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._master = secrets.token_bytes(32)
        self._tickets: Tickets[Identity] = Tickets(clock)

    @property
    def ticket_count(self) -> int:
        """The number of tickets that are stored."""
        return len(self._tickets)

    def issue(self, identity: Identity) -> str:
        """Create a ticket."""
        return self._tickets.issue(identity)

    def redeem(self, ticket: str) -> Identity | None:
        """Use a ticket. Returns None if it is unknown, expired or used."""
        return self._tickets.redeem(ticket)

    def window_key(self, window: str, identity: Identity) -> str:
        """The key of a window, as 64 hexadecimal digits."""
        text = "\0".join(("window", window, identity.user, identity.label))
        return hmac.new(self._master, text.encode(), hashlib.sha256).hexdigest()


def proof(key: str, side: Literal["server", "client"], client_nonce: str, server_nonce: str) -> str:
    """The proof that ``side`` has the key of a window."""
    text = "\0".join((side, client_nonce, server_nonce))
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()
