"""`HeadlessPlatform` and `DesktopPlatform`: connect the runtime and the desktop.

Neither imports the other. Each has a protocol of its own for these classes
(`runtime.windows.platform.Platform`, `desktop.desktop.App`).
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from everview.application.ending import Ending
from everview.desktop.desktop import Desktop
from everview.desktop.notifications import Notifications
from everview.desktop.outside import browse, reveal
from everview.runtime.runtime import Runtime
from everview.runtime.windows.platform import Dialog, NoPlatform, QuitMode
from everview.runtime.windows.window import Preferences, Window
from everview.state.folders import Folders
from everview.state.window_set import WindowSet

log = logging.getLogger("everview.desktop")


class App(Protocol):
    """What platforms need of the running app."""

    folders: Folders
    ending: Ending

    @property
    def runtime(self) -> Runtime: ...
    def quit(self) -> None: ...
    def about(self) -> list[tuple[str, str]]: ...
    def address(self, url: str, label: str = "") -> str: ...
    def is_own(self, url: str) -> bool: ...
    def left(self, label: str) -> None: ...


class HeadlessPlatform(NoPlatform):
    """An app that is shown in browsers. Server thread."""

    def __init__(self, app: App) -> None:
        self._running = app

    def about(self) -> list[tuple[str, str]]:
        return self._running.about()

    def show_log(self) -> str:
        return str(self._running.folders.logs)

    def quit(self, how: QuitMode = "stop") -> bool:
        if how == "background":
            return False  # a browser's tabs are the person's own to close
        if how == "finish":
            self._running.ending.finish()
        else:
            self._running.quit()
        return True


class DesktopPlatform(HeadlessPlatform):
    """An app with native windows."""

    def __init__(self, app: App, windows: WindowSet, title: str, icon: Path) -> None:
        super().__init__(app)
        self._windows = windows
        self.desktop = Desktop(title, self, windows, str(icon))
        self.notifications = Notifications(title, icon, self._clicked)

    def _clicked(self, url: str) -> None:
        self._running.ending.stay()
        self.desktop.open(url)

    # for the runtime: server thread ------------------------------------------------------------

    def connected(self, window: Window) -> None:
        state = self._windows.get(window.label)
        if state is not None:
            window.preferences = Preferences(state.zoom, state.theme, state.fullscreen)

    def attached(self, window: Window) -> None:
        self._windows.changed(window.label, url=window.url)

    def prefer(self, window: Window) -> None:
        wanted = window.preferences
        self.desktop.prefer(window.label, wanted.zoom, wanted.theme, wanted.fullscreen)

    def open_window(self, url: str, like: Window | None = None) -> bool:
        self._running.ending.stay()
        self.desktop.open(url, like.label if like is not None else "")
        return True

    def close_window(self, window: Window) -> bool:
        if not window.label:
            return False
        self.desktop.close(window.label)
        return True

    def set_title(self, window: Window, title: str) -> None:
        if window.label:
            self.desktop.set_title(window.label, title)

    def choose(self, window: Window | None, dialog: Dialog) -> asyncio.Future[str | None] | None:
        if window is None or not window.label:
            return None
        asked: Future[str | None] = self.desktop.choose(window.label, dialog)
        return asyncio.wrap_future(asked)

    def copy(self, text: str) -> bool:
        return self.desktop.copy(text)

    def browse(self, url: str) -> bool:
        browse(url)
        return True

    def notify(self, title: str, text: str, url: str) -> bool:
        return self.notifications.show(title, text, url)

    def show_log(self) -> str:
        folder = self._running.folders.logs
        reveal(folder)
        return str(folder)

    def quit(self, how: QuitMode = "stop") -> bool:
        if how == "stop":
            self._running.quit()
            return True
        if how == "finish":
            self._running.ending.finish()
        self.desktop.close_all()
        return True

    # for the desktop: any thread ---------------------------------------------------------------

    def address(self, url: str, label: str) -> str:
        """A one-time address for a window."""
        return self._running.address(url, label)

    def is_own(self, url: str) -> bool:
        """Whether a URL is one of the app's pages."""
        return self._running.is_own(url)

    def closed(self, label: str) -> None:
        """A person closed a window."""
        self._running.left(label)

    def changed(self, label: str, **changes: Any) -> None:
        """A window is full screen now, or not any more: its page shows that."""
        loop = self._running.runtime.loop

        def change() -> None:
            for window in self._running.runtime.windows.by_label(label):
                was = window.preferences
                window.preferences = Preferences(was.zoom, was.theme, changes["fullscreen"])
                self._running.runtime.describe_again(window)

        loop.call_soon_threadsafe(change)

    def session_ends(self) -> None:
        """The desktop's session ends: this counts as quitting."""
        log.info("the desktop's session ends")
        self._running.quit()

    def dropped(self, label: str, paths: list[str]) -> None:
        """Files are being dropped on a window; the page's own event comes after this."""

        def note() -> None:
            for window in self._running.runtime.windows.by_label(label):
                window.dropped = paths

        self._running.runtime.loop.call_soon_threadsafe(note)
