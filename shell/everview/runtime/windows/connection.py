"""`Connection`: the client of a link, for middlewares and `App.identify`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Connection:
    """The connection that a window's link uses.

    Args:
        user: the owner of the ticket that the window was opened with.
        window: the id of the window.
        label: the desktop's label of a native window; "" for a browser tab.
        remote: the client's address.
        headers: headers of the request that opened the link.
    """

    user: str
    window: str = ""
    label: str = ""
    remote: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_native(self) -> bool:
        return bool(self.label)
