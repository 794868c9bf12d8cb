"""`QtToolkit`: the implementation of `Toolkit` for Qt, which is the default on Linux.

Threads: `call` and the methods of `Toolkit` can be called from any thread. Methods that begin with
``_`` run on Qt's own thread, which is the main thread.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import webview
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWebEngineCore import QWebEngineDownloadRequest
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QSystemTrayIcon, QWidget

from everview.desktop.backends.qt_dialogs import Result, make_dialog
from everview.desktop.backends.qt_pages import (
    reload_after_crashes,
    restrict_navigation,
    use_text_menu,
)
from everview.desktop.backends.qt_windows import WindowWatch
from everview.desktop.backends.toolkit import Answer, Listener, Menu, Toolkit
from everview.desktop.placement import Screen, cascade, fit_to_screen
from everview.i18n import _
from everview.runtime.windows.platform import Dialog
from everview.state.window_set import WindowState

logger = logging.getLogger("everview.desktop")

# By default, pywebview uses any Qt binding that is installed. A process with two Qt bindings
# crashes.
os.environ["QT_API"] = "pyside6"

#: The background of a window before its page is loaded. It is the same colour as in
#: client/style.css.
BACKGROUND = {"light": "#fbfbfd", "dark": "#15171c"}


class _Caller(QObject):
    """Runs functions on Qt's thread, in the order of the calls."""

    called = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.called.connect(lambda function: function(), Qt.ConnectionType.QueuedConnection)


class QtToolkit(Toolkit):
    """The application of Qt, and operations on the windows that pywebview creates in it.

    Args:
        title: The name of the app.
        listener: Receives the events of windows.
        icon: The path of the app's icon.
    """

    name = "qt"

    def __init__(self, title: str, listener: Listener, icon: str | None) -> None:
        super().__init__(listener)
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # Chromium does not start as root with its sandbox, for example in a container.
            logger.warning("running as root: the sandbox of the web view is disabled")
            os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
        # pywebview uses an existing QApplication. It must not end when its last visible window
        # closes.
        self.application = QApplication([title])
        self.application.setQuitOnLastWindowClosed(False)
        self.application.setApplicationDisplayName(title)
        # Called when the desktop session ends. Nothing has to be saved now, because every change
        # is saved at once.
        self.application.commitDataRequest.connect(lambda manager: listener.on_session_end())
        if icon is not None:
            self.application.setWindowIcon(QIcon(icon))
        self._title = title
        self._caller = _Caller()
        #: The open dialogs, and for each the Qt widget of its window.
        self._dialogs: dict[QDialog, QWidget] = {}
        self._watches: dict[webview.Window, WindowWatch] = {}
        self._tray: QSystemTrayIcon | None = None
        self._tray_menu: QMenu | None = None

    def call(self, function: Callable[..., None], *arguments: object) -> None:
        """Call ``function`` on Qt's thread, after all earlier calls."""
        self._caller.called.emit(lambda: function(*arguments))

    def screens(self) -> list[Screen]:
        first = self.application.primaryScreen()
        others = [screen for screen in self.application.screens() if screen is not first]
        found = []
        for screen in [first, *others]:
            free = screen.availableGeometry()
            found.append(Screen(screen.name(), free.x(), free.y(), free.width(), free.height()))
        return found

    # operations on windows ---------------------------------------------------------------------

    def prepare(self, window: webview.Window, is_own: Callable[[str], bool]) -> None:
        """Prepare a new window. Called once for each window, on Qt's thread."""
        widget = _widget(window)
        self._watches[window] = WindowWatch(window, self._listener)
        view, page = widget.webview, widget.webview.page()
        # By default, pywebview adds scripts to every page, and an object with which the page can
        # call this process. Our pages need neither the scripts nor the object.
        page.loadFinished.disconnect(widget.on_load_finished)
        page.setWebChannel(None)
        # Remove pywebview's handler, so that a page cannot open new windows.
        page.nav_handler = None
        restrict_navigation(
            page, is_own, self._listener.on_browse, lambda: self._listener.on_left(window)
        )
        profile = page.profile()
        profile.downloadRequested.disconnect(widget.on_download_requested)
        profile.downloadRequested.connect(lambda download: self._download(widget, download))
        use_text_menu(view)
        page.printRequested.connect(lambda: self._print(widget, view))
        reload_after_crashes(page, view.reload)

    def show(self, window: webview.Window, state: WindowState, is_new: bool) -> None:
        self.call(self._show, window, state, is_new)

    def _show(self, window: webview.Window, state: WindowState, is_new: bool) -> None:
        widget, screens = _widget(window), self.screens()
        others = [watch.geometry for watch in self._watches.values() if watch.is_visible]
        geometry = cascade(state, others, screens) if is_new else fit_to_screen(state, screens)
        widget.setWindowState(Qt.WindowState.WindowNoState)
        widget.resize(geometry.width, geometry.height)
        widget.move(geometry.x, geometry.y)
        self._set_theme(window, state.theme)
        widget.webview.setZoomFactor(state.zoom)
        if state.fullscreen:
            widget.showFullScreen()
        elif state.maximized:
            widget.showMaximized()
        else:
            widget.showNormal()
        widget.raise_()
        widget.activateWindow()

    def hide(self, window: webview.Window) -> None:
        self.call(_widget(window).hide)

    def focus(self, window: webview.Window) -> None:
        def bring_to_front() -> None:
            widget = _widget(window)
            if widget.isMinimized():
                widget.setWindowState(widget.windowState() & ~Qt.WindowState.WindowMinimized)
            widget.raise_()
            widget.activateWindow()

        self.call(bring_to_front)

    def report_changes(self, window: webview.Window) -> None:
        self._watches[window].report()

    def set_zoom(self, window: webview.Window, zoom: float) -> None:
        self.call(_widget(window).webview.setZoomFactor, zoom)

    def set_fullscreen(self, window: webview.Window, on: bool) -> None:
        def change() -> None:
            widget = _widget(window)
            if widget.isFullScreen() != on:
                # Clearing the full-screen flag is enough: Qt remembers whether the window was
                # maximised before.
                widget.setWindowState(widget.windowState() ^ Qt.WindowState.WindowFullScreen)

        self.call(change)

    def set_theme(self, window: webview.Window, theme: str) -> None:
        self.call(self._set_theme, window, theme)

    def _set_theme(self, window: webview.Window, theme: str) -> None:
        if theme == "system":
            is_dark = self.application.styleHints().colorScheme() is Qt.ColorScheme.Dark
            theme = "dark" if is_dark else "light"
        _widget(window).webview.page().setBackgroundColor(QColor(BACKGROUND[theme]))

    # clipboard and tray ------------------------------------------------------------------------

    def copy(self, text: str) -> bool:
        self.call(lambda: self.application.clipboard().setText(text))
        return True

    def set_tray(self, menu: Menu) -> None:
        self.call(self._set_tray, menu)

    def _set_tray(self, menu: Menu) -> None:
        if not menu or not QSystemTrayIcon.isSystemTrayAvailable():
            if self._tray is not None:
                self._tray.hide()
            return
        self._tray_menu = QMenu()
        for text, act in menu:
            action = QAction(text, self._tray_menu)
            # The signal `triggered` passes an argument that the function of the menu entry does
            # not accept.
            action.triggered.connect(lambda checked=False, act=act: act())
            self._tray_menu.addAction(action)
        if self._tray is None:
            self._tray = QSystemTrayIcon(self.application.windowIcon())
            self._tray.setToolTip(self._title)
        else:
            self._tray.activated.disconnect()
        _text, act_on_click = menu[0]
        click = QSystemTrayIcon.ActivationReason.Trigger
        self._tray.activated.connect(lambda reason: act_on_click() if reason is click else None)
        self._tray.setContextMenu(self._tray_menu)
        self._tray.show()

    # dialogs -----------------------------------------------------------------------------------

    def choose(self, window: webview.Window, dialog: Dialog, answer: Answer) -> None:
        self.call(self._choose, _widget(window), dialog, answer)

    def _choose(self, widget: QWidget, dialog: Dialog, answer: Answer) -> None:
        """Open a dialog of Qt. A dialog of pywebview would block all windows, not only this one."""
        made, result = make_dialog(widget, dialog)
        self._open(widget, made, result, answer)

    def _open(self, widget: QWidget, dialog: QDialog, result: Result, answer: Answer) -> None:
        def finished(code: int) -> None:
            del self._dialogs[dialog]
            chosen = result(code)
            dialog.deleteLater()
            answer(chosen, None)

        dialog.finished.connect(finished)
        self._dialogs[dialog] = widget
        # `QPrintDialog.open` connects a slot and has other arguments, so call `QDialog.open`.
        QDialog.open(dialog)

    def cancel_dialogs(self, window: webview.Window) -> None:
        self.call(self._cancel_dialogs, _widget(window))

    def _cancel_dialogs(self, widget: QWidget) -> None:
        for dialog in [dialog for dialog, owner in self._dialogs.items() if owner is widget]:
            dialog.reject()

    def _print(self, widget: QWidget, view: QWebEngineView) -> None:
        """Ask for a printer or a file, and print the page."""
        printer = QPrinter()
        dialog = QPrintDialog(printer, widget)

        def result(code: int) -> str | None:
            if code:
                # Printing continues after this call. The lambda keeps the printer alive until then.
                view.printFinished.connect(
                    lambda ok, printer=printer: _check_printed(ok),
                    Qt.ConnectionType.SingleShotConnection,
                )
                view.print(printer)
            return None

        self._open(widget, dialog, result, lambda chosen, error: None)

    def _download(self, widget: QWidget, download: QWebEngineDownloadRequest) -> None:
        """Ask the user where to save a download.

        The download waits for the answer and loses no data.
        """

        def chosen(path: str | None, error: Exception | None) -> None:
            if path is None:
                download.cancel()
                return
            download.setDownloadDirectory(str(Path(path).parent))
            download.setDownloadFileName(Path(path).name)
            download.accept()

        dialog = Dialog("save", _("Save as"), download.downloadFileName())
        self._choose(widget, dialog, chosen)


def _widget(window: webview.Window) -> Any:
    """The Qt widget of a window: pywebview's ``BrowserView``, for which there are no type hints."""
    return window.native


def _check_printed(ok: bool) -> None:
    if not ok:
        logger.error("a page could not be printed")
