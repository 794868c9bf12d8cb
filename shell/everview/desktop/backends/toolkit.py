"""`Toolkit`: what windows need beyond pywebview's own, here done with pywebview alone.

Used with GTK, and with the web views of macOS and Windows; `everview.desktop.qt` does more for Qt.
``window`` is pywebview's `Window` everywhere.

Threads: the manager thread of `Desktop`, unless a method says otherwise.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

import webview

from everview.desktop.placement import Place, Screen, beside, place
from everview.errors import CommandError
from everview.runtime.windows.platform import Dialog
from everview.state.window_set import WindowState

log = logging.getLogger("everview.desktop")

Answer = Callable[[str | None, Exception | None], None]


class Listener(Protocol):
    """Who is told what happens to windows. Called on any thread."""

    def on_shown(self, window: Any) -> None:
        """It is on the screen."""

    def on_changed(self, window: Any, **changes: Any) -> None:
        """Fields of its `WindowState` are others."""

    def on_dropped(self, window: Any, paths: list[str]) -> None:
        """Files are being dropped on it; its page hears of that next."""

    def on_browse(self, url: str) -> None:
        """Its page wants to show what belongs into the system's browser."""

    def on_session_end(self) -> None:
        """The desktop's session ends, and the app with it."""

    def on_left(self, window: Any) -> None:
        """It shows a page that is not ours."""


class Toolkit:
    """The toolkit as pywebview shows it."""

    name = "pywebview"

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._places: dict[Any, Place] = {}
        self._is_fullscreen: set[Any] = set()

    def call(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call ``function`` where windows may be touched."""
        function(*arguments)

    def screens(self) -> list[Screen]:
        """The screens there are, the main one first."""
        found = [Screen("", s.x, s.y, s.width, s.height) for s in webview.screens]
        return found or [Screen("", 0, 0, 1280, 800)]

    def care_for(self, window: Any, is_own: Callable[[str], bool]) -> None:
        """Look after a new window; ``is_own`` says whether a URL is one of the app's pages."""
        changed = self._listener.on_changed
        # What the event says may be without the frame; what is asked for is what `move` takes.
        window.events.moved += lambda x, y: changed(window, x=int(window.x), y=int(window.y))
        window.events.resized += lambda width, height: changed(
            window, width=int(width), height=int(height)
        )
        window.events.maximized += lambda: changed(window, maximized=True)
        window.events.restored += lambda: changed(window, maximized=False)

    def show(self, window: Any, state: WindowState, is_new: bool) -> None:
        """Put a hidden window where ``state`` says and show it in front; tells ``on_shown``.

        ``is_new``: it was not there before, so it goes beside the others.
        """
        taken = list(self._places.values())
        where = beside(state, taken, self.screens()) if is_new else place(state, self.screens())
        self._places[window] = where
        window.resize(where.width, where.height)
        window.show()
        # One that was closed while minimised would come back minimised; to the front.
        window.restore()
        # Not before: window managers place what they see for the first time.
        window.move(where.x, where.y)
        if state.maximized:
            window.maximize()
        self.set_fullscreen(window, state.fullscreen)
        self.set_zoom(window, state.zoom)
        self._listener.on_shown(window)

    def hide(self, window: Any) -> None:
        """Hide a window that was closed."""
        self._places.pop(window, None)
        window.hide()

    def focus(self, window: Any) -> None:
        """Bring a window to the front."""
        window.restore()
        window.show()

    def settle(self, window: Any) -> None:
        """Tell what changed of a window and was not told yet. On the toolkit's thread."""

    def set_zoom(self, window: Any, zoom: float) -> None:
        """Show the page larger or smaller."""
        window.run_js(f"document.documentElement.style.zoom = {zoom:.4f}")

    def set_fullscreen(self, window: Any, on: bool) -> None:
        """Fill the screen, or not."""
        if on != (window in self._is_fullscreen):
            self._is_fullscreen ^= {window}
            window.toggle_fullscreen()

    def set_theme(self, window: Any, theme: str) -> None:
        """The colour of a window before its page is there; the page itself knows."""

    def copy(self, text: str) -> bool:
        """Put a text on the clipboard; False if pages have to."""
        return False

    def set_tray(self, on: bool, menu: list[tuple[str, Callable[[], Any]]]) -> None:
        """Show an icon in the system's tray, or none; where there is a tray."""

    def choose(self, window: Any, dialog: Dialog, answer: Answer) -> None:
        """Ask with a dialog of the system; ``answer`` gets a path or a button's text, or None."""

        def ask() -> None:
            try:
                answer(_ask(window, dialog), None)
            except Exception as error:  # told to the view that asked
                log.exception("a dialog failed")
                answer(None, CommandError(f"the dialog could not be opened: {error}"))

        # The dialog blocks its caller until the person answers: not the manager.
        threading.Thread(target=ask, name="everview dialog", daemon=True).start()

    def cancel_dialogs(self, window: Any) -> None:
        """Cancel the dialogs of a window that closes: they would stay without it."""


def _ask(window: Any, dialog: Dialog) -> str | None:
    if dialog.kind == "message":
        is_first = window.create_confirmation_dialog(dialog.title, dialog.text)
        return dialog.buttons[0] if is_first else None
    kinds = webview.FileDialog
    kind = {"folder": kinds.FOLDER, "save": kinds.SAVE}.get(dialog.kind, kinds.OPEN)
    patterns = ";".join(f"*{suffix}" for suffix in dialog.suffixes)
    types = (f"{dialog.title} ({patterns})",) if patterns else ()
    chosen = window.create_file_dialog(kind, save_filename=dialog.name, file_types=types)
    path = chosen if isinstance(chosen, str) else (chosen or [None])[0]
    return str(path) if path else None
