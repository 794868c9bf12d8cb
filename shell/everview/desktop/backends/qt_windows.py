"""`WindowWatch`: reports the events of one window of Qt.

Threads: all methods are called on Qt's thread.
"""

from __future__ import annotations

from typing import Any

import webview
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QDropEvent, QWindow
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QMainWindow

from everview.desktop.backends.toolkit import Listener, WindowChanges
from everview.desktop.placement import WindowGeometry

#: After this number of milliseconds, a window counts as shown even if the screen has not reported
#: it. The screen may be locked or off.
SHOWN_TIME = 2000
#: A change is reported when no further change has followed for this number of milliseconds.
REPORT_DELAY = 100


class WindowWatch(QObject):
    """Reports when a window is shown, moved or resized, and which files are dropped on it."""

    def __init__(self, window: webview.Window, listener: Listener) -> None:
        # The Qt widget: pywebview's ``BrowserView``, for which there are no type hints.
        widget: Any = window.native
        super().__init__(widget)
        self._widget: QMainWindow = widget
        self._view: QWebEngineView = widget.webview
        self._window = window
        self._listener = listener
        self._report_timer = QTimer(self)
        self._report_timer.setSingleShot(True)
        self._report_timer.setInterval(REPORT_DELAY)
        self._report_timer.timeout.connect(self.report)
        self._widget.installEventFilter(self)
        self._view.installEventFilter(self)

    @property
    def is_visible(self) -> bool:
        return self._widget.isVisible()

    @property
    def geometry(self) -> WindowGeometry:
        """The current geometry of the window.

        Qt's `pos` includes the frame, but Qt's `size` does not.
        """
        position, size = self._widget.pos(), self._widget.size()
        return WindowGeometry(position.x(), position.y(), size.width(), size.height())

    def report(self) -> None:
        """Report the position, the size and the state of the window."""
        widget = self._widget
        handle = widget.windowHandle()
        if not widget.isVisible() or widget.isMinimized() or handle is None:
            return
        changes = WindowChanges(
            maximized=widget.isMaximized(),
            fullscreen=widget.isFullScreen(),
            screen=handle.screen().name(),
        )
        if not widget.isMaximized() and not widget.isFullScreen():
            now = self.geometry
            changes |= {"x": now.x, "y": now.y, "width": now.width, "height": now.height}
        self._listener.on_changed(self._window, **changes)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        kind = event.type()
        if kind == QEvent.Type.Drop and isinstance(event, QDropEvent) and watched is self._view:
            paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
            if paths:
                self._listener.on_dropped(self._window, paths)
        elif kind == QEvent.Type.Show and watched is self._widget:
            # The window's handle does not exist before it is shown, and it may be a different one
            # each time.
            self._widget.windowHandle().installEventFilter(self)
            QTimer.singleShot(SHOWN_TIME, lambda: self._listener.on_shown(self._window))
        elif kind == QEvent.Type.Expose and isinstance(watched, QWindow):
            if watched.isExposed():
                self._listener.on_shown(self._window)
        elif watched is self._widget and kind in (
            QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange,
        ):  # fmt: skip
            self._report_timer.start()
        return False
