"""`Record`: the events, notices and pages of a fault test.

`Record.check` verifies the guarantees of docs/faults.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Record:
    """The record of one run. All fields except ``tree`` are dicts whose keys are the names of
    windows.
    """

    #: The events that the simulated person caused, in order.
    sent: dict[str, list[str]] = field(default_factory=dict)
    #: The events that handlers processed, in order.
    handled: dict[str, list[str]] = field(default_factory=dict)
    #: The notices that the page received, and the notices that the view sent, in order.
    received: dict[str, list[str]] = field(default_factory=dict)
    notices: dict[str, list[str]] = field(default_factory=dict)
    #: The number of events that the page still stores.
    unacknowledged: dict[str, int] = field(default_factory=dict)
    #: The nodes that the page shows at the end.
    shown: dict[str, Any] = field(default_factory=dict)
    #: The nodes that the server has at the end.
    tree: Any = None

    def check(self) -> None:
        """Raise AssertionError if a guarantee was broken."""
        for window, sent in self.sent.items():
            assert self.handled.get(window, []) == sent, (
                f"P2: events of {window} are handled once, in order"
            )
            assert self.unacknowledged.get(window, 0) == 0, (
                f"P2: events of {window} are acknowledged"
            )
            assert self.received.get(window, []) == self.notices.get(window, []), (
                f"P2: {window} receives its notices once, in order"
            )
        for window, shown in self.shown.items():
            assert shown == self.tree, f"P1: {window} shows the tree of the server"
