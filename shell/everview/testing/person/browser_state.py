"""`BrowserState` stores the address, the focus, the notices and the downloads of a browser.

The class performs effects like the client's ``main.js``: it follows redirects, saves downloads and
records notices.

Threads: `receive` and `perform` are called on the server thread, `go` on any thread. The test's
thread reads the lists.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never
from urllib.parse import urlsplit

from everview.addresses import is_app_path
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
from everview.runtime.windows.messages import Attach, RefusedMessage
from everview.runtime.windows.updates import Update
from everview.testing.page.visible_page import kind
from everview.testing.simulated_window import SimulatedWindow

LOST = "This action failed: the element no longer exists."


@dataclass(frozen=True)
class Saved:
    """A file that the browser saved, with its name and content."""

    name: str
    data: bytes

    @property
    def text(self) -> str:
        """The content, decoded as UTF-8."""
        return self.data.decode()


class BrowserState:
    """The browser state of one window."""

    def __init__(self, window: SimulatedWindow) -> None:
        self._window = window
        self.history: list[str] = []
        self.notices: list[str] = []
        self.downloads: list[Saved] = []
        self.opened: list[str] = []
        self.messages: list[str] = []
        self.responses: list[Response] = []
        self.replies: dict[int, object] = {}
        self.focused = 0
        #: The text that a person typed, by the id of the field.
        self.typed: dict[int, str] = {}
        #: The fields that show the text of the person instead of the server's value, with the
        #: number of the last edit.
        self.edits: dict[int, int] = {}
        #: The number of the last edit of each field, by its id.
        self.last_edit: dict[int, int] = {}
        window.on_update = self.receive

    def go(self, url: str) -> None:
        """Go to an address of the app. Can be called from any thread."""
        parts = urlsplit(url)
        url = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if url != self._window.url:
            self.history.append(self._window.url)
        self._window.url = url
        self.edits.clear()
        self.move_focus(0)
        if is_app_path(url):
            self._window.post(Attach(url))
        else:
            self._window.simulated.loop.call_soon_threadsafe(self._refuse)

    def _refuse(self) -> None:
        """The server refuses the address, as if a page had sent a malformed message."""
        refused = RefusedMessage("attach", 0, "the address is not valid")
        self._window.simulated.runtime.refuse(self._window.window, refused)

    # receiving updates -------------------------------------------------------------------------

    def receive(self, update: Update, frame: dict[str, Any]) -> None:
        """Process an update after it was applied to the nodes."""
        self._settle(update.answered)
        for effect in update.effects:
            self.perform(effect)

    def move_focus(self, node_id: int) -> None:
        """Move the focus. The field that loses the focus shows the server's value."""
        if node_id == self.focused:
            return
        self.focused = node_id
        self._settle([])

    def edited(self, node_id: int, text: str) -> None:
        """The person changed a field; the next event reports it."""
        self.typed[node_id] = text
        self.edits[node_id] = self._window.event_number + 1

    def _settle(self, answered: list[int]) -> None:
        """Let fields show the server's value, as `Fields.settle` in the client's ``fields.js``."""
        for node_id, number in list(self.edits.items()):
            if number > self._window.acknowledged:
                continue  # the server has not handled the edit
            node = self._window.replica.nodes.get(node_id)
            is_typed = node is not None and kind(node) not in ("range", "color")
            if is_typed and node_id == self.focused and node_id not in answered:
                continue  # the person still types in this field
            del self.edits[node_id]

    # performing effects ------------------------------------------------------------------------

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
                pass  # SimulatedWindow has processed this effect
            case Copy() | CloseTab() | Places() | About() | ConfirmQuit():
                pass  # a simulated page has no clipboard, tabs or dialogs
            case _:
                assert_never(effect)

    def _save(self, address: str) -> None:
        ticket = address.removeprefix(DOWNLOAD_PREFIX).partition("/")[0]
        download = self._window.simulated.runtime.transfers.redeem_download(ticket)
        if download is None:
            self.notices.append(f"the ticket of the download {address} has expired")
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
        assert request is not None, "a page uses the ticket of a response once, at once"

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
