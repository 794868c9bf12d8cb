"""`Desktop`: the native windows of one process.

The toolkit's loop runs on the main thread. One *manager* thread executes all operations on windows,
from one queue. pywebview's functions do different things depending on the calling thread and on the
windows that exist, so there must be one caller.

Windows are pooled. A window that the user closes is hidden, its page is unloaded, and it is used
again for the next window. Qt loses memory with each window that is destroyed, and has crashed
there. The toolkit's loop also ends with its last window, while the app may keep running.

The `WindowSet` saves which windows are open and where, for the next start.

Threads: `run` is called on the main thread. The toolkit calls methods that begin with ``on_`` on
any thread. Other public methods can be called from any thread. Guarantees: if the toolkit asks
whether a window may close, it gets the answer at once. No method waits for a view.
"""

from __future__ import annotations

import logging
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from enum import Enum
from typing import Protocol, Unpack

import webview

from everview.desktop.backends.toolkit import Menu, Toolkit, WindowChanges
from everview.desktop.display import Backend, backend
from everview.desktop.placement import DEFAULT_SIZE, MIN_SIZE
from everview.errors import CommandError
from everview.runtime.windows.platform import Dialog
from everview.state.window_set import WindowSet, WindowState

logger = logging.getLogger("everview.desktop")


class WindowOwner(Protocol):
    """The methods of the app that the desktop calls.

    The methods are called on the manager thread, but `changed`, `dropped`, `browse` and
    `session_ends` on any thread.
    """

    def address(self, url: str, label: str) -> str:
        """Create a one-time address for the window with ``label``."""
        ...

    def is_own(self, url: str) -> bool:
        """Whether ``url`` is one of the app's pages."""
        ...

    def closed(self, label: str) -> None:
        """The user closed a window."""

    def changed(self, label: str, fullscreen: bool) -> None:
        """A window entered or left full screen."""

    def dropped(self, label: str, paths: list[str]) -> None:
        """Files were dropped on a window. Its page gets the event after this call."""

    def session_ends(self) -> None:
        """The desktop session ends."""

    def browse(self, url: str) -> bool:
        """A page requests that the system's browser opens ``url``."""
        ...


class WindowPhase(Enum):
    """The phases in the life of a native window."""

    #: The window has a label and is not on the screen yet.
    OPENING = "opening"
    #: The window is on the screen.
    OPEN = "open"
    #: The window is hidden and has no label, until it is used again for another window of the app.
    POOLED = "pooled"
    DESTROYED = "destroyed"


#: For each phase, the phases that may follow it.
_NEXT = {
    WindowPhase.OPENING: {WindowPhase.OPEN, WindowPhase.POOLED, WindowPhase.DESTROYED},
    WindowPhase.OPEN: {WindowPhase.POOLED, WindowPhase.DESTROYED},
    WindowPhase.POOLED: {WindowPhase.OPENING, WindowPhase.DESTROYED},
    WindowPhase.DESTROYED: set(),
}


class NativeWindow:
    """A window of the toolkit. It is used for several windows of the app, one after the other.

    The phase is changed only on the manager thread. Any thread may read it.

    Args:
        native: The window of pywebview.
        label: The label of the first window of the app that it is used for.
    """

    def __init__(self, native: webview.Window, label: str) -> None:
        self.native = native
        #: The label of the app's window; "" while the native window is pooled.
        self.label = label
        self.phase = WindowPhase.OPENING
        self._waiting: list[Future[str]] = []

    @property
    def is_in_use(self) -> bool:
        """Whether this native window is used for a window of the app that is open or opening."""
        return self.phase in (WindowPhase.OPENING, WindowPhase.OPEN)

    def reuse(self, label: str) -> None:
        """Take this native window from the pool and use it for the app's window ``label``."""
        self._enter(WindowPhase.OPENING)
        self.label = label

    def when_open(self, future: Future[str]) -> None:
        """Set the label as the result of ``future`` when the window is on the screen."""
        self._waiting.append(future)

    def opened(self) -> None:
        """The window is on the screen. The toolkit may report this more than once."""
        if self.phase is WindowPhase.OPENING:
            self._enter(WindowPhase.OPEN)
        if self.phase is WindowPhase.OPEN:
            for future in self._take_waiting():
                future.set_result(self.label)

    def closed(self) -> None:
        """Return the window to the pool."""
        self._enter(WindowPhase.POOLED)
        self.label = ""
        self._fail_waiting("the window was closed while it opened")

    def destroyed(self) -> None:
        """Called when the app ends and therefore closes the window."""
        self._enter(WindowPhase.DESTROYED)
        self._fail_waiting("the app is ending")

    def _enter(self, phase: WindowPhase) -> None:
        if phase not in _NEXT[self.phase]:
            raise RuntimeError(f"a window that is {self.phase.value} cannot be {phase.value}")
        self.phase = phase

    def _take_waiting(self) -> list[Future[str]]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def _fail_waiting(self, reason: str) -> None:
        for future in self._take_waiting():
            future.set_exception(CommandError(reason))


class Desktop:
    """The native windows of one process.

    Args:
        title: The name of the app.
        owner: The app.
        windows: Saves the open windows.
        icon: The path of the app's icon.
    """

    def __init__(
        self, title: str, owner: WindowOwner, windows: WindowSet, icon: str | None = None
    ) -> None:
        self._title = title
        self._owner = owner
        self._set = windows
        self._icon = icon
        self._backend: Backend = backend()
        #: The operations that the manager thread executes in order. None ends the thread.
        self._commands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._windows: list[NativeWindow] = []
        self._last_number = 0
        self._toolkit = Toolkit(self)

    # methods called on any thread --------------------------------------------------------------

    @property
    def open_count(self) -> int:
        """The number of windows that are open or opening."""
        return sum(window.is_in_use for window in self._windows)

    @property
    def backend(self) -> Backend:
        """The name of pywebview's backend."""
        return self._backend

    def open(self, url: str, like: str = "") -> Future[str]:
        """Open a window.

        Args:
            url: The path to show.
            like: The label of a window whose size, zoom and theme the new one gets.

        Returns:
            A future. When the window is on the screen, its result is the label of the window.
        """
        future: Future[str] = Future()
        self._enqueue(self._open_new, url, like, future)
        return future

    def close(self, label: str) -> None:
        """Close a window."""
        self._enqueue(self._close, label)

    def close_all(self) -> None:
        """Close every window. The app keeps running."""
        for window in list(self._windows):
            self._enqueue(self._close, window.label)

    def focus(self) -> Future[str | None]:
        """Bring the window that was opened last to the front.

        Returns:
            A future whose result is the label of that window, or None if no window is open.
        """
        future: Future[str | None] = Future()
        self._enqueue(self._focus, future)
        return future

    def set_title(self, label: str, title: str) -> None:
        """Set the title of a window."""
        self._enqueue(self._set_title, label, title)

    def prefer(self, label: str, zoom: float, theme: str, fullscreen: bool) -> None:
        """Set the zoom, the theme and full screen of a window."""
        self._enqueue(self._prefer, label, zoom, theme, fullscreen)

    def choose(self, label: str, dialog: Dialog) -> Future[str | None]:
        """Open a dialog of the system.

        Returns:
            A future whose result is a path or the text of a button, or None if cancelled.
        """
        future: Future[str | None] = Future()
        self._enqueue(self._choose, label, dialog, future)
        return future

    def copy(self, text: str) -> bool:
        """Put text on the clipboard. Returns False if the page must do it."""
        return self._toolkit.copy(text)

    def set_tray(self, menu: Menu) -> None:
        """Show the app's icon in the system tray, or remove it if ``menu`` is empty."""
        self._toolkit.set_tray(menu)

    def quit(self) -> None:
        """End `run`."""
        self._set.freeze()
        self._commands.put(None)

    def _enqueue(self, function: Callable[..., None], *arguments: object) -> None:
        self._commands.put(lambda: function(*arguments))

    # methods called on the main thread ---------------------------------------------------------

    def run(self, states: list[WindowState]) -> None:
        """Open windows and run the toolkit's loop until `quit`.

        Args:
            states: The windows to open, at least one.
        """
        if self._backend == "qt":
            from everview.desktop.backends.qt import QtToolkit

            self._toolkit = QtToolkit(self._title, self, self._icon)
        webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = True
        webview.settings["ALLOW_DOWNLOADS"] = True
        first = self._create(states[0])
        # pywebview sends this event on the main thread, after the widgets are created and before
        # they are shown.
        first.native.events.before_show += lambda: self._prepare(first)
        self._restore_interrupt_handler(first)
        for state in states[1:]:
            self._enqueue(self._open, state, False, Future())
        manager = threading.Thread(
            target=self._manage, args=(first, states[0]), name="everview windows", daemon=True
        )
        webview.start(manager.start, gui=self._backend, private_mode=True, icon=self._icon)
        self._commands.put(None)

    @staticmethod
    def _restore_interrupt_handler(first: NativeWindow) -> None:
        """Restore our handler of Ctrl+C. The handler of pywebview only closes the windows."""
        handler = signal.getsignal(signal.SIGINT)

        def restore() -> None:
            signal.signal(signal.SIGINT, handler)

        # pywebview sends this event on the main thread, after it has set its handler of Ctrl+C.
        first.native.events.before_show += restore

    def _prepare(self, window: NativeWindow) -> None:
        self._toolkit.prepare(window.native, self._owner.is_own)

    # methods that the toolkit calls, on any thread ---------------------------------------------

    def on_shown(self, window: webview.Window) -> None:
        if found := self._by_native(window):
            self._enqueue(found.opened)

    def on_changed(self, window: webview.Window, **changes: Unpack[WindowChanges]) -> None:
        found = self._by_native(window)
        if found is None or not found.label:
            return
        before = self._set.get(found.label)
        self._set.changed(found.label, **changes)
        if before is not None and "fullscreen" in changes:
            fullscreen = changes["fullscreen"]
            if fullscreen != before.fullscreen:
                self._owner.changed(found.label, fullscreen)

    def on_dropped(self, window: webview.Window, paths: list[str]) -> None:
        found = self._by_native(window)
        if found is not None and found.label:
            self._owner.dropped(found.label, paths)

    def on_browse(self, url: str) -> None:
        self._owner.browse(url)

    def on_session_end(self) -> None:
        self._owner.session_ends()

    def on_left(self, window: webview.Window) -> None:
        if found := self._by_native(window):
            self._enqueue(self._return_to_app, found)

    def _by_native(self, native: webview.Window) -> NativeWindow | None:
        return next((window for window in list(self._windows) if window.native is native), None)

    # methods called on the manager thread ------------------------------------------------------

    def _manage(self, first: NativeWindow, state: WindowState) -> None:
        self._show(first, state, is_new=False)
        while (command := self._commands.get()) is not None:
            try:
                command()
            except Exception:  # an operation that fails must not end the other windows
                logger.exception("an operation on a window failed")
        for window in self._windows:
            window.destroyed()
            window.native.destroy()

    def _create(self, state: WindowState) -> NativeWindow:
        """Create a hidden window. It stays hidden until its close event is handled."""
        label = self._next_label()
        native = webview.create_window(
            self._title,
            self._owner.address(state.url, label),
            width=state.width or DEFAULT_SIZE[0],
            height=state.height or DEFAULT_SIZE[1],
            hidden=True,
            min_size=MIN_SIZE,
            text_select=True,
            zoomable=True,
        )
        if native is None:
            raise CommandError("the toolkit did not create a window")
        window = NativeWindow(native, label)
        native.events.closing += lambda: self._on_closing(window)
        self._windows.append(window)
        return window

    def _next_label(self) -> str:
        self._last_number += 1
        return f"native-{self._last_number}"

    def _open_new(self, url: str, like: str, future: Future[str]) -> None:
        model = self._set.like(like)
        state = WindowState(url=url, x=model.x, y=model.y, width=model.width, height=model.height,
                            screen=model.screen, zoom=model.zoom, theme=model.theme)  # fmt: skip
        self._open(state, True, future)

    def _open(self, state: WindowState, is_new: bool, future: Future[str]) -> None:
        try:
            pooled = (w for w in self._windows if w.phase is WindowPhase.POOLED)
            window = next(pooled, None)
            if window is None:
                window = self._create(state)
                self._toolkit.call(self._prepare, window)
            else:
                window.reuse(self._next_label())
                window.native.load_url(self._owner.address(state.url, window.label))
            self._show(window, state, is_new)
        except Exception as error:
            logger.exception("a window could not be opened")
            future.set_exception(CommandError(f"the window could not be opened: {error}"))
            return
        # `opened` also runs on this thread. It therefore cannot run before the future is stored.
        window.when_open(future)

    def _show(self, window: NativeWindow, state: WindowState, is_new: bool) -> None:
        self._set.opened(window.label, state)
        self._toolkit.show(window.native, state, is_new)

    def _focus(self, future: Future[str | None]) -> None:
        in_use = [window for window in self._windows if window.is_in_use]
        if not in_use:
            future.set_result(None)
            return
        newest = max(in_use, key=lambda window: int(window.label.rpartition("-")[2]))
        self._toolkit.focus(newest.native)
        future.set_result(newest.label)

    def _on_closing(self, window: NativeWindow) -> bool | None:
        """Refuse to close a window, and hide it instead. Called on the toolkit's thread."""
        if window.phase is WindowPhase.DESTROYED:
            return None
        self._toolkit.report_changes(window.native)
        self._enqueue(self._close, window.label)
        return False

    def _close(self, label: str) -> None:
        window = self._by_label(label)
        if window is None:
            return
        self._set.closed(label)
        window.closed()
        self._toolkit.cancel_dialogs(window.native)
        self._toolkit.hide(window.native)
        # Do not use `load_url("about:blank")`: pywebview takes it for a file and starts a web
        # server.
        window.native.load_html("", "about:blank")
        window.native.set_title(self._title)
        self._owner.closed(label)

    def _return_to_app(self, window: NativeWindow) -> None:
        """Load the app again in a window that shows a page outside the app."""
        state = self._set.get(window.label)
        if state is not None:
            logger.error("a window showed a page outside the app; the app is loaded again")
            window.native.load_url(self._owner.address(state.url, window.label))

    def _set_title(self, label: str, title: str) -> None:
        if window := self._by_label(label):
            window.native.set_title(title)

    def _prefer(self, label: str, zoom: float, theme: str, fullscreen: bool) -> None:
        if window := self._by_label(label):
            self._set.changed(label, zoom=zoom, theme=theme)
            self._toolkit.set_zoom(window.native, zoom)
            self._toolkit.set_theme(window.native, theme)
            self._toolkit.set_fullscreen(window.native, fullscreen)

    def _by_label(self, label: str) -> NativeWindow | None:
        return next((w for w in self._windows if w.is_in_use and w.label == label), None)

    def _choose(self, label: str, dialog: Dialog, future: Future[str | None]) -> None:
        window = self._by_label(label)
        if window is None:
            future.set_result(None)
            return

        def answer(chosen: str | None, error: Exception | None) -> None:
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(chosen)

        self._toolkit.choose(window.native, dialog, answer)
