"""`Platform`: the functions that only a desktop has. The application passes it to the runtime.

Threads: all methods are called on the server thread, so implementations must return at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal, Protocol

from everview.runtime.windows.window import Window

#: The ways to end an app: now, after the running tasks, or not at all (only its windows close).
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
    """The functions of the desktop that the runtime uses."""

    def connected(self, window: Window) -> None:
        """Restore the ``preferences`` of a window that has a new link."""

    def open_window(self, url: str, like: Window | None = None) -> bool:
        """Open another window at ``url``. Returns False if windows are browser tabs.

        The new window starts with the size, zoom and theme of the window ``like``.
        """
        ...

    def close_window(self, window: Window) -> bool:
        """Close a native window; False if ``window`` is a browser tab."""
        ...

    def set_title(self, window: Window, title: str) -> None:
        """Set the title of a native window."""

    def attached(self, window: Window) -> None:
        """Handle a change of ``window.url``."""

    def prefer(self, window: Window) -> None:
        """Handle a change of ``window.preferences``."""

    def choose(self, window: Window | None, dialog: Dialog) -> asyncio.Future[str | None] | None:
        """Show a native dialog and return its result.

        Returns None if there is no desktop, otherwise a future. If the user cancels the dialog, the
        result of the future is None.
        """
        ...

    def copy(self, text: str) -> bool:
        """Copy a string to the clipboard. Returns False if the page has to copy it."""
        ...

    def browse(self, url: str) -> bool:
        """Open a page outside the app in the system's browser.

        Returns False if there is no browser.
        """
        ...

    def notify(self, title: str, text: str, url: str) -> bool:
        """Show a system notification whose click opens ``url``.

        Returns False if no notification can be shown.
        """
        ...

    def show_log(self) -> str:
        """Show the folder of the log if possible. Returns its path, "" if there is none."""
        ...

    def about(self) -> list[tuple[str, str]]:
        """Names and values for a bug report: versions, system, folders."""
        ...

    def quit(self, how: QuitMode = "stop") -> bool:
        """End the app. Returns False if the platform cannot end it."""
        ...


class NoPlatform:
    """The platform without a desktop, where every window is a browser tab."""

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
