"""`SimulatedWindow` is a page in Python (`Replica`) with a link to the runtime, in memory.

The simulated window sends and receives the messages of a page. It does not check whether a person
could do the same. For example, it can click hidden elements. `PersonWindow` makes these checks.

Threads: `send`, `close` and `deliver` are called on the server thread, `post` on any thread, and
all other methods on the test's thread.
"""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, ParamSpec, Protocol, TypeVar

import msgspec

from everview.html.tree.selectors import matches
from everview.runtime.runtime import Runtime
from everview.runtime.windows.connection import Connection
from everview.runtime.windows.effects import AnyEffect, SetHidden, WindowState
from everview.runtime.windows.messages import (
    Attach,
    Confirm,
    Event,
    Hello,
    Proof,
    Visible,
    WindowMessage,
    decode,
)
from everview.runtime.windows.updates import Update, encode
from everview.runtime.windows.window import Window
from everview.server.http.uploads import UploadReceiver, UploadResult
from everview.testing.clock import PATIENCE
from everview.testing.page.replica import Replica, ReplicaNode
from everview.testing.page.selectable import SelectableNode

P = ParamSpec("P")
T = TypeVar("T")
#: The types that the value of a field can have in a frame.
SlotValue = str | bool | list[int] | None
#: An id that no node has.
NO_NODE = 2**52


class Simulated(Protocol):
    """The part of `SimulatedApp` that its windows use.

    This is a protocol, to avoid an import cycle.
    """

    loop: asyncio.AbstractEventLoop
    runtime: Runtime
    uploads: UploadReceiver

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the simulated server thread."""
        raise NotImplementedError

    def do(self, function: Callable[P, T], *args: P.args, **keywords: P.kwargs) -> T:
        """Call a function on the simulated server thread."""
        raise NotImplementedError

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait in real time until ``condition`` is true."""


_decoder = msgspec.json.Decoder(Update)


def over_the_link(message: WindowMessage) -> WindowMessage:
    """Encode and decode a message: a simulated window can send only what a page can send.

    Raises:
        LinkError: A page cannot send this message.
    """
    decoded = decode(encode(message))
    assert not isinstance(decoded, Hello | Proof)
    return decoded


class SimulatedWindow:
    """One window.

    In all methods, ``target`` is the text of an element, a selector, or a node of the replica.

    Attributes:
        window: The window of the runtime.
        replica: The nodes of the page.
        document: The id of the instance that the page shows.
        effects: All effects except the state of the window.
        frames: All frames.
        bytes: The sizes of all messages.
        reads: Whether the page confirms frames.
    """

    def __init__(self, simulated: Simulated, user: str) -> None:
        self.simulated = simulated
        self.user = user
        self.id = secrets.token_hex(16)
        self.window: Window
        self.replica = Replica()
        self.document = ""
        self.url = "/"
        self.acknowledged = 0
        self.effects: list[AnyEffect] = []
        self.effects_received = 0
        #: The newest state of the window that the app has sent.
        self.shown_as: WindowState | None = None
        self.frames: list[dict[str, Any]] = []
        self.bytes: list[int] = []
        self.answered: list[int] = []
        self.reads = True
        #: Called on the server thread after each update and its frame were applied.
        self.on_update: Callable[[Update, dict[str, Any]], None] = lambda update, frame: None
        self.event_number = 0
        self._last_post: asyncio.Task[None] | None = None
        self._changed = threading.Condition()

    # methods of the transport, called on the server thread -------------------------------------

    def send(self, data: bytes) -> None:
        """Receive a message of the server."""
        update = _decoder.decode(data)
        frame: dict[str, Any] = msgspec.json.decode(update.frame) if bytes(update.frame) else {}
        with self._changed:
            self.bytes.append(len(data))
            if frame:
                if update.document != self.document:
                    self.replica = Replica()
                    self.document = update.document
                self.frames.append(frame)
                self.replica.apply(frame)
            self.effects_received = update.effects_number or self.effects_received
            if self.reads and (frame or update.effects_number):
                confirm = Confirm(int(bool(frame)), self.effects_received)
                self.simulated.loop.call_soon(self.deliver, confirm)
            self.acknowledged = max(self.acknowledged, update.acknowledged)
            self.answered = update.answered
            for effect in update.effects:
                if isinstance(effect, WindowState):
                    self.shown_as = effect
                    continue
                self.effects.append(effect)
                if isinstance(effect, SetHidden):
                    for node_id, hidden in effect.nodes:
                        self._hide(node_id, hidden)
            self.on_update(update, frame)
            self._changed.notify_all()

    def close(self, code: int, reason: str) -> None:
        """Called when the server closes the link."""
        with self._changed:
            self._changed.notify_all()

    def _hide(self, node_id: int, hidden: bool) -> None:
        """Hide or show a node in this window only (`everview.runtime.windows.pane`)."""
        node = self.replica.nodes.get(node_id)
        if node is not None and hidden:
            node.attributes["hidden"] = ""
        elif node is not None:
            node.attributes.pop("hidden", None)

    async def connect(self, url: str, label: str = "") -> None:
        """Open a link.

        Args:
            url: The URL to show.
            label: The desktop's label of a native window.

        Raises:
            PermissionError: The app refuses the window.
        """
        user = await self.simulated.runtime.admit(Connection(self.user, self.id))
        if user is None:
            raise PermissionError(f"the app refuses a window of {self.user!r}")
        self.window = self.simulated.runtime.connect(
            self.id, user, label, self, effects_received=self.effects_received
        )
        self.url = url
        # After a reconnect, the page already has a document and a revision.
        self.deliver(Attach(url, self.document, self.replica.revision))

    def deliver(self, message: WindowMessage) -> None:
        """Deliver a message of this window to the runtime. Called on the server thread."""
        if self.window.transport is self:
            self.simulated.runtime.receive(self.window, over_the_link(message))

    async def _receive(self, message: WindowMessage) -> None:
        """Deliver a message. If middlewares of the app check messages, they are called first."""
        runtime = self.simulated.runtime
        if not runtime.middlewares.have("handle_websocket_message"):
            self.deliver(message)
        elif self.window.transport is self:
            await runtime.receive_checked(self.window, over_the_link(message))

    def post(self, message: WindowMessage) -> None:
        """Send a message without waiting.

        Messages arrive in order. Can be called from any thread.
        """
        self.simulated.loop.call_soon_threadsafe(self._post, message)

    def _post(self, message: WindowMessage) -> None:
        if not self.simulated.runtime.middlewares.have("handle_websocket_message"):
            self.deliver(message)
            return

        async def receive(before: asyncio.Task[None] | None) -> None:
            if before is not None:
                await asyncio.wait([before])
            await self._receive(message)

        self._last_post = self.simulated.loop.create_task(receive(self._last_post))

    # methods called on the test's thread -------------------------------------------------------

    def go(self, url: str) -> None:
        """Go to another URL of the app."""
        self.url = url
        before = self.document
        self.say(Attach(url))
        self.wait_until(lambda: self.document != before)

    def drop(self) -> None:
        """Break the link."""
        self.simulated.do(self.simulated.runtime.disconnect, self.window, self)

    def reconnect(self) -> None:
        """Open a new link without a reload of the page."""
        self.simulated.call(self.connect(self.url))

    def forget(self) -> None:
        """Drop the document, like a reload."""
        with self._changed:
            self.document = ""
            self.replica = Replica()

    def shut(self) -> None:
        """Close the window permanently."""
        self.simulated.do(self.simulated.runtime.close_window, self.window)

    def hide(self, hidden: bool = True) -> None:
        """Minimise or restore the window."""
        self.say(Visible(not hidden))

    def say(self, message: WindowMessage) -> None:
        """Send a message and wait until the runtime received it."""
        self.simulated.call(self._receive(message))

    def next_number(self) -> int:
        """The number for the next event. Each call returns a number that is higher by one."""
        with self._changed:
            self.event_number += 1
            return self.event_number

    def event(
        self, target: str | ReplicaNode, name: str, data: object = None, wait: bool = True
    ) -> int:
        """Send an event of a node.

        Args:
            target: The node; a text or selector finds the nearest node that listens.
            name: The name of the event.
            data: The data of the event, a JSON value.
            wait: Wait until the event was handled.

        Returns:
            The number of the event.
        """
        node = self.find(target, name) if isinstance(target, str) else target
        number = self.next_number()
        self.say(Event(number, self.document, node.id, name, data))
        if wait:
            self.wait_until(lambda: self.acknowledged >= number)
        return number

    def click(self, target: str | ReplicaNode, wait: bool = True) -> int:
        """Send a click; see `event`."""
        return self.event(target, "click", {"x": 0, "y": 0}, wait)

    def type(self, target: str | ReplicaNode, value: object, wait: bool = True) -> int:
        """Change a field; see `event`.

        Args:
            target: The field.
            value: A text; a bool for a check box; None for text that is not a value of the field;
                a list of indexes for a select.
            wait: Wait until the event was handled.
        """
        node = self.find(target, "change") if isinstance(target, str) else target
        if node.tag == "select" and isinstance(value, list):
            options = [below.id for below in node.walk() if below.tag == "option"]
            # If no option has the index, send an id that does not exist.
            value = [options[at] if at < len(options) else NO_NODE for at in value]
        return self.event(node, "change", value, wait)

    def upload(self, target: str, name: str, data: bytes) -> str:
        """Choose a file in a `FileInput`, found by ``target``.

        Returns:
            The reason why the file was refused, "" if it was accepted.
        """
        return self.upload_to(self.find(target), name, data)

    def upload_to(self, field: ReplicaNode, name: str, data: bytes) -> str:
        """The same as `upload` for a field that was found before."""
        result = self.simulated.call(self._send_file(field, name, data))
        return "" if result.accepted else result.text

    async def _send_file(self, field: ReplicaNode, name: str, data: bytes) -> UploadResult:
        async def body() -> AsyncIterator[bytes]:
            yield data

        bucket = self.simulated.runtime.transfers.bucket(field.attributes["data-shell-bucket"])
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return await self.simulated.uploads.receive(bucket, name, len(data), content_type, body())

    def find(self, target: str, event: str = "") -> ReplicaNode:
        """Find a node.

        Args:
            target: The text of a node, or a selector.
            event: Return the nearest ancestor that listens to this event, if there is one.

        Raises:
            AssertionError: No node matches.
        """
        with self._changed:
            found = self._find(target)
            listening: ReplicaNode | None = found
            while event and event != "change" and listening is not None:
                names = [name.partition(":")[0] for name in listening.attributes.get("@", ())]
                if event in names:
                    return listening
                listening = listening.parent
            return found

    def _find(self, target: str) -> ReplicaNode:
        nodes = [node for node in self.replica.root.walk() if node.tag and node.id]
        by_text = [node for node in nodes if node.get_text() == target]
        if by_text:
            return by_text[-1]
        for node in nodes:
            if matches(SelectableNode(node), target):
                return node
        raise AssertionError(f"{target!r} is not in this page:\n{self.page()}")

    def has(self, target: str) -> bool:
        """Whether the page contains a node that matches."""
        try:
            self.find(target)
        except (AssertionError, ValueError):
            return False
        return True

    def text(self, target: str) -> str:
        """The text of a node."""
        return self.find(target).get_text()

    def value(self, target: str) -> SlotValue:
        """The value of a field."""
        attributes = self.find(target).attributes
        slots = (".value", ".checked", ".selected")
        value: SlotValue = next(attributes[slot] for slot in slots if slot in attributes)
        return value

    def wait_text(self, target: str, text: str) -> None:
        """Wait until a node has this text."""
        self.wait_until(lambda: self.has(target) and self.text(target) == text)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` is true. It is checked after every message of the server."""
        with self._changed:
            if not self._changed.wait_for(condition, PATIENCE):
                raise AssertionError(
                    f"the condition was not met within {PATIENCE} s; the page:\n{self.page()}"
                )

    def page(self) -> str:
        """The page as text, for error messages."""
        lines: list[str] = []

        def write(node: ReplicaNode, depth: int) -> None:
            if node.tag:
                attributes = {k: v for k, v in node.attributes.items() if v not in ("", None)}
                lines.append("  " * depth + f"<{node.tag}> {attributes or ''}".rstrip())
            else:
                lines.append("  " * depth + repr(node.text))
            for child in node.children:
                write(child, depth + 1)

        write(self.replica.root, 0)
        return "\n".join(lines)
