"""Authentication of links with tickets and window keys.

A *ticket* (`runtime.transfers.tickets`) opens one window. A ticket is random, can be used once,
and expires after 30 s. It is sent in the fragment of a URL, because browsers do not send fragments
to servers. The page exchanges the ticket for a *window key* and stores the key in the session
storage of its tab.

When a window reconnects, both sides prove that they have the window key: first the server, then
the window. A program that took over the port learns nothing. Each proof is an HMAC-SHA-256 (RFC
2104) over the nonces of both sides.

Window keys are derived from one master key, which is created at each start. The server stores no
list of window keys. After the next start, the old window keys are invalid.

Threads: all methods are called on the server thread, except `Keys.issue`, which any thread can
call.
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
    """Creates and checks the tickets and window keys of one server start.

    Args:
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._master = secrets.token_bytes(32)
        self._tickets: Tickets[Identity] = Tickets(clock)

    @property
    def ticket_count(self) -> int:
        """The current number of stored tickets."""
        return len(self._tickets)

    def issue(self, identity: Identity) -> str:
        """Create a ticket."""
        return self._tickets.issue(identity)

    def redeem(self, ticket: str) -> Identity | None:
        """Use up a ticket, and return its identity.

        Returns None if the ticket is unknown, expired or already used.
        """
        return self._tickets.redeem(ticket)

    def window_key(self, window: str, identity: Identity) -> str:
        """The key of a window, as 64 hexadecimal digits."""
        text = "\0".join(("window", window, identity.user, identity.label))
        return hmac.new(self._master, text.encode(), hashlib.sha256).hexdigest()


def proof(key: str, side: Literal["server", "client"], client_nonce: str, server_nonce: str) -> str:
    """The HMAC by which ``side`` proves that it has the key of a window."""
    text = "\0".join((side, client_nonce, server_nonce))
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()
