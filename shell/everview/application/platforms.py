"""`HeadlessPlatform` and `DesktopPlatform`: connect the runtime with the desktop.

The runtime and the desktop do not import each other. A platform implements the runtime's protocol
`Platform`, and `DesktopPlatform` also implements the desktop's protocol `WindowOwner`.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Protocol

from everview.application.ending import Ending, RunningApp
from everview.desktop.desktop import Desktop
from everview.desktop.notifications import Notifications
from everview.desktop.outside import browse, reveal
from everview.runtime.windows.platform import Dialog, NoPlatform, QuitMode
from everview.runtime.windows.window import Preferences, Window
from everview.state.folders import Folders
from everview.state.window_set import WindowSet

logger = logging.getLogger("everview.desktop")


class PlatformApp(RunningApp, Protocol):
    """The part of the running app that platforms use."""

    folders: Folders
    ending: Ending

    def about(self) -> list[tuple[str, str]]: ...
    def address(self, url: str, label: str = "") -> str: ...
    def is_own(self, url: str) -> bool: ...
    def window_closed(self, label: str) -> None: ...


class HeadlessPlatform(NoPlatform):
    """The platform of an app that is shown in browsers. Server thread."""

    def __init__(self, app: PlatformApp) -> None:
        self._running = app

    def about(self) -> list[tuple[str, str]]:
        return self._running.about()

    def show_log(self) -> str:
        return str(self._running.folders.logs)

    def quit(self, how: QuitMode = "stop") -> bool:
        if how == "background":
            return False  # the app cannot close the tabs of a browser
        if how == "finish":
            self._running.ending.finish()
        else:
            self._running.quit()
        return True


class DesktopPlatform(HeadlessPlatform):
    """The platform of an app with native windows.

    Args:
        app: The running app.
        windows: Saves which windows are open.
        title: The name of the app.
        icon: The icon of the app.
    """

    def __init__(self, app: PlatformApp, windows: WindowSet, title: str, icon: Path) -> None:
        super().__init__(app)
        self._windows = windows
        self.desktop = Desktop(title, self, windows, str(icon))
        self.notifications = Notifications(title, icon, self._notification_clicked)

    def _notification_clicked(self, url: str) -> None:
        self._running.ending.cancel()
        self.desktop.open(url)

    # methods that the runtime calls, on the server thread --------------------------------------

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
        self._running.ending.cancel()
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
        return asyncio.wrap_future(self.desktop.choose(window.label, dialog))

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

    # methods that the desktop calls, on any thread ---------------------------------------------

    def address(self, url: str, label: str) -> str:
        """Create a one-time address for the window with ``label``."""
        return self._running.address(url, label)

    def is_own(self, url: str) -> bool:
        """Whether ``url`` is one of the app's pages."""
        return self._running.is_own(url)

    def closed(self, label: str) -> None:
        """The user closed a native window."""
        self._running.window_closed(label)

    def changed(self, label: str, fullscreen: bool) -> None:
        """A native window entered or left full screen: update its page."""
        runtime = self._running.runtime

        def update() -> None:
            for window in self._running.runtime.windows.by_label(label):
                before = window.preferences
                window.preferences = Preferences(before.zoom, before.theme, fullscreen)
                runtime.describe_again(window)

        runtime.loop.call_soon_threadsafe(update)

    def session_ends(self) -> None:
        """The desktop session ends, so quit the app."""
        logger.info("the desktop session ends")
        self._running.quit()

    def dropped(self, label: str, paths: list[str]) -> None:
        """Files were dropped on a native window. The page sends its drop event after this call."""

        def update() -> None:
            for window in self._running.runtime.windows.by_label(label):
                window.dropped = paths

        self._running.runtime.loop.call_soon_threadsafe(update)
