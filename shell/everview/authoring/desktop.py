"""`Desktop`: the clipboard, windows, notifications and message dialogs.

Threads: methods can be called from any thread. Coroutines run on the server thread.
"""

from __future__ import annotations

from everview.authoring.files import Files
from everview.errors import ViewError
from everview.html import P
from everview.runtime.routing.responses import own_url
from everview.runtime.windows.effects import Copy, OpenTab
from everview.runtime.windows.pane import Pane
from everview.runtime.windows.platform import Dialog
from everview.runtime.windows.window import Window


class Desktop(Files):
    """The desktop services of a view, inherited by `View` and `AsyncView`."""

    def copy(self, text: str) -> None:
        """Copy a text to the clipboard of the user whose event is handled."""
        window, platform = self._window_of_the_event(), self._server.runtime.platform
        text = str(text)

        def copy_it() -> None:
            to = window or self._some_window()
            if to is not None and not (to.label and platform.copy(text)):
                to.post(Copy(text))

        self._instance.loop.call_soon_threadsafe(copy_it)

    def open_window(self, url: str) -> None:
        """Open one more window at ``url``. In a browser, the window of this view opens a tab.

        Raises:
            ViewError: ``url`` is not a path of this app.
        """
        window, platform = self._window_of_the_event(), self._server.runtime.platform
        url = own_url(url)
        publisher = self._instance.publisher

        def open_it() -> None:
            if not platform.open_window(url, window):
                publisher.effect(OpenTab(url))

        self._instance.loop.call_soon_threadsafe(open_it)

    def notify(self, title: str, text: str = "") -> None:
        """Notify the user, even if no window shows this view.

        The notification is shown by the system if possible; otherwise it is a notice in the windows
        of the app.
        """
        instance, notify = self._instance, self._server.runtime.notify
        instance.loop.call_soon_threadsafe(notify, instance, str(title), str(text))

    def pane(self, window: Window | None = None) -> Pane:
        """The state of one window in this view, which other windows do not share.

        Args:
            window: The window; by default the window of the event being handled.

        Raises:
            ViewError: ``window`` is None, and no event is being handled.
        """
        window = window or self._window_of_the_event()
        if window is None:
            raise ViewError(
                "pane() needs a window if no event is being handled: write pane(window)"
            )
        return self._instance.publisher.panes.setdefault(window, Pane(window))

    def _message(self, text: str, title: str, buttons: tuple[str, ...]) -> Dialog:
        """Make the dialog of ``show_message``. Raises `ViewError` if ``buttons`` is empty."""
        if not buttons:
            raise ViewError('show_message() needs at least one button: buttons=("OK",)')
        return Dialog("message", title, text=str(text), buttons=tuple(map(str, buttons)))

    async def _show_message(self, dialog: Dialog) -> str | None:
        future = self._ask_natively(dialog)
        if future is not None:
            return await future
        details = P(dialog.text) if dialog.title else None
        return await self._ask(dialog.title or dialog.text, dialog.buttons, details)
