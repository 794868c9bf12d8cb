"""`PageState`: what a browser keeps beside the tree: where the window is, what it was told to do.

Effects are carried out as the page's scripts do (``client/main.js``): a redirect is followed, a
download fetched, a notice noted.

Threads: `perform` and what it starts on the server thread; the lists are read on the test's.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never
from urllib.parse import urlsplit

from everview.runtime.routing.answers import answer
from everview.runtime.routing.responses import FileResponse, Response
from everview.runtime.transfers.transfers import DOWNLOAD_PREFIX, HTTP_PREFIX
from everview.runtime.windows.effects import (
    About,
    AnyEffect,
    CloseTab,
    ConfirmQuit,
    Copy,
    EventLost,
    Focus,
    Load,
    Notice,
    OpenTab,
    Places,
    Redirect,
    Reply,
    SetHidden,
    StartDownload,
    ViewMessage,
    WindowState,
)
from everview.runtime.windows.messages import Attach, WindowMessage
from everview.runtime.windows.updates import Update
from everview.testing.simulated_window import SimulatedWindow, over_the_link

LOST = "This action failed: the element no longer exists."


@dataclass(frozen=True)
class Saved:
    """A file that a window was given: the name it is saved under, and its bytes."""

    name: str
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode()


class PageState:
    """The window's address and history, notices, downloads, messages, answers over HTTP."""

    def __init__(self, window: SimulatedWindow) -> None:
        self._window = window
        self.history: list[str] = []
        self.notices: list[str] = []
        self.downloads: list[Saved] = []
        self.opened: list[str] = []
        self.messages: list[str] = []
        self.responses: list[Response] = []
        self.replies: dict[int, Any] = {}
        self.focused = 0
        #: What was typed into fields, as the page has it.
        self.typed: dict[int, Any] = {}
        #: Whether the focused field was given another value, which waits until it is left.
        self.holds = False
        self._last: asyncio.Task[None] | None = None
        window.on_update = self.hear

    # saying ------------------------------------------------------------------------------------

    def say(self, message: WindowMessage) -> None:
        """Say something on the link, in order. Any thread."""
        self._window.simulated.loop.call_soon_threadsafe(self._say, message)

    def _say(self, message: WindowMessage) -> None:
        runtime = self._window.simulated.runtime
        if not runtime.middlewares.have("handle_websocket_message"):
            self._window.deliver(message)
            return

        async def hear(before: asyncio.Task[None] | None) -> None:
            if before is not None:
                await asyncio.wait([before])
            # A link that broke meanwhile says nothing any more.
            if self._window.window.transport is self._window:
                await runtime.receive_checked(self._window.window, over_the_link(message))

        self._last = self._window.simulated.loop.create_task(hear(self._last))

    def go(self, url: str) -> None:
        """Go to an address of the app. Any thread."""
        parts = urlsplit(url)
        url = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if url != self._window.url:
            self.history.append(self._window.url)
        self._window.url = url
        self.move_focus(0)
        self.say(Attach(url))

    # hearing -------------------------------------------------------------------------------------

    def hear(self, update: Update, frame: dict[str, Any]) -> None:
        """An update was applied to the tree."""
        for node_id, change in frame.get("set", ()):
            if node_id == self.focused and ".value" in change and node_id in self.typed:
                answered = node_id in update.answered
                self.holds = not answered and change[".value"] != self.typed[node_id]
        for effect in update.effects:
            self.perform(effect)

    def move_focus(self, node_id: int) -> None:
        """The focus goes there; a field that is left takes what was held for it."""
        if node_id != self.focused:
            self.holds = False
        self.focused = node_id

    # effects -----------------------------------------------------------------------------------

    def perform(self, effect: AnyEffect) -> None:  # noqa: C901  (one case for each type)
        """Perform an effect as a page does."""
        match effect:
            case Notice(text=text):
                self.notices.append(text)
            case EventLost():
                self.notices.append(LOST)
            case ViewMessage(text=text):
                self.messages.append(text)
            case Reply(event=number, data=data):
                self.replies[number] = data
            case Focus(node=node):
                self.move_focus(node)
            case OpenTab(url=url):
                self.opened.append(url)
            case Redirect(url=url):
                self.go(url)
            case StartDownload(url=url):
                self._save(url)
            case Load(url=url, back=back):
                self._load(url, back)
            case SetHidden() | WindowState():
                pass  # the window did it
            case Copy() | CloseTab() | Places() | About() | ConfirmQuit():
                pass  # a simulated page has no clipboard, tab or dialogs of the shell
            case _:
                assert_never(effect)

    def _save(self, address: str) -> None:
        ticket = address.removeprefix(DOWNLOAD_PREFIX).partition("/")[0]
        download = self._window.simulated.runtime.transfers.redeem_download(ticket)
        if download is None:
            self.notices.append(f"the download {address} was there for a moment only")
            return
        body = download.body
        if body is None:
            assert download.path is not None
            body = download.path.read_bytes()
        self.downloads.append(Saved(download.name, body))

    def _load(self, url: str, back: str) -> None:
        if back:
            self._window.url = back
        if not url.startswith(HTTP_PREFIX):
            self.go(url)
            return
        runtime = self._window.simulated.runtime
        request = runtime.transfers.redeem(url.removeprefix(HTTP_PREFIX).partition("/")[0])
        assert request is not None, "a page asks for an answer once, at once"

        async def load() -> None:
            response = await answer(runtime, request)
            location = response.headers.get("Location", "")
            if response.status in (301, 302, 303, 307, 308) and location.startswith("/"):
                self.go(location)
                return
            self.responses.append(response)
            if isinstance(response, FileResponse) and response.name:
                data = await asyncio.to_thread(Path(response.path).read_bytes)
                self.downloads.append(Saved(response.name, data))

        self._window.simulated.loop.create_task(load())
