"""`Record`: what was done, handled, acknowledged, told and shown; `check` proves our promises by it.

The promises are those of docs/faults.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Record:
    """One run. Lists and values are by window."""

    #: What a person did there, in order.
    sent: dict[str, list[str]] = field(default_factory=dict)
    #: What handlers were called for, in order.
    handled: dict[str, list[str]] = field(default_factory=dict)
    #: What the window was told, in order, and what it should have been.
    told: dict[str, list[str]] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    #: Events that the window still keeps, to send them again.
    unacknowledged: dict[str, int] = field(default_factory=dict)
    #: What is in the page.
    shown: dict[str, Any] = field(default_factory=dict)
    #: What the server has for all of them.
    tree: Any = None

    def check(self) -> None:
        """Raise AssertionError where a promise was broken."""
        for window, sent in self.sent.items():
            assert self.handled.get(window, []) == sent, f"P2: handled once, in order, of {window}"
            assert self.unacknowledged.get(window, 0) == 0, f"P2: acknowledged, of {window}"
            assert self.told.get(window, []) == self.said.get(window, []), f"P2: told {window}"
        for window, shown in self.shown.items():
            assert shown == self.tree, f"P1: {window} shows what there is"
