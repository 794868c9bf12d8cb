"""`Platform`: the functions that only a desktop has. The application passes it to the runtime.

Threads: called on the server thread. Implementations must return at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal, Protocol

from everview.runtime.windows.window import Window

#: How an app ends: now, after the running tasks, or not at all (only its windows close).
QuitMode = Literal["stop", "finish", "background"]


@dataclass(frozen=True)
class Dialog:
    """A native dialog.

    Args:
        kind: ask for a folder, a file to open, a file to save, or show a message.
        title: title of the dialog.
        name: suggested name of the file to save.
        suffixes: suffixes of the files to choose from.
        text: text of a message.
        buttons: buttons of a message. The result is the text of the one that was pressed.
    """

    kind: Literal["folder", "open", "save", "message"]
    title: str
    name: str = ""
    suffixes: tuple[str, ...] = ()
    text: str = ""
    buttons: tuple[str, ...] = ()


class Platform(Protocol):
    """The desktop as the runtime sees it."""

    def connected(self, window: Window) -> None:
        """A window has a link: restore its ``preferences``."""

    def open_window(self, url: str, like: Window | None = None) -> bool:
        """Open another window at ``url``; False where windows are browser tabs.

        ``like``: the new window starts with the size, zoom and theme of this one.
        """
        ...

    def close_window(self, window: Window) -> bool:
        """Close a native window; False if ``window`` is a browser tab."""
        ...

    def set_title(self, window: Window, title: str) -> None:
        """Set the title of a native window."""

    def attached(self, window: Window) -> None:
        """``window.url`` changed."""

    def prefer(self, window: Window) -> None:
        """``window.preferences`` changed."""

    def choose(self, window: Window | None, dialog: Dialog) -> asyncio.Future[str | None] | None:
        """Show a native dialog; None where there is none. The result is None if cancelled."""
        ...

    def copy(self, text: str) -> bool:
        """Put a string on the clipboard; False where the page has to do it."""
        ...

    def browse(self, url: str) -> bool:
        """Open a page outside the app in the system's browser; False where there is none."""
        ...

    def notify(self, title: str, text: str, url: str) -> bool:
        """Show a system notification; a click opens ``url``. False where there are none."""
        ...

    def show_log(self) -> str:
        """Show the folder of the log if possible. Returns its path, "" if there is none."""
        ...

    def about(self) -> list[tuple[str, str]]:
        """Names and values for a bug report: versions, system, folders."""
        ...

    def quit(self, how: QuitMode = "stop") -> bool:
        """End the app; False where it cannot be ended from here."""
        ...


class NoPlatform:
    """No desktop: every window is a browser tab."""

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

    def quit(self, how: QuitMode = "stop") -> bool:
        return False
