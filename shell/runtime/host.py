"""`Host`: what only a desktop can do, handed to the runtime by the app.

Threads: called on the server thread. Implementations must return at once.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from shell.runtime.window import Window


class Host(Protocol):
    """The desktop as the runtime sees it."""

    def open_window(self, url: str) -> bool:
        """Open one more window at ``url``; False where there are none but browser tabs."""

    def close_window(self, window: Window) -> bool:
        """Close a native window; False if ``window`` is not one."""

    def set_title(self, window: Window, title: str) -> None:
        """The title of a native window."""

    def choose_folder(self, window: Window | None, title: str) -> asyncio.Future[str | None] | None:
        """A native dialog; None where there is none. The result is None if it was cancelled."""

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

    def choose_folder(self, window: Window | None, title: str) -> asyncio.Future[str | None] | None:
        return None

    def quit(self) -> None:
        return None
