"""`Connection`: who is on the other side of a link, for middlewares and `App.identify`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Connection:
    """Whose ticket a window came with (``user``), and what is known of it.

    ``window``: its id. ``label``: what the desktop calls a native window, "" for a browser's tab.
    ``remote``: the address it comes from. ``headers``: of the request that opened the link.
    """

    user: str
    window: str = ""
    label: str = ""
    remote: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_native(self) -> bool:
        return bool(self.label)
