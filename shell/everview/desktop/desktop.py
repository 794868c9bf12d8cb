"""`Desktop`: the native windows of one process.

The toolkit's loop has the main thread. All work on windows is done by one *manager* thread, which
takes commands from one queue: pywebview decides by thread and by the windows that exist what a
call means, so there must be one caller.

Windows are pooled: a window that a person closes is hidden, its page unloaded, and used again for
the next one. Qt loses memory with every window that is destroyed and has crashed there; and the
toolkit's loop ends with its last window, while ours must not.

What is open, and where, is in the `WindowSet`, which brings it back at the next start.

Threads: `run` on the main thread; `on_` any, called by the toolkit; the other methods any.
Guarantees: `closing` is answered at once; nothing here waits for a view.
"""

from __future__ import annotations

import logging
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

import webview

from everview.desktop.display import backend
from everview.desktop.placement import LEAST, SIZE
from everview.desktop.toolkit import Toolkit
from everview.errors import CommandError
from everview.runtime.windows.platform import Dialog
from everview.state.window_set import WindowSet, WindowState

log = logging.getLogger("everview.desktop")


class App(Protocol):
    """What the desktop needs of the app. Called on the manager thread, `changed` on any."""

    def address(self, url: str, label: str) -> str:
        """A one-time address for a window."""
        ...

    def is_own(self, url: str) -> bool:
        """Whether a URL is one of the app's pages."""
        ...

    def closed(self, label: str) -> None:
        """A person closed a window."""

    def changed(self, label: str, **changes: Any) -> None:
        """A window is full screen now, or not any more."""

    def dropped(self, label: str, paths: list[str]) -> None:
        """Files are being dropped on a window; its page hears of that next."""

    def session_ends(self) -> None:
        """The desktop's session ends: the app is to, too."""

    def browse(self, url: str) -> bool:
        """A page wants to show what belongs into the system's browser."""
        ...


@dataclass(eq=False)
class NativeWindow:
    """A window of the toolkit; ``label`` names the Everview window it is now, "" in the pool."""

    native: Any
    label: str = ""
    #: Who waits for it to be on the screen.
    opening: list[Future[str]] = field(default_factory=list)


class Desktop:
    """The windows of one process, of an app called ``title``."""

    def __init__(self, title: str, app: App, windows: WindowSet, icon: str | None = None) -> None:
        self._title = title
        self._app = app
        self._set = windows
        self._icon = icon
        self._backend: Any = backend()
        self._commands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._windows: list[NativeWindow] = []
        self._opened = 0
        self._quitting = False
        self._toolkit: Toolkit = Toolkit(self)

    # any thread --------------------------------------------------------------------------------

    @property
    def open_count(self) -> int:
        """Native windows that a person sees."""
        return sum(bool(window.label) for window in self._windows)

    @property
    def toolkit(self) -> str:
        """What shows the pages, for who helps."""
        return str(self._backend)

    def open(self, url: str, like: str = "") -> Future[str]:
        """Open a window at ``url``; the future has its label when it is on the screen.

        ``like``: the label of a window that it is to resemble.
        """
        future: Future[str] = Future()
        self._command(self._open_new, url, like, future)
        return future

    def close(self, label: str) -> None:
        """Close a window."""
        self._command(self._close, label)

    def close_all(self) -> None:
        """Close every window; the app goes on."""
        for window in list(self._windows):
            self._command(self._close, window.label)

    def focus(self) -> Future[str | None]:
        """Bring the window opened last to the front; its label, None if there is none."""
        future: Future[str | None] = Future()
        self._command(self._focus, future)
        return future

    def set_title(self, label: str, title: str) -> None:
        self._command(self._set_title, label, title)

    def prefer(self, label: str, zoom: float, theme: str, fullscreen: bool) -> None:
        """Show a window as a person wants it."""
        self._command(self._prefer, label, zoom, theme, fullscreen)

    def choose(self, label: str, dialog: Dialog) -> Future[str | None]:
        """Ask with the system's own dialog; a path or a button's text, None if it was cancelled."""
        future: Future[str | None] = Future()
        self._command(self._choose, label, dialog, future)
        return future

    def copy(self, text: str) -> bool:
        """Put a text on the clipboard; False if pages have to."""
        return self._toolkit.copy(text)

    def set_tray(self, on: bool, menu: list[tuple[str, Callable[[], Any]]]) -> None:
        """Show the app in the system's tray, if there is one, or no more."""
        self._toolkit.set_tray(on, menu)

    def quit(self) -> None:
        """End `run`."""
        self._set.freeze()
        self._commands.put(None)

    def _command(self, function: Callable[..., None], *arguments: Any) -> None:
        self._commands.put(lambda: function(*arguments))

    # the main thread ---------------------------------------------------------------------------

    def run(self, states: list[WindowState]) -> None:
        """Open these windows, at least one, and run the toolkit's loop until `quit`."""
        if self._backend == "qt":
            from everview.desktop.qt import QtToolkit

            self._toolkit = QtToolkit(self._title, self, self._icon)
        webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = True
        webview.settings["ALLOW_DOWNLOADS"] = True
        first = self._create(states[0])
        # This event comes on this thread, when the widgets are made and before they are shown.
        first.native.events.before_show += lambda: self._care_for(first)
        self._keep_interrupt(first)
        for state in states[1:]:
            self._command(self._open, state, False, Future())
        manager = threading.Thread(
            target=self._manage, args=(first, states[0]), name="everview windows", daemon=True
        )
        webview.start(manager.start, gui=self._backend, private_mode=True, icon=self._icon)
        self._commands.put(None)

    @staticmethod
    def _keep_interrupt(first: NativeWindow) -> None:
        """Keep our handler of Ctrl+C: pywebview's would only close the windows."""
        handler = signal.getsignal(signal.SIGINT)
        # This event comes on the main thread, after pywebview has set its own.
        first.native.events.before_show += lambda: signal.signal(signal.SIGINT, handler)

    def _care_for(self, window: NativeWindow) -> None:
        self._toolkit.care_for(window.native, self._app.is_own)

    # the toolkit's listener, any thread --------------------------------------------------------

    def on_shown(self, window: Any) -> None:
        if found := self._find(window):
            self._command(self._opened_now, found)

    def on_changed(self, window: Any, **changes: Any) -> None:
        if (found := self._find(window)) and found.label:
            was = self._set.get(found.label)
            self._set.changed(found.label, **changes)
            if was is not None and changes.get("fullscreen", was.fullscreen) != was.fullscreen:
                self._app.changed(found.label, fullscreen=changes["fullscreen"])

    def on_dropped(self, window: Any, paths: list[str]) -> None:
        if (found := self._find(window)) and found.label:
            self._app.dropped(found.label, paths)

    def on_browse(self, url: str) -> None:
        self._app.browse(url)

    def on_session_end(self) -> None:
        self._app.session_ends()

    def on_left(self, window: Any) -> None:
        if found := self._find(window):
            self._command(self._bring_home, found)

    def _find(self, native: Any) -> NativeWindow | None:
        return next((window for window in list(self._windows) if window.native is native), None)

    # the manager thread ------------------------------------------------------------------------

    def _manage(self, first: NativeWindow, state: WindowState) -> None:
        self._show(first, state, is_new=False)
        while (command := self._commands.get()) is not None:
            try:
                command()
            except Exception:  # one command that fails must not end all windows
                log.exception("a window command failed")
        self._quitting = True
        for window in self._windows:
            window.native.destroy()

    def _create(self, state: WindowState) -> NativeWindow:
        """A hidden window, so that a person cannot close it before we are told of that."""
        window = NativeWindow(None, self._next_label())
        window.native = webview.create_window(
            self._title,
            self._app.address(state.url, window.label),
            width=state.width or SIZE[0],
            height=state.height or SIZE[1],
            hidden=True,
            min_size=LEAST,
            text_select=True,
            zoomable=True,
        )
        window.native.events.closing += lambda: self._on_closing(window)
        self._windows.append(window)
        return window

    def _next_label(self) -> str:
        self._opened += 1
        return f"native-{self._opened}"

    def _open_new(self, url: str, like: str, future: Future[str]) -> None:
        model = self._set.like(like)
        state = WindowState(url=url, x=model.x, y=model.y, width=model.width, height=model.height,
                            screen=model.screen, zoom=model.zoom, theme=model.theme)  # fmt: skip
        self._open(state, True, future)

    def _open(self, state: WindowState, is_new: bool, future: Future[str]) -> None:
        if self._quitting:
            future.set_exception(CommandError("the app is ending"))
            return
        try:
            window = next((w for w in self._windows if not w.label), None)
            if window is None:
                window = self._create(state)
                self._toolkit.call(self._care_for, window)
            else:
                window.label = self._next_label()
                window.native.load_url(self._app.address(state.url, window.label))
            window.opening.append(future)
            self._show(window, state, is_new)
        except Exception as error:  # told to whoever asked for the window
            log.exception("a window could not be opened")
            future.set_exception(CommandError(f"the window could not be opened: {error}"))

    def _show(self, window: NativeWindow, state: WindowState, is_new: bool) -> None:
        self._set.opened(window.label, state)
        self._toolkit.show(window.native, state, is_new)

    @staticmethod
    def _opened_now(window: NativeWindow) -> None:
        waiting, window.opening = window.opening, []
        for future in waiting:
            future.set_result(window.label)

    def _focus(self, future: Future[str | None]) -> None:
        shown = [window for window in self._windows if window.label]
        if not shown:
            future.set_result(None)
            return
        newest = max(shown, key=lambda window: int(window.label.rpartition("-")[2]))
        self._toolkit.focus(newest.native)
        future.set_result(newest.label)

    def _on_closing(self, window: NativeWindow) -> bool | None:
        """The toolkit asks, on its own thread: hide instead of destroying."""
        if self._quitting:
            return None
        self._toolkit.settle(window.native)
        self._command(self._close, window.label)
        return False

    def _close(self, label: str) -> None:
        for window in self._windows:
            if label and window.label == label:
                self._set.closed(label)
                window.label = ""
                for future in window.opening:
                    future.set_exception(CommandError("the window was closed while it opened"))
                window.opening = []
                self._toolkit.cancel_dialogs(window.native)
                self._toolkit.hide(window.native)
                # Not about:blank: pywebview takes that for a file and starts a web server for it.
                window.native.load_html("", "about:blank")
                window.native.set_title(self._title)
                self._app.closed(label)

    def _bring_home(self, window: NativeWindow) -> None:
        """Its page left the app, whatever the way: it shows the app again, as a new window."""
        state = self._set.get(window.label)
        if state is not None:
            log.error("a window had left the app: it is brought back")
            window.native.load_url(self._app.address(state.url, window.label))

    def _set_title(self, label: str, title: str) -> None:
        if window := self._labelled(label):
            window.native.set_title(title)

    def _prefer(self, label: str, zoom: float, theme: str, fullscreen: bool) -> None:
        if window := self._labelled(label):
            self._set.changed(label, zoom=zoom, theme=theme)
            self._toolkit.set_zoom(window.native, zoom)
            self._toolkit.set_theme(window.native, theme)
            self._toolkit.set_fullscreen(window.native, fullscreen)

    def _labelled(self, label: str) -> NativeWindow | None:
        return next((w for w in self._windows if w.label and w.label == label), None)

    def _choose(self, label: str, dialog: Dialog, future: Future[str | None]) -> None:
        window = next((w for w in self._windows if w.label and label in ("", w.label)), None)
        if window is None:
            future.set_result(None)
            return

        def answer(chosen: str | None, error: Exception | None) -> None:
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(chosen)

        self._toolkit.choose(window.native, dialog, answer)
