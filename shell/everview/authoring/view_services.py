"""`ViewServices`: what views reach outside their own tree: channels, files, processes, the desktop.

The part of `View` that has its own subject; `View` inherits it. Threads: as `View`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from everview.authoring.server_api import ServerAPI
from everview.errors import HandlerError, ViewError
from everview.html import FileInput, P
from everview.i18n import _
from everview.runtime.execution.activity import current
from everview.runtime.execution.channels import Message, subscribe_instance
from everview.runtime.execution.handlers import Handling
from everview.runtime.instances.instance import Instance
from everview.runtime.instances.state import Progress
from everview.runtime.routing.responses import place_of
from everview.runtime.transfers.buckets import Bucket
from everview.runtime.transfers.transfers import Download
from everview.runtime.windows.pane import Pane
from everview.runtime.windows.platform import Dialog
from everview.runtime.windows.window import Window


class ViewServices:
    """Inherited by `View`."""

    _instance: Instance
    _server: ServerAPI

    # channels and pages ------------------------------------------------------------------------

    def subscribe(self, topic: str, handler: Callable[[Message], Any]) -> None:
        """Call ``handler(message)``, in turn with the other handlers, until this view ends.

        ``topic`` may have ``*`` for any part. Raises `HandlerError` if it cannot be called.
        """
        instance = self._instance
        instance.at_end(subscribe_instance(instance.hub, topic, instance.call, handler))

    def send_str(self, string: str) -> None:
        """Send a text to the pages of this view, where a script hears it.

        ``addEventListener("everview-message", (event) => event.detail)`` in a module of
        ``STATIC_FILES``.
        """
        self._effect({"message": str(string)})

    def _effect(self, effect: dict[str, Any], windows: list[Window] | None = None) -> None:
        instance = self._instance
        instance.loop.call_soon_threadsafe(instance.publisher.effect, effect, windows)

    def copy(self, text: str) -> None:
        """Put a text on the clipboard of the person whose event is handled."""
        window, platform = self._window_of_the_event(), self._server.runtime.platform
        text = str(text)

        def copy_it() -> None:
            to = window or self._some_window()
            if to is not None and not (to.label and platform.copy(text)):
                to.post({"copy": text})

        self._instance.loop.call_soon_threadsafe(copy_it)

    def show_message(self, text: str, title: str = "", buttons: Sequence[str] = ("OK",)) -> Any:
        """Show a message with the system's own dialog; returns the text of the button pressed.

        The last button is to be the harmless one: Return and Escape press it. None if the message
        went with its window. In a browser it is a dialog of the page.
        """
        if not buttons:
            raise ViewError("a message needs a button: without one nobody could answer it")
        dialog = Dialog("message", title, text=str(text), buttons=tuple(map(str, buttons)))
        return self._instance.blocking(self._show_message, dialog)

    async def _show_message(self, dialog: Dialog) -> str | None:
        future = self._ask_natively(dialog)
        if future is not None:
            return await future
        answer: str | None = await self._ask(dialog.title or dialog.text, dialog.buttons,
                                             P(dialog.text) if dialog.title else None)  # fmt: skip
        return answer

    def open_window(self, url: str) -> None:
        """Open one more window at ``url``; in a browser, a tab of the window of this view."""
        instance, window = self._instance, self._window_of_the_event()
        url = place_of(url)

        def open_it() -> None:
            if not self._server.runtime.platform.open_window(url, window):
                instance.publisher.effect({"open": url})

        instance.loop.call_soon_threadsafe(open_it)

    def notify(self, title: str, text: str = "") -> None:
        """Tell the person something, also where no window shows this view.

        By the system's notifications where the app can, else by a notice in the app's windows.
        """
        instance, notify = self._instance, self._server.runtime.notify
        instance.loop.call_soon_threadsafe(notify, instance, str(title), str(text))

    def pane(self, window: Window | None = None) -> Pane:
        """What a window has for itself of this view; by default the window of the event.

        Raises `ViewError` outside handlers of events, if no window is given.
        """
        window = window or self._window_of_the_event()
        if window is None:
            raise ViewError("pane() is of the window of an event: here, say which: pane(window)")
        return self._instance.publisher.panes.setdefault(window, Pane(window))

    # work elsewhere ----------------------------------------------------------------------------

    def run_in_process(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        executor: Executor | None = None,
        **keywords: Any,
    ) -> Any:
        """``function(*arguments, **keywords)`` in a process of its own; returns its result.

        For work that computes. ``everview.process.progress`` in the function shows how far it is; a
        view that is stopped ends the process. Function, arguments and result must be what pickle
        takes. ``executor``: any of `concurrent.futures`, a pool or a cluster's, does it instead;
        what it has begun goes on when the view is stopped.
        Raises what the function raises, and `ProcessError`.
        """
        if not callable(function):
            raise HandlerError(f"{function!r} cannot be run in a process: it is not callable")
        if executor is not None:
            return self._instance.blocking(
                self._run_in_executor, executor, function, arguments, keywords
            )
        return self._instance.blocking(self._run_in_process, function, arguments, keywords)

    async def _run_in_process(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:
        instance = self._instance
        before = instance.document.progress

        def show(done: float, total: float | None, label: str) -> None:
            instance.set_progress(Progress(done, total, label))

        try:
            return await self._server.runtime.run_process(function, arguments, keywords, show)
        finally:
            instance.set_progress(None if before is None else Progress(*before))

    async def _run_in_executor(
        self,
        executor: Executor,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
    ) -> Any:
        return await asyncio.wrap_future(executor.submit(function, *arguments, **keywords))

    # files -------------------------------------------------------------------------------------

    def download(self, source: str | bytes | Path, name: str = "") -> None:
        """Hand a file to the person: a text, bytes, or the file at a `pathlib.Path`.

        ``name`` is what it is saved as. In a handler it goes to the window of the event, else to
        one that shows this view. Raises `ViewError` if there is no such file.
        """
        if isinstance(source, Path):
            if not source.is_file():
                raise ViewError(f"there is no file {str(source)!r} to download")
            download = Download(name or source.name, path=source)
        else:
            body = source.encode() if isinstance(source, str) else bytes(source)
            download = Download(name or "download", body=body)
        window = self._window_of_the_event()
        runtime = self._server.runtime

        def offer() -> None:
            to = window or self._some_window()
            if to is not None:
                address = runtime.transfers.download_address(download)
                to.post({"download": address})

        self._instance.loop.call_soon_threadsafe(offer)

    def choose_folder(self, title: str = "") -> Any:
        """Ask the person for a folder with a native dialog; returns its path.

        None if it was cancelled, and in a browser, which has no such dialog: offer a field for
        the path beside it.
        """
        dialog = Dialog("folder", title or _("Choose a folder"))
        return self._instance.blocking(self._choose_folder, dialog)

    def choose_file(self, title: str = "", suffixes: Sequence[str] = ()) -> Any:
        """Ask the person for a file; returns its `pathlib.Path`, None if it was cancelled.

        ``suffixes``: what is offered, as ``[".csv"]``. Natively it is the file itself, in a browser
        an upload, which is there until this view ends.
        """
        dialog = Dialog("open", title or _("Choose a file"), suffixes=tuple(suffixes))
        return self._instance.blocking(self._choose_file, dialog, self._window_of_the_event())

    def save_file(self, source: str | bytes | Path, name: str, title: str = "") -> Any:
        """Ask the person where to save a text, bytes, or a copy of a file; returns the path.

        None if it was cancelled, and in a browser, where it is a download.
        """
        dialog = Dialog("save", title or _("Save as"), name)
        return self._instance.blocking(self._save_file, dialog, source)

    def _ask_natively(self, dialog: Dialog) -> asyncio.Future[str | None] | None:
        window = self._window_of_the_event()
        if window is None or not window.label:
            window = next((w for w in self._instance.publisher.windows if w.label), None)
        return self._server.runtime.platform.choose(window, dialog)

    async def _choose_folder(self, dialog: Dialog) -> str | None:
        future = self._ask_natively(dialog)
        if future is None:
            said = _("A browser has no dialog for folders of this computer: type the path.")
            self._effect({"notice": said})
            return None
        return await future

    async def _choose_file(self, dialog: Dialog, window: Window | None) -> Path | None:
        future = self._ask_natively(dialog)
        if future is not None:
            chosen = await future
            return Path(chosen) if chosen else None
        arrived: asyncio.Future[None] = self._instance.loop.create_future()

        async def added(names: list[str]) -> None:
            if not arrived.done():
                arrived.set_result(None)

        bucket = Bucket(self._instance.request, 1, on_add=added, accept=dialog.suffixes)
        asking = self._instance.loop.create_task(
            self._ask(dialog.title, (_("Cancel"),), FileInput(bucket))
        )
        try:
            either: list[asyncio.Future[Any]] = [asking, arrived]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asking.cancel()
        files = bucket.files
        return files[0].path if files else None

    async def _save_file(self, dialog: Dialog, source: str | bytes | Path) -> Path | None:
        future = self._ask_natively(dialog)
        if future is None:
            self.download(source, dialog.name)
            return None
        chosen = await future
        if not chosen:
            return None
        await self._instance.in_thread(lambda: _write(Path(chosen), source), "save")
        return Path(chosen)

    async def _ask(self, question: str, answers: tuple[str, ...], details: Any) -> str | None:
        raise NotImplementedError

    # whom --------------------------------------------------------------------------------------

    def _window_of_the_event(self) -> Window | None:
        activity = current()
        if isinstance(activity, Handling) and activity.event is not None:
            return activity.event.window
        return None

    def _some_window(self) -> Window | None:
        windows = list(self._instance.publisher.windows)
        return next((w for w in windows if w.visible and w.transport), None) or next(
            iter(windows), None
        )


def _write(path: Path, source: str | bytes | Path) -> None:
    if isinstance(source, Path):
        path.write_bytes(source.read_bytes())
    else:
        path.write_bytes(source.encode() if isinstance(source, str) else source)
