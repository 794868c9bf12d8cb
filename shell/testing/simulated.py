"""Simulated windows: the real runtime and link protocol, in memory, without a socket or a browser.

    with SimulatedApp(app) as simulated:
        window = simulated.open("/counter/")
        window.click("Increment")
        assert window.text("#count") == "11"

A simulated window is a page in Python (`Replica`) behind the same transport a socket would be. It
waits for what it did to be acknowledged, never for time.

Threads: `SimulatedApp` runs the runtime on a loop in a thread of its own, as the server does; its
methods and those of its windows are for the test's thread.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from shell.app import App
from shell.html.selectors import matches
from shell.runtime.instance import Instance
from shell.runtime.messages import Attach, Event, Seen, Visible, decode, encode
from shell.runtime.runtime import Runtime
from shell.runtime.window import Window
from shell.server.threads import ViewThreads
from shell.testing.replica import Replica, ReplicaNode
from shell.testing.shadow import Shadow

T = TypeVar("T")

#: Seconds after which waiting for something that must happen is a failure.
PATIENCE = 10.0


class SimulatedApp:
    """Runs ``app``'s views without a server."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.loop = asyncio.new_event_loop()
        self.runtime: Runtime
        self.threads: ViewThreads
        self.windows: list[SimulatedWindow] = []
        self._thread = threading.Thread(
            target=self.loop.run_forever, name="simulated server", daemon=True
        )

    def __enter__(self) -> SimulatedApp:
        self._thread.start()
        self.call(self._start())
        return self

    async def _start(self) -> None:
        self.threads = ViewThreads(self.loop)
        self.runtime = self.app.make_runtime(self.loop, self.threads)

    def __exit__(self, *error: object) -> None:
        self.call(self.runtime.stop_all())
        self.call(self._cancel_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def _cancel_tasks(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def call(self, coroutine: Any) -> Any:
        """Run a coroutine on the simulated server thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function on the simulated server thread."""

        async def run() -> T:
            return function(*arguments)

        result: T = self.call(run())
        return result

    def open(self, url: str = "/", user: str = "owner", wait: bool = True) -> SimulatedWindow:
        """Open a window at ``url``; waits until it shows something."""
        window = SimulatedWindow(self, user)
        self.windows.append(window)
        self.do(window.connect_now, url)
        if wait:
            window.wait_until(lambda: bool(window.replica.root.children))
        return window

    def instance(self, window: SimulatedWindow) -> Instance:
        """The instance that ``window`` shows."""
        instance = self.do(self.runtime.instance_of, window.window)
        assert instance is not None, "the window shows nothing"
        return instance

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition``, asked on the server thread, holds; asked at every change."""

        async def wait() -> None:
            version = 0
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    version = await self.runtime.wait_for_change(version)

        self.call(wait())


class SimulatedWindow:
    """One window. What is looked up by ``target`` is a selector, or the text of what is clicked."""

    def __init__(self, simulated: SimulatedApp, user: str) -> None:
        self.simulated = simulated
        self.user = user
        self.id = secrets.token_hex(16)
        self.window: Window
        self.replica = Replica()
        self.document = ""
        self.url = "/"
        self.acknowledged = 0
        self.effects: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self.bytes: list[int] = []
        self.answered: list[int] = []
        self.reads = True
        self._number = 0
        self._changed = threading.Condition()

    # the transport, on the server thread -------------------------------------------------------

    def send(self, data: bytes) -> None:
        message = msgspec.json.decode(data)
        with self._changed:
            self.bytes.append(len(data))
            if "frame" in message:
                frame = message["frame"]
                if message["document"] != self.document:
                    self.replica = Replica()
                    self.document = message["document"]
                self.frames.append(frame)
                self.replica.apply(frame)
                if self.reads:
                    self.simulated.loop.call_soon(self._receive, Seen(1))
            self.acknowledged = max(self.acknowledged, message.get("ack", 0))
            self.answered = message.get("answered", [])
            self.effects += message.get("effects", [])
            self._changed.notify_all()

    def close(self, code: int, reason: str) -> None:
        with self._changed:
            self._changed.notify_all()

    def connect_now(self, url: str) -> None:
        self.window = self.simulated.runtime.connect(self.id, self.user, "", self)
        self.url = url
        # A page that reconnects says what it has; one that starts has nothing.
        self._receive(Attach(url, self.document, self.replica.revision))

    def _receive(self, message: Any) -> None:
        """Over the real encoding, so that a simulated window can say only what a page can."""
        if self.window.transport is self:
            self.simulated.runtime.receive(self.window, decode(encode(message)))

    # the test's thread -------------------------------------------------------------------------

    def go(self, url: str) -> None:
        """Follow a link."""
        self.url = url
        before = self.document
        self.say(Attach(url))
        self.wait_until(lambda: self.document != before)

    def drop(self) -> None:
        """The link breaks."""
        self.simulated.do(self.simulated.runtime.disconnect, self.window, self)

    def reconnect(self) -> None:
        """The link is made again; the page was not reloaded."""
        self.simulated.do(self.connect_now, self.url)

    def shut(self) -> None:
        """A person closes the window."""
        self.simulated.do(self.simulated.runtime.close_window, self.window)

    def hide(self, hidden: bool = True) -> None:
        """The window is minimised, or shown again."""
        self.say(Visible(not hidden))

    def say(self, message: Any) -> None:
        """Send any message."""
        self.simulated.do(self._receive, message)

    def event(
        self, target: str | ReplicaNode, name: str, data: Any = None, wait: bool = True
    ) -> int:
        """Something happens at a node; waits until it was handled."""
        node = self.find(target, name) if isinstance(target, str) else target
        with self._changed:
            self._number += 1
            number = self._number
        self.say(Event(number, self.document, node.id, name, data))
        if wait:
            self.wait_until(lambda: self.acknowledged >= number)
        return number

    def click(self, target: str | ReplicaNode, wait: bool = True) -> int:
        return self.event(target, "click", {"x": 0, "y": 0}, wait)

    def type(self, target: str | ReplicaNode, value: Any, wait: bool = True) -> int:
        """Put ``value`` into a field: a text, a bool, or a list of option indexes."""
        return self.event(target, "change", value, wait)

    def find(self, target: str, event: str = "") -> ReplicaNode:
        """The first node for a selector, or whose text it is; for an event, one that listens."""
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
            if matches(Shadow(node), target):
                return node
        raise AssertionError(f"nothing is {target!r} in this page:\n{self.page()}")

    def has(self, target: str) -> bool:
        """Whether the page has such a node."""
        try:
            self.find(target)
        except (AssertionError, ValueError):
            return False
        return True

    def text(self, target: str) -> str:
        """The text of a node."""
        return self.find(target).get_text()

    def value(self, target: str) -> Any:
        """The value of a field as the page would show it."""
        attributes = self.find(target).attributes
        return next(
            attributes[slot] for slot in (".value", ".checked", ".selected") if slot in attributes
        )

    def wait_text(self, target: str, text: str) -> None:
        """Wait until a node has this text."""
        self.wait_until(lambda: self.has(target) and self.text(target) == text)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds; it is asked after every message of the server."""
        with self._changed:
            if not self._changed.wait_for(condition, PATIENCE):
                raise AssertionError(
                    f"this did not happen in {PATIENCE} s; the page:\n{self.page()}"
                )

    def page(self) -> str:
        """The page as text, for failures."""
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
