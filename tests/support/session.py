"""`Session`: a D-Bus session bus of our own, with a notification service that is a fake.

The bus is the real one (dbus-daemon). What shows notifications on a desktop is not here: this
process answers in its place, writes down what it is to show, and presses what a person presses.
The interface is the Desktop Notifications Specification's, 1.2 (freedesktop.org).
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import threading
from dataclasses import dataclass
from typing import Any

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from tests.support.display import wait_until

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
#: What the service tells of itself, as introspection wants it.
INTROSPECTION = f"""<node><interface name="{NAME}">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="as" direction="in"/><arg type="a{{sv}}" direction="in"/><arg type="i" direction="in"/>
<arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""


def why_not() -> str | None:
    """What is missing for a session bus; None if nothing is."""
    missing = shutil.which("dbus-daemon") is None
    return "no session bus: 'apt-get install dbus-daemon'" if missing else None


@dataclass(frozen=True)
class Notification:
    """What is to be shown."""

    id: int
    sender: str
    app: str
    title: str
    text: str
    actions: list[str]


class Session:
    """The bus at ``address``, until `stop`."""

    def __init__(self) -> None:
        self._daemon = subprocess.Popen(
            ["dbus-daemon", "--session", "--print-address", "--nofork", "--nopidfile"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._daemon.stdout is not None
        self.address = self._daemon.stdout.readline().strip()
        self.shown: list[Notification] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._bus: Any = self._do(self._serve())

    def _do(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    async def _serve(self) -> Any:
        bus = await MessageBus(bus_address=self.address).connect()
        bus.add_message_handler(self._answer)
        await bus.request_name(NAME)
        return bus

    def _answer(self, message: Message) -> Message | bool:
        if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
            return False
        match message.member:
            case "Introspect":
                return Message.new_method_return(message, "s", [INTROSPECTION])
            case "GetCapabilities":
                return Message.new_method_return(message, "as", [["body", "actions"]])
            case "GetServerInformation":
                return Message.new_method_return(message, "ssss", ["fake", "tests", "1", "1.2"])
            case "Notify":
                app, _, _, title, text, actions, _, _ = message.body
                number = len(self.shown) + 1
                self.shown.append(
                    Notification(number, message.sender or "", app, title, text, actions)
                )
                return Message.new_method_return(message, "u", [number])
        return False

    def wait_for(self, title: str) -> Notification:
        """Wait for a notification with this title."""
        return wait_until(
            lambda: next((n for n in self.shown if n.title == title), None),
            f"a notification {title!r} among {self.shown}",
        )  # type: ignore[return-value]

    def press(self, notification: Notification) -> None:
        """Click a notification, as its default action: when its app knows that it is shown.

        A person is never so quick that the click is read together with the answer to "Notify", and
        is of a notification that the app does not know yet.
        """
        ping = {"path": "/", "interface": "org.freedesktop.DBus.Peer", "member": "Ping"}

        async def press() -> None:
            for _ in range(2):
                await self._bus.call(Message(destination=notification.sender, **ping))
            await self._bus.send(Message.new_signal(
                PATH, NAME, "ActionInvoked", "us", [notification.id, "default"]))  # fmt: skip

        self._do(press())

    def stop(self) -> None:
        """End the service and the bus, unless a test has ended that."""
        self._loop.call_soon_threadsafe(self._bus.disconnect)
        with contextlib.suppress(EOFError):
            self._do(self._bus.wait_for_disconnect())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._daemon.terminate()
        self._daemon.communicate()
