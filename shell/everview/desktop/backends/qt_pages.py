"""Control of the page in a Qt window: navigation, context menu, crashes of the renderer.

Threads: all functions are called on Qt's thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer, QUrl
from PySide6.QtWebEngineCore import QWebEngineNavigationRequest, QWebEnginePage
from PySide6.QtWebEngineWidgets import QWebEngineView

logger = logging.getLogger("everview.desktop")

#: A crashed page is reloaded at most ``MAX_RELOADS`` times within ``RELOAD_PERIOD`` seconds.
#: Without a limit, a page that crashes at every load would be reloaded forever.
MAX_RELOADS, RELOAD_PERIOD = 3, 60.0
#: The context menu of the web engine keeps only these actions, which concern text.
TEXT_ACTIONS = ("Undo", "Redo", "Cut", "Copy", "Paste", "PasteAndMatchStyle", "SelectAll",
                "CopyLinkToClipboard", "CopyImageToClipboard")  # fmt: skip


def restrict_navigation(
    page: QWebEnginePage,
    is_own: Callable[[str], bool],
    browse: Callable[[str], None],
    on_left: Callable[[], None],
) -> None:
    """Let a window show the app's pages only, and open others in the system's browser (T10).

    Args:
        page: The page. pywebview's handler of new windows must be removed from it.
        is_own: Whether a URL is one of the app's pages.
        browse: Opens a URL in the system's browser.
        on_left: Called if the window shows a page outside the app despite these checks.
    """

    def requested(request: QWebEngineNavigationRequest) -> None:
        url = request.url().toString()
        is_empty = url.startswith(("about:", "data:"))
        # Qt marks pages that the app loads as "typed". A page cannot cause such a request.
        is_typed = (
            request.navigationType()
            is QWebEngineNavigationRequest.NavigationType.TypedNavigation
        )
        if not request.isMainFrame() or is_own(url) or (is_empty and is_typed):
            return
        request.reject()
        logger.warning("blocked the navigation of a window to %.200r", url)
        browse(url)

    def moved(url: QUrl) -> None:
        text = url.toString()
        if text and not is_own(text) and not text.startswith(("about:", "data:")):
            on_left()

    page.navigationRequested.connect(requested)
    page.urlChanged.connect(moved)
    page.newWindowRequested.connect(lambda request: browse(request.requestedUrl().toString()))


def reload_after_crashes(page: QWebEnginePage, reload: Callable[[], None]) -> None:
    """Reload a page whose process has crashed, at most `MAX_RELOADS` times in `RELOAD_PERIOD`."""
    crashes: list[float] = []

    def crashed(status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        now = time.monotonic()
        crashes[:] = [*(then for then in crashes if now - then < RELOAD_PERIOD), now]
        logger.error("the process of a page ended (%s, exit code %d)", status, code)
        if len(crashes) > MAX_RELOADS:
            logger.error("it crashed %d times; the window stays empty", len(crashes))
        else:
            # Reload only after the signal has returned, because Qt has not removed the crashed
            # page yet.
            QTimer.singleShot(0, reload)

    page.renderProcessTerminated.connect(crashed)


def use_text_menu(view: QWebEngineView) -> None:
    """Reduce the context menu of a web view to the actions that concern text."""

    def open_menu(position: QPoint) -> None:
        menu = view.createStandardContextMenu()
        allowed = {
            view.page().action(getattr(QWebEnginePage.WebAction, name)) for name in TEXT_ACTIONS
        }
        for action in menu.actions():
            if action not in allowed and not action.isSeparator():
                menu.removeAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if any(not action.isSeparator() for action in menu.actions()):
            menu.popup(view.mapToGlobal(position))

    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.customContextMenuRequested.connect(open_menu)
