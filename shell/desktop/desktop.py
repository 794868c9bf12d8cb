"""`Desktop`: the native windows of one process.

pywebview's loop has the main thread. All work on windows is done by one *manager* thread, which
takes commands from one queue: pywebview decides by thread and by the windows that exist what a
call means, so there must be one caller.

Windows are pooled: a window that a person closes is hidden, its page unloaded, and used again for
the next one. Qt loses memory with every window that is destroyed and has crashed there; and the
toolkit's loop ends with its last window, while ours must not.

Threads: `run` on the main thread; `open`, `close`, `choose`, `set_title`, `quit` any.
Guarantees: `closing` is answered at once; nothing here waits for a view.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import webview

from shell.errors import CommandError
from shell.runtime.host import Dialog

if TYPE_CHECKING:
    from shell.desktop.qt import Toolkit

log = logging.getLogger("everview.desktop")

SIZE = (1000, 720)


@dataclass(eq=False)
class NativeWindow:
    """A window of the toolkit; ``label`` names the Everview window it is now, "" in the pool."""

    native: Any
    label: str = ""
    #: Who waits for it to be on the screen.
    opening: Future[str] | None = None


class Desktop:
    """The windows of one process.

    ``address(url, label)`` makes a one-time address, ``closed(label)`` is told of closed windows.
    Both are called on the manager thread.
    """

    def __init__(
        self,
        title: str,
        address: Callable[[str, str], str],
        closed: Callable[[str], None],
        icon: str | None = None,
    ) -> None:
        self._title = title
        self._address = address
        self._closed = closed
        self._icon = icon
        self._commands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._windows: list[NativeWindow] = []
        self._opened = 0
        self._quitting = False
        self._toolkit: Toolkit | None = None
        self._size = SIZE

    # any thread --------------------------------------------------------------------------------

    @property
    def open_count(self) -> int:
        """Native windows that a person sees."""
        return sum(bool(window.label) for window in self._windows)

    def open(self, url: str) -> Future[str]:
        """Open a window at ``url``; the future has its label when it is on the screen."""
        future: Future[str] = Future()
        self._command(self._open, url, future)
        return future

    def close(self, label: str) -> None:
        """Close a window."""
        self._command(self._close, label)

    def set_title(self, label: str, title: str) -> None:
        self._command(self._set_title, label, title)

    def choose(self, label: str, dialog: Dialog) -> Future[str | None]:
        """Ask for a folder or file with the system's own dialog; None if it was cancelled."""
        future: Future[str | None] = Future()
        self._command(self._choose, label, dialog, future)
        return future

    def quit(self) -> None:
        """End `run`."""
        self._commands.put(None)

    def _command(self, function: Callable[..., None], *arguments: Any) -> None:
        self._commands.put(lambda: function(*arguments))

    # the main thread ---------------------------------------------------------------------------

    def run(self, url: str) -> None:
        """Open a window at ``url`` and run the toolkit's loop until `quit`."""
        backend: Any = os.environ.get("EVERVIEW_GUI") or ("qt" if sys.platform == "linux" else None)
        if backend == "qt":
            from shell.desktop.qt import Toolkit

            self._toolkit = Toolkit(self._title, self._on_shown)
            self._size = self._toolkit.fit(*SIZE)
        webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = True
        webview.settings["ALLOW_DOWNLOADS"] = True
        first = self._create(url)
        # This event comes on this thread, when the widgets are made and before they are shown.
        first.native.events.before_show += lambda: self._care_for(first)
        self._keep_interrupt(first)
        manager = threading.Thread(
            target=self._manage, args=(first,), name="everview windows", daemon=True
        )
        webview.start(manager.start, gui=backend, private_mode=True, icon=self._icon)
        self._commands.put(None)

    @staticmethod
    def _keep_interrupt(first: NativeWindow) -> None:
        """Keep our handler of Ctrl+C: pywebview's would only close the windows."""
        handler = signal.getsignal(signal.SIGINT)
        # This event comes on the main thread, after pywebview has set its own.
        first.native.events.before_show += lambda: signal.signal(signal.SIGINT, handler)

    def _care_for(self, window: NativeWindow) -> None:
        if self._toolkit is not None:
            self._toolkit.care_for(window.native.native)

    # the manager thread ------------------------------------------------------------------------

    def _manage(self, first: NativeWindow) -> None:
        while (command := self._commands.get()) is not None:
            try:
                command()
            except Exception:  # one command that fails must not end all windows
                log.exception("a window command failed")
        self._quitting = True
        for window in self._windows:
            window.native.destroy()

    def _create(self, url: str, hidden: bool = False) -> NativeWindow:
        window = NativeWindow(None, self._next_label())
        window.native = webview.create_window(
            self._title,
            self._address(url, window.label),
            width=self._size[0],
            height=self._size[1],
            hidden=hidden,
            min_size=(360, 300),
            background_color="#15171c" if _is_dark() else "#FBFBFD",
            text_select=True,
            zoomable=True,
        )
        window.native.events.closing += lambda: self._on_closing(window)
        self._windows.append(window)
        return window

    def _next_label(self) -> str:
        self._opened += 1
        return f"native-{self._opened}"

    def _open(self, url: str, future: Future[str]) -> None:
        if self._quitting:
            future.set_exception(CommandError("the app is ending"))
            return
        try:
            window = next((w for w in self._windows if not w.label), None)
            if window is None:
                # Hidden, so that a person cannot close it before we are told of that.
                window = self._create(url, hidden=True)
                if self._toolkit is not None:
                    self._toolkit.call(self._care_for, window)
            else:
                window.label = self._next_label()
                window.native.load_url(self._address(url, window.label))
            window.opening = future
            window.native.show()
            # One that was closed while minimised would come back minimised; to the front.
            window.native.restore()
            if self._toolkit is None:
                self._opened_now(window)
        except Exception as error:  # told to whoever asked for the window
            log.exception("a window could not be opened")
            future.set_exception(CommandError(f"the window could not be opened: {error}"))

    def _on_shown(self, native: Any) -> None:
        """Qt says, on its own thread, that a window is on the screen."""
        for window in list(self._windows):
            if window.native.native is native:
                self._command(self._opened_now, window)

    @staticmethod
    def _opened_now(window: NativeWindow) -> None:
        future, window.opening = window.opening, None
        if future is not None:
            future.set_result(window.label)

    def _on_closing(self, window: NativeWindow) -> bool | None:
        """The toolkit asks, on its own thread: hide instead of destroying."""
        if self._quitting:
            return None
        self._command(self._close, window.label)
        return False

    def _close(self, label: str) -> None:
        for window in self._windows:
            if window.label == label:
                window.label = ""
                if (future := window.opening) is not None:
                    window.opening = None
                    future.set_exception(CommandError("the window was closed while it opened"))
                if self._toolkit is not None:
                    self._toolkit.call(self._toolkit.cancel_dialogs, window.native.native)
                window.native.hide()
                # Not about:blank: pywebview takes that for a file and starts a web server for it.
                window.native.load_html("", "about:blank")
                window.native.set_title(self._title)
                self._closed(label)

    def _set_title(self, label: str, title: str) -> None:
        for window in self._windows:
            if window.label == label:
                window.native.set_title(title)

    def _choose(self, label: str, dialog: Dialog, future: Future[str | None]) -> None:
        window = next((w for w in self._windows if w.label and label in ("", w.label)), None)
        if window is None:
            future.set_result(None)
            return

        if self._toolkit is not None:
            done = future.set_result
            self._toolkit.call(self._toolkit.choose, window.native.native, dialog, done)
            return

        def ask() -> None:
            try:
                kinds = webview.FileDialog
                kind = {"folder": kinds.FOLDER, "save": kinds.SAVE}.get(dialog.kind, kinds.OPEN)
                patterns = ";".join(f"*{suffix}" for suffix in dialog.suffixes)
                types = (f"{dialog.title} ({patterns})",) if patterns else ()
                chosen = window.native.create_file_dialog(
                    kind, save_filename=dialog.name, file_types=types
                )
                path = chosen if isinstance(chosen, str) else (chosen or [None])[0]
                future.set_result(path and str(path))
            except Exception as error:  # told to the view that asked
                log.exception("a dialog failed")
                future.set_exception(CommandError(f"the dialog could not be opened: {error}"))

        # The dialog blocks its caller until the person answers: not the manager.
        threading.Thread(target=ask, name="everview dialog", daemon=True).start()


def _is_dark() -> bool:
    """Whether the desktop asks for dark windows, where that is known before one is open."""
    return "dark" in os.environ.get("GTK_THEME", "").lower()
