"""Who may have a link: tickets, window keys, proofs.

A *ticket* (`runtime.transfers.tickets`) opens one window: random, used once, valid for 30 s. It
travels in a URL's fragment, which browsers do not send, and is given up for a *window key*, which
the page keeps in its tab's session storage. A window that comes back proves that it has the key,
and has the server prove the same first, so that a program that took over the port learns nothing.

Window keys are derived from one master key made at each start: the server keeps no list of them,
and none is valid for another start. Proofs are HMAC-SHA-256 (RFC 2104) over both sides' nonces.

Threads: the server thread, `Keys.issue` any. Compares in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from everview.runtime.transfers.tickets import Tickets


@dataclass(frozen=True)
class Identity:
    """Whose window it is, and what the desktop calls it ("" for a browser tab)."""

    user: str
    label: str = ""


class Keys:
    """The secrets of one server start. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._master = secrets.token_bytes(32)
        self._tickets: Tickets[Identity] = Tickets(clock)

    def issue(self, identity: Identity) -> str:
        """A new ticket."""
        return self._tickets.issue(identity)

    def redeem(self, ticket: str) -> Identity | None:
        """The ticket's identity, once; None if it was used, is too old, or never was."""
        return self._tickets.redeem(ticket)

    def window_key(self, window: str, identity: Identity) -> str:
        """The key of a window of this start, as 64 hexadecimal digits."""
        text = "\0".join(("window", window, identity.user, identity.label))
        return hmac.new(self._master, text.encode(), hashlib.sha256).hexdigest()


def proof(key: str, side: str, theirs: str, ours: str) -> str:
    """What ``side`` ("server" or "client") proves with; the nonces are client's, then server's."""
    text = "\0".join((side, theirs, ours))
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()
