"""`QtToolkit`: the toolkit where it is Qt, which is everywhere on Linux unless a person says other.

Threads: `call` and the methods of `Toolkit` any; what begins with ``_`` Qt's own, the main thread.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QColor, QIcon
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineNavigationRequest,
    QWebEnginePage,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QMenu,
    QMessageBox,
    QSystemTrayIcon,
)

from everview.desktop.placement import Place, Screen, beside, place
from everview.desktop.toolkit import Answer, Listener, Toolkit
from everview.i18n import _
from everview.runtime.windows.platform import Dialog
from everview.state.window_set import WindowState

log = logging.getLogger("everview.desktop")

# pywebview takes any Qt that is installed; two in one process crash.
os.environ["QT_API"] = "pyside6"

#: A page that crashes is loaded again at most this often in so many seconds: one that crashes
#: whenever it is loaded must not do so for ever.
RELOADS, RELOADS_TIME = 3, 60.0
#: Milliseconds after which a window counts as shown although the screen does not say so: it may
#: be locked, or off.
SHOWN_TIME = 2000
#: Milliseconds for which a window must rest before its place is told.
REST = 100
#: What a window shows before its page does; as in client/style.css.
BACK = {"light": "#fbfbfd", "dark": "#15171c"}
#: What a person may do with a text, of all that the web engine's own menu has.
MENU = ("Undo", "Redo", "Cut", "Copy", "Paste", "PasteAndMatchStyle", "SelectAll",
        "CopyLinkToClipboard", "CopyImageToClipboard")  # fmt: skip


class _Caller(QObject):
    """Carries calls to Qt's thread."""

    called = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.called.connect(lambda function: function(), Qt.ConnectionType.QueuedConnection)


class QtToolkit(Toolkit):
    """Qt's application, and care for the windows that pywebview makes in it."""

    name = "qt"

    def __init__(self, title: str, listener: Listener, icon: str | None) -> None:
        super().__init__(listener)
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # Chromium does not start as root with its sandbox (as in a container).
            log.warning("running as root: the web view's sandbox is off")
            os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
        # pywebview uses an application that is there. It must not end with its last visible window.
        self.application = QApplication([title])
        self.application.setQuitOnLastWindowClosed(False)
        self.application.setApplicationDisplayName(title)
        # The end of the desktop's session. Nothing is asked of it: all there is to save is saved.
        self.application.commitDataRequest.connect(lambda manager: listener.on_session_end())
        if icon is not None:
            self.application.setWindowIcon(QIcon(icon))
        self._title = title
        self._caller = _Caller()
        self._dialogs: dict[Any, Any] = {}
        self._watches: dict[Any, _Watch] = {}
        self._tray: QSystemTrayIcon | None = None
        self._tray_menu: QMenu | None = None

    def call(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call ``function`` on Qt's thread, after what was asked of it before."""
        self._caller.called.emit(lambda: function(*arguments))

    def screens(self) -> list[Screen]:
        first = self.application.primaryScreen()
        others = [screen for screen in self.application.screens() if screen is not first]
        found = []
        for screen in [first, *others]:
            free = screen.availableGeometry()
            found.append(Screen(screen.name(), free.x(), free.y(), free.width(), free.height()))
        return found

    # windows -----------------------------------------------------------------------------------

    def care_for(self, window: Any, is_own: Callable[[str], bool]) -> None:
        """Look after a new window. On Qt's thread."""
        native = window.native
        self._watches[window] = _Watch(window, self._listener)
        page = native.webview.page()
        # pywebview would put its own scripts and an object into every page, with a way back into
        # this process. Ours need neither.
        page.loadFinished.disconnect(native.on_load_finished)
        page.setWebChannel(None)
        self._keep_at_home(window, page, is_own)
        profile = page.profile()
        profile.downloadRequested.disconnect(native.on_download_requested)
        profile.downloadRequested.connect(lambda download: self._download(window, download))
        native.webview.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        native.webview.customContextMenuRequested.connect(lambda at: _context_menu(native, at))
        page.printRequested.connect(lambda: self._print(native))
        self._reload_after_crashes(native, page)

    def _keep_at_home(self, window: Any, page: Any, is_own: Callable[[str], bool]) -> None:
        """Let a window show the app's pages only; others go to the system's browser (T10)."""
        listener = self._listener

        def requested(request: QWebEngineNavigationRequest) -> None:
            url = request.url().toString()
            kind = request.navigationType()
            empty = url.startswith(("about:", "data:"))
            # What we load ourselves is "typed". A page could not: it is empty, and its frames
            # have no power either.
            typed = kind is QWebEngineNavigationRequest.NavigationType.TypedNavigation
            if not request.isMainFrame() or is_own(url) or (empty and typed):
                return
            request.reject()
            log.warning("a window was to leave the app for %.200r", url)
            listener.on_browse(url)

        def moved(url: QUrl) -> None:
            text = url.toString()
            if text and not is_own(text) and not text.startswith(("about:", "data:")):
                listener.on_left(window)

        page.navigationRequested.connect(requested)
        page.urlChanged.connect(moved)
        # Without a page to put it into, nothing new is opened here.
        page.nav_handler = None
        page.newWindowRequested.connect(
            lambda request: listener.on_browse(request.requestedUrl().toString())
        )

    def _reload_after_crashes(self, native: Any, page: Any) -> None:
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

    def show(self, window: Any, state: WindowState, is_new: bool) -> None:
        self.call(self._show, window, state, is_new)

    def _show(self, window: Any, state: WindowState, is_new: bool) -> None:
        native, screens = window.native, self.screens()
        taken = [watch.place for watch in self._watches.values() if watch.is_visible]
        where = beside(state, taken, screens) if is_new else place(state, screens)
        native.setWindowState(Qt.WindowState.WindowNoState)
        native.resize(where.width, where.height)
        native.move(where.x, where.y)
        self._set_theme(window, state.theme)
        native.webview.setZoomFactor(state.zoom)
        if state.fullscreen:
            native.showFullScreen()
        elif state.maximized:
            native.showMaximized()
        else:
            native.showNormal()
        native.raise_()
        native.activateWindow()

    def hide(self, window: Any) -> None:
        self.call(window.native.hide)

    def focus(self, window: Any) -> None:
        def to_front() -> None:
            native = window.native
            if native.isMinimized():
                native.setWindowState(native.windowState() & ~Qt.WindowState.WindowMinimized)
            native.raise_()
            native.activateWindow()

        self.call(to_front)

    def settle(self, window: Any) -> None:
        self._watches[window].tell()

    def set_zoom(self, window: Any, zoom: float) -> None:
        self.call(window.native.webview.setZoomFactor, zoom)

    def set_fullscreen(self, window: Any, on: bool) -> None:
        def change() -> None:
            native = window.native
            if native.isFullScreen() != on:
                # What it was before, maximised or not, is kept by Qt.
                native.setWindowState(native.windowState() ^ Qt.WindowState.WindowFullScreen)

        self.call(change)

    def set_theme(self, window: Any, theme: str) -> None:
        self.call(self._set_theme, window, theme)

    def _set_theme(self, window: Any, theme: str) -> None:
        if theme == "system":
            is_dark = self.application.styleHints().colorScheme() is Qt.ColorScheme.Dark
            theme = "dark" if is_dark else "light"
        window.native.webview.page().setBackgroundColor(QColor(BACK[theme]))

    # the desktop -------------------------------------------------------------------------------

    def copy(self, text: str) -> bool:
        self.call(lambda: self.application.clipboard().setText(text))
        return True

    def set_tray(self, on: bool, menu: list[tuple[str, Callable[[], Any]]]) -> None:
        self.call(self._set_tray, on, menu)

    def _set_tray(self, on: bool, menu: list[tuple[str, Callable[[], Any]]]) -> None:
        if not on or not QSystemTrayIcon.isSystemTrayAvailable():
            if self._tray is not None:
                self._tray.hide()
            return
        self._tray_menu = QMenu()
        for label, act in menu:
            action = QAction(label, self._tray_menu)
            # Only the call itself: Qt's `triggered` has an argument.
            action.triggered.connect(lambda checked=False, act=act: act())
            self._tray_menu.addAction(action)
        if self._tray is None:
            self._tray = QSystemTrayIcon(self.application.windowIcon())
            self._tray.setToolTip(self._title)
        else:
            self._tray.activated.disconnect()
        first = menu[0][1]
        press = QSystemTrayIcon.ActivationReason.Trigger
        self._tray.activated.connect(lambda reason: first() if reason is press else None)
        self._tray.setContextMenu(self._tray_menu)
        self._tray.show()

    # dialogs -----------------------------------------------------------------------------------

    def choose(self, window: Any, dialog: Dialog, answer: Answer) -> None:
        self.call(self._choose, window.native, dialog, answer)

    def _choose(self, native: Any, asked: Dialog, answer: Answer) -> None:
        """Pywebview's own dialogs would stop the mouse and the keys of all windows, not of this."""
        if asked.kind == "message":
            self._open(native, *_message(native, asked), answer)
        else:
            self._open(native, *_file_dialog(native, asked), answer)

    def _open(
        self, native: Any, dialog: Any, result: Callable[[int], str | None], answer: Answer
    ) -> None:
        def finished(accepted: int) -> None:
            del self._dialogs[dialog]
            chosen = result(accepted)
            dialog.deleteLater()
            answer(chosen, None)

        dialog.finished.connect(finished)
        self._dialogs[dialog] = native
        # Not the dialog's own `open`: the printer's has another meaning.
        QDialog.open(dialog)

    def cancel_dialogs(self, window: Any) -> None:
        self.call(self._cancel_dialogs, window.native)

    def _cancel_dialogs(self, native: Any) -> None:
        for dialog in [dialog for dialog, owner in self._dialogs.items() if owner is native]:
            dialog.reject()

    def _print(self, native: Any) -> None:
        """Ask for a printer, or a file to print to, and print the page there."""
        printer = QPrinter()
        dialog = QPrintDialog(printer, native)

        def result(accepted: int) -> str | None:
            if accepted:
                # It goes on after this call: the printer is kept until it has printed.
                native.webview.printFinished.connect(
                    lambda ok, printer=printer: _printed(ok),
                    Qt.ConnectionType.SingleShotConnection,
                )
                native.webview.print(printer)
            return None

        self._open(native, dialog, result, lambda chosen, error: None)

    def _download(self, window: Any, download: QWebEngineDownloadRequest) -> None:
        """Ask where to save what the page downloads. It waits for the answer, and loses nothing."""

        def chosen(path: str | None, error: Exception | None) -> None:
            if path is None:
                download.cancel()
                return
            download.setDownloadDirectory(str(Path(path).parent))
            download.setDownloadFileName(Path(path).name)
            download.accept()

        dialog = Dialog("save", _("Save as"), download.downloadFileName())
        self._choose(window.native, dialog, chosen)


class _Watch(QObject):
    """Watches one window: when it is on the screen, where it is, what is dropped on it."""

    def __init__(self, window: Any, listener: Listener) -> None:
        super().__init__(window.native)
        self._window = window
        self._native = window.native
        self._listener = listener
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self.tell)
        self._native.installEventFilter(self)
        self._native.webview.installEventFilter(self)

    @property
    def is_visible(self) -> bool:
        return bool(self._native.isVisible())

    @property
    def place(self) -> Place:
        """Where it is now. Qt's `pos` has the frame in it, its `size` has not."""
        at, size = self._native.pos(), self._native.size()
        return Place(at.x(), at.y(), size.width(), size.height())

    def tell(self) -> None:
        """Tell where it is, and how."""
        native = self._native
        handle = native.windowHandle()
        if not native.isVisible() or native.isMinimized() or handle is None:
            return
        changes: dict[str, Any] = {
            "maximized": native.isMaximized(), "fullscreen": native.isFullScreen(),
            "screen": handle.screen().name(),
        }  # fmt: skip
        if not native.isMaximized() and not native.isFullScreen():
            where = self.place
            changes |= {"x": where.x, "y": where.y, "width": where.width, "height": where.height}
        self._listener.on_changed(self._window, **changes)

    def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: N802  (Qt's name)
        kind = event.type()
        if kind == QEvent.Type.Drop and watched is self._native.webview:
            paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
            if paths:
                self._listener.on_dropped(self._window, paths)
        elif kind == QEvent.Type.Show and watched is self._native:
            # Only now it has a window of the screen's, which may be another each time.
            self._native.windowHandle().installEventFilter(self)
            QTimer.singleShot(SHOWN_TIME, lambda: self._listener.on_shown(self._window))
        elif kind == QEvent.Type.Expose and watched.isExposed():
            self._listener.on_shown(self._window)
        elif watched is self._native and kind in (
            QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange,
        ):  # fmt: skip
            self._rest.start()
        return False


def _printed(ok: bool) -> None:
    if not ok:
        log.error("a page could not be printed")


def _context_menu(native: Any, at: Any) -> None:
    """The web engine's menu with what concerns text, where there is any."""
    page = native.webview.page()
    menu = native.webview.createStandardContextMenu()
    kept = {page.action(getattr(QWebEnginePage.WebAction, name)) for name in MENU}
    for action in menu.actions():
        if action not in kept and not action.isSeparator():
            menu.removeAction(action)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if any(not action.isSeparator() for action in menu.actions()):
        menu.popup(native.webview.mapToGlobal(at))


def _message(native: Any, asked: Dialog) -> tuple[QMessageBox, Callable[[int], str | None]]:
    box = QMessageBox(native)
    box.setWindowTitle(asked.title)
    box.setText(asked.text)
    box.setTextFormat(Qt.TextFormat.PlainText)
    buttons = {box.addButton(text, QMessageBox.ButtonRole.AcceptRole): text
               for text in asked.buttons}  # fmt: skip

    # The last one is harmless, as in a dialog of the page: Return and Escape press it.
    last = list(buttons)[-1]
    box.setDefaultButton(last)
    box.setEscapeButton(last)

    def result(accepted: int) -> str | None:
        return next((text for made, text in buttons.items() if made is box.clickedButton()), None)

    return box, result


def _file_dialog(native: Any, asked: Dialog) -> tuple[QFileDialog, Callable[[int], str | None]]:
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

    def result(accepted: int) -> str | None:
        chosen = dialog.selectedFiles()
        return chosen[0] if accepted and chosen else None

    return dialog, result
