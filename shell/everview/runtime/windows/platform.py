"""`Platform`: what only a desktop can do, handed to the runtime by the app.

Threads: called on the server thread. Implementations must return at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from everview.runtime.windows.window import Window


@dataclass(frozen=True)
class Dialog:
    """What a native dialog asks for: ``kind`` "folder", "open" (a file), "save" or "message".

    ``name``: what is suggested to save as. ``suffixes``: of the files that are offered.
    ``text`` and ``buttons``: of a message, whose answer is a button's text.
    """

    kind: str
    title: str
    name: str = ""
    suffixes: tuple[str, ...] = ()
    text: str = ""
    buttons: tuple[str, ...] = ()


class Platform(Protocol):
    """The desktop as the runtime sees it."""

    def connected(self, window: Window) -> None:
        """A window has a link: its ``preferences`` are to be what they were."""

    def open_window(self, url: str, like: Window | None = None) -> bool:
        """Open one more window at ``url``; False where there are none but browser tabs.

        ``like``: it begins with this one's size, zoom and theme.
        """

    def close_window(self, window: Window) -> bool:
        """Close a native window; False if ``window`` is not one."""

    def set_title(self, window: Window, title: str) -> None:
        """The title of a native window."""

    def attached(self, window: Window) -> None:
        """``window.url`` is another."""

    def prefer(self, window: Window) -> None:
        """``window.preferences`` were changed."""

    def choose(self, window: Window | None, dialog: Dialog) -> asyncio.Future[str | None] | None:
        """A native dialog; None where there is none. The result is None if it was cancelled."""

    def copy(self, text: str) -> bool:
        """Put a text on the clipboard; False where pages have to do that."""

    def browse(self, url: str) -> bool:
        """Open a page outside in the system's browser; False where there is none."""

    def notify(self, title: str, text: str, url: str) -> bool:
        """A notification of the system, whose click opens ``url``; False where there is none."""

    def show_log(self) -> str:
        """Show the folder of the log, if that is possible; returns its path."""

    def about(self) -> list[tuple[str, str]]:
        """Names and values that help who helps: versions, system, folders."""

    def quit(self, how: str = "stop") -> bool:
        """End the app: "stop" now; "finish": when what works has finished.

        "background": no window, and the work goes on. False where there is nothing to end.
        """


class NoPlatform:
    """No desktop: everything happens in browsers."""

    def connected(self, window: Window) -> None:
        return None

    def open_window(self, url: str, like: Window | None = None) -> bool:
        return False

    def close_window(self, window: Window) -> bool:
        return False

    def set_title(self, window: Window, title: str) -> None:
        return None

    def attached(self, window: Window) -> None:
        return None

    def prefer(self, window: Window) -> None:
        return None

    def choose(self, window: Window | None, dialog: Dialog) -> asyncio.Future[str | None] | None:
        return None

    def copy(self, text: str) -> bool:
        return False

    def browse(self, url: str) -> bool:
        return False

    def notify(self, title: str, text: str, url: str) -> bool:
        return False

    def show_log(self) -> str:
        return ""

    def about(self) -> list[tuple[str, str]]:
        return []

    def quit(self, how: str = "stop") -> bool:
        return False
