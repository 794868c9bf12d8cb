"""`Toolkit`: what Qt needs and pywebview does not do. Linux only: Qt is not installed elsewhere.

Threads: `call` any; everything else on the main thread, which is Qt's.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog

from shell.runtime.host import Dialog

log = logging.getLogger("everview.desktop")

# pywebview takes any Qt that is installed; two in one process crash.
os.environ["QT_API"] = "pyside6"

#: A page that crashes is loaded again at most this often in so many seconds: one that crashes
#: whenever it is loaded must not do so for ever.
RELOADS, RELOADS_TIME = 3, 60.0
#: Milliseconds after which a window counts as shown although the screen does not say so: it may
#: be locked, or off.
SHOWN_TIME = 2000

#: Pixels of a screen that a window leaves free, for its frame; pywebview puts it 16 off the middle.
FRAME = 64


class Toolkit(QObject):
    """Qt's application, and care for the windows that pywebview makes in it.

    ``shown(native)`` is told when a window is on the screen.
    """

    _called = Signal(object)

    def __init__(self, title: str, shown: Callable[[Any], None]) -> None:
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # Chromium does not start as root with its sandbox (as in a container).
            log.warning("running as root: the web view's sandbox is off")
            os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
        # pywebview uses an application that is there. It must not end with its last visible window.
        self.application = QApplication([title])
        self.application.setQuitOnLastWindowClosed(False)
        self.application.setApplicationDisplayName(title)
        super().__init__()
        self._shown = shown
        self._dialogs: dict[QFileDialog, Any] = {}
        self._called.connect(lambda function: function(), Qt.ConnectionType.QueuedConnection)

    def fit(self, width: int, height: int) -> tuple[int, int]:
        """The size of a new window of which all is on the screen, also its title bar."""
        screen = self.application.primaryScreen().availableSize()
        return min(width, screen.width() - FRAME), min(height, screen.height() - FRAME)

    def call(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call ``function`` on Qt's thread, after what was asked of it before."""
        self._called.emit(lambda: function(*arguments))

    def care_for(self, native: Any) -> None:
        """Look after a new native window (pywebview's ``BrowserView``)."""
        native.installEventFilter(_Watch(native, self._shown))
        page = native.webview.page()
        # pywebview would put its own scripts and an object into every page, with a way back into
        # this process. Ours need neither.
        page.loadFinished.disconnect(native.on_load_finished)
        page.setWebChannel(None)
        crashes: list[float] = []

        def crashed(status: Any, code: int) -> None:
            now = time.monotonic()
            crashes[:] = [*(then for then in crashes if now - then < RELOADS_TIME), now]
            log.error("the process of a window's page ended (%s, code %d)", status, code)
            if len(crashes) > RELOADS:
                log.error("it ended %d times: the window stays empty", len(crashes))
            else:
                # Not in the signal itself: Qt has not cleared the old page away yet.
                QTimer.singleShot(0, native.webview.reload)

        page.renderProcessTerminated.connect(crashed)

    def choose(self, native: Any, asked: Dialog, done: Callable[[str | None], None]) -> None:
        """Ask for a folder or file; ``done`` gets its path, or None.

        pywebview's own dialog would stop the mouse and the keys of all windows, not of this one.
        """
        dialog = QFileDialog(native, asked.title)
        if asked.kind == "folder":
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        elif asked.kind == "save":
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.selectFile(asked.name)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        if asked.suffixes:
            dialog.setNameFilter(" ".join(f"*{suffix}" for suffix in asked.suffixes))

        def finished(accepted: int) -> None:
            del self._dialogs[dialog]
            chosen = dialog.selectedFiles()
            dialog.deleteLater()
            done(chosen[0] if accepted and chosen else None)

        dialog.finished.connect(finished)
        self._dialogs[dialog] = native
        dialog.open()

    def cancel_dialogs(self, native: Any) -> None:
        """Cancel the dialogs of a window that closes: they would stay without it."""
        for dialog in [dialog for dialog, owner in self._dialogs.items() if owner is native]:
            dialog.reject()


class _Watch(QObject):
    """Tells when a window is on the screen: told to show, mapped, and given to us to paint."""

    def __init__(self, native: Any, shown: Callable[[Any], None]) -> None:
        super().__init__(native)
        self._native = native
        self._shown = shown

    def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: N802  (Qt's name)
        if event.type() == QEvent.Type.Show and watched is self._native:
            # Only now it has a window of the screen's, which may be another each time.
            self._native.windowHandle().installEventFilter(self)
            QTimer.singleShot(SHOWN_TIME, lambda: self._shown(self._native))
        elif event.type() == QEvent.Type.Expose and watched.isExposed():
            self._shown(self._native)
        return False
