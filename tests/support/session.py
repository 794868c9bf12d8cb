"""`Session`: a D-Bus session bus with a fake notification service.

The bus is a real dbus-daemon. The fake notification service runs in this process. It records
notifications, and tests can click them. The interface of the service is the Desktop Notifications
Specification 1.2 (freedesktop.org).
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
#: The XML that the fake notification service returns if a client asks for its methods.
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


def unavailable_reason() -> str | None:
    """The reason why a session bus cannot be started, or None."""
    missing = shutil.which("dbus-daemon") is None
    return "no session bus: 'apt-get install dbus-daemon'" if missing else None


@dataclass(frozen=True)
class Notification:
    """A notification that an app has sent."""

    id: int
    sender: str
    app: str
    title: str
    text: str
    actions: list[str]


class Session:
    """A session bus at ``address`` that runs until `stop` is called."""

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
            f"the notification {title!r}; received: {self.shown}",
        )  # type: ignore[return-value]

    def press(self, notification: Notification) -> None:
        """Click a notification, after its app has read the answer to "Notify".

        If the click arrived together with the answer, the app would not know the notification yet.
        Real users do not click that fast.
        """
        ping = {"path": "/", "interface": "org.freedesktop.DBus.Peer", "member": "Ping"}

        async def press() -> None:
            for _ in range(2):
                await self._bus.call(Message(destination=notification.sender, **ping))
            await self._bus.send(Message.new_signal(
                PATH, NAME, "ActionInvoked", "us", [notification.id, "default"]))  # fmt: skip

        self._do(press())

    def stop(self) -> None:
        """End the service and the bus. A test may have ended the bus before."""
        self._loop.call_soon_threadsafe(self._bus.disconnect)
        with contextlib.suppress(EOFError):
            self._do(self._bus.wait_for_disconnect())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._daemon.terminate()
        self._daemon.communicate()

    def kill(self) -> None:
        """End the bus immediately."""
        self._daemon.kill()
