"""`Host`: what only a desktop can do, handed to the runtime by the app.

Threads: called on the server thread. Implementations must return at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from shell.runtime.window import Window


@dataclass(frozen=True)
class Dialog:
    """What a native dialog asks for: ``kind`` "folder", "open" (a file) or "save".

    ``name``: what is suggested to save as. ``suffixes``: of the files that are offered.
    """

    kind: str
    title: str
    name: str = ""
    suffixes: tuple[str, ...] = ()


class Host(Protocol):
    """The desktop as the runtime sees it."""

    def open_window(self, url: str) -> bool:
        """Open one more window at ``url``; False where there are none but browser tabs."""

    def close_window(self, window: Window) -> bool:
        """Close a native window; False if ``window`` is not one."""

    def set_title(self, window: Window, title: str) -> None:
        """The title of a native window."""

    def choose(self, window: Window | None, dialog: Dialog) -> asyncio.Future[str | None] | None:
        """A native dialog; None where there is none. The result is None if it was cancelled."""

    def notify(self, title: str, text: str, url: str) -> bool:
        """A notification of the system, whose click opens ``url``; False where there is none."""

    def quit(self) -> None:
        """End the app."""


class NoHost:
    """No desktop: everything happens in browsers."""

    def open_window(self, url: str) -> bool:
        return False

    def close_window(self, window: Window) -> bool:
        return False

    def set_title(self, window: Window, title: str) -> None:
        return None

    def choose(self, window: Window | None, dialog: Dialog) -> asyncio.Future[str | None] | None:
        return None

    def notify(self, title: str, text: str, url: str) -> bool:
        return False

    def quit(self) -> None:
        return None
