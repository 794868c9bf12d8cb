"""`Toolkit` implements additional operations on windows with pywebview alone.

`Toolkit` itself is used with GTK and with the web views of macOS and Windows. The subclass in
`everview.desktop.backends.qt` uses Qt directly.

Threads: methods are called on the manager thread of `Desktop`, unless their docstring names
another thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol, TypedDict, Unpack

import webview

from everview.desktop.placement import Screen, WindowGeometry, cascade, fit_to_screen
from everview.errors import CommandError
from everview.runtime.windows.platform import Dialog
from everview.state.window_set import WindowState

logger = logging.getLogger("everview.desktop")

#: A function that receives the result of a dialog (a path or a button's text; None if cancelled),
#: or an error.
Answer = Callable[[str | None, Exception | None], None]
#: The entries of the tray menu. Each is a text and the function to call.
Menu = list[tuple[str, Callable[[], object]]]


class WindowChanges(TypedDict, total=False):
    """The fields of a `WindowState` that have changed, with their new values."""

    x: int
    y: int
    width: int
    height: int
    screen: str
    maximized: bool
    fullscreen: bool


class Listener(Protocol):
    """Receives the events of windows. Called on any thread."""

    def on_shown(self, window: webview.Window) -> None:
        """The window is on the screen."""

    def on_changed(self, window: webview.Window, **changes: Unpack[WindowChanges]) -> None:
        """The window was moved, resized, maximised or made full screen."""

    def on_dropped(self, window: webview.Window, paths: list[str]) -> None:
        """Files were dropped on the window. The page gets its drop event after this call."""

    def on_browse(self, url: str) -> None:
        """A page requests that the system's browser opens ``url``."""

    def on_session_end(self) -> None:
        """The desktop session ends."""

    def on_left(self, window: webview.Window) -> None:
        """The window shows a page that is not one of the app's."""


class Toolkit:
    """Operations on windows that pywebview supports on every platform.

    Args:
        listener: Receives the events of windows.
    """

    name = "pywebview"

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        #: The visible windows, with the position and size at which they were shown.
        self._geometries: dict[webview.Window, WindowGeometry] = {}
        self._fullscreen: set[webview.Window] = set()

    def call(self, function: Callable[..., None], *arguments: object) -> None:
        """Call ``function`` on the thread that owns the windows."""
        function(*arguments)

    def screens(self) -> list[Screen]:
        """The screens that exist, the main one first."""
        found = [Screen("", s.x, s.y, s.width, s.height) for s in webview.screens]
        return found or [Screen("", 0, 0, 1280, 800)]

    def prepare(self, window: webview.Window, is_own: Callable[[str], bool]) -> None:
        """Prepare a new window. Called once for each window.

        Args:
            window: The window.
            is_own: Whether a URL is one of the app's pages.
        """
        changed = self._listener.on_changed
        # The position in the event may exclude the frame; `move` expects the position in
        # `window.x`.
        window.events.moved += lambda x, y: changed(window, x=int(window.x), y=int(window.y))
        window.events.resized += lambda width, height: changed(
            window, width=int(width), height=int(height)
        )
        window.events.maximized += lambda: changed(window, maximized=True)
        window.events.restored += lambda: changed(window, maximized=False)

    def show(self, window: webview.Window, state: WindowState, is_new: bool) -> None:
        """Show a hidden window in front; calls ``on_shown``.

        Args:
            window: The window.
            state: The position, size, zoom and so on of the window.
            is_new: Whether to move it so that it does not hide another window.
        """
        others = list(self._geometries.values())
        screens = self.screens()
        geometry = cascade(state, others, screens) if is_new else fit_to_screen(state, screens)
        self._geometries[window] = geometry
        window.resize(geometry.width, geometry.height)
        window.show()
        # If the window was minimised when it was closed, it is still minimised now.
        window.restore()
        # Move the window after `show`: window managers choose the position when a window is first
        # shown.
        window.move(geometry.x, geometry.y)
        if state.maximized:
            window.maximize()
        self.set_fullscreen(window, state.fullscreen)
        self.set_zoom(window, state.zoom)
        self._listener.on_shown(window)

    def hide(self, window: webview.Window) -> None:
        """Hide a window that was closed."""
        self._geometries.pop(window, None)
        window.hide()

    def focus(self, window: webview.Window) -> None:
        """Bring a window to the front."""
        window.restore()
        window.show()

    def report_changes(self, window: webview.Window) -> None:
        """Report changes of a window that were not reported yet. On the toolkit's thread."""

    def set_zoom(self, window: webview.Window, zoom: float) -> None:
        """Set the zoom of the page."""
        window.run_js(f"document.documentElement.style.zoom = {zoom:.4f}")

    def set_fullscreen(self, window: webview.Window, on: bool) -> None:
        """Enter or leave full screen."""
        if on != (window in self._fullscreen):
            self._fullscreen ^= {window}
            window.toggle_fullscreen()

    def set_theme(self, window: webview.Window, theme: str) -> None:
        """Set the background that a window has until its page is loaded.

        As soon as the page is loaded, its own theme determines the background.
        """

    def copy(self, text: str) -> bool:
        """Put text on the clipboard. Returns False if the page must do it."""
        return False

    def set_tray(self, menu: Menu) -> None:
        """Show the app's icon in the system tray, or remove it if ``menu`` is empty."""

    def choose(self, window: webview.Window, dialog: Dialog, answer: Answer) -> None:
        """Open a dialog of the system and pass its result to ``answer``."""

        def ask() -> None:
            try:
                answer(_ask(window, dialog), None)
            except Exception as error:  # the exception is raised in the view that opened the dialog
                logger.exception("a dialog failed")
                answer(None, CommandError(f"the dialog could not be opened: {error}"))

        # The dialog needs a thread of its own, because it blocks that thread until the user
        # answers.
        threading.Thread(target=ask, name="everview dialog", daemon=True).start()

    def cancel_dialogs(self, window: webview.Window) -> None:
        """Cancel the dialogs of a closed window, if the toolkit would leave them open."""


def _ask(window: webview.Window, dialog: Dialog) -> str | None:
    """Open a dialog with pywebview and wait for its result."""
    if dialog.kind == "message":
        is_first = window.create_confirmation_dialog(dialog.title, dialog.text)
        return dialog.buttons[0] if is_first else None
    kinds = webview.FileDialog
    kind = {"folder": kinds.FOLDER, "save": kinds.SAVE}.get(dialog.kind, kinds.OPEN)
    patterns = ";".join(f"*{suffix}" for suffix in dialog.suffixes)
    types = (f"{dialog.title} ({patterns})",) if patterns else ()
    chosen = window.create_file_dialog(kind, save_filename=dialog.name, file_types=types)
    # The result is one path or a sequence of paths, depending on the backend.
    if chosen and not isinstance(chosen, str):
        chosen = chosen[0]
    return str(chosen) if chosen else None
