"""`Channel`: messages between views, by topic.

    self.subscribe("chat.*", self.on_message)        # in a view: ends with it
    Channel("chat.lobby").send({"text": "hello"})    # from any view and any thread

A topic is a text; ``*`` in it stands for any part, for who listens and for who sends. Messages go
to the views of one app, whoever owns them: channels are how owners meet. What a message carries is
handed over as it is (a shallow copy of a dictionary), in the process.

Threads: `Channel.send`, `subscribe` and `unsubscribe` from any; delivery on the server thread.
Guarantees: who is subscribed when a message is sent gets it once; all get the messages of a topic
in one order, that of the sends. A handler of a view has the view's turn, as any handler.
"""

from __future__ import annotations

import asyncio
import re
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from everview.errors import HandlerError, ViewError
from everview.runtime.execution.activity import Activity, Spawn, current, run


@dataclass(frozen=True)
class Message:
    """``topic`` is the sender's, ``data`` what was sent."""

    topic: str
    data: Any


Deliver = Callable[[Message], None]


@lru_cache(maxsize=1000)
def _pattern(topic: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in topic.split("*")), re.DOTALL)


def topics_meet(one: str, other: str) -> bool:
    """Whether a message sent to ``one`` is for who listens to ``other``, or the other way."""
    if "*" not in one and "*" not in other:
        return one == other
    if "*" in one and "*" in other:
        return _both_wild(one, other)
    return bool(_pattern(one).fullmatch(other) or _pattern(other).fullmatch(one))


def _both_wild(one: str, other: str) -> bool:
    """Whether some text fits both: their fixed beginnings and ends must not contradict."""
    head, other_head = one.partition("*")[0], other.partition("*")[0]
    tail, other_tail = one.rpartition("*")[2], other.rpartition("*")[2]
    return (head.startswith(other_head) or other_head.startswith(head)) and (
        tail.endswith(other_tail) or other_tail.endswith(tail)
    )


class Hub:
    """The channels of one app that runs."""

    def __init__(self, loop: asyncio.AbstractEventLoop, spawn: Spawn) -> None:
        self._loop = loop
        self._spawn = spawn
        self._lock = threading.Lock()
        self._subscriptions: dict[object, tuple[str, Deliver]] = {}
        _hubs.add(self)

    def subscribe(self, topic: str, deliver: Deliver) -> object:
        """Call ``deliver``, on the server thread, with each message; returns what ends it."""
        key = object()
        with self._lock:
            self._subscriptions[key] = (topic, deliver)
        return key

    def unsubscribe(self, key: object) -> None:
        """End a subscription; messages on their way still arrive."""
        with self._lock:
            self._subscriptions.pop(key, None)

    def send(self, message: Message) -> None:
        """Deliver a message to who listens now."""
        # One lock around both: two senders cannot meet two listeners in different orders.
        with self._lock:
            listening = [
                deliver
                for topic, deliver in self._subscriptions.values()
                if topics_meet(message.topic, topic)
            ]
            if listening:
                self._loop.call_soon_threadsafe(_deliver, listening, message)

    def close(self) -> None:
        """The app ends."""
        with self._lock:
            self._subscriptions.clear()
        _hubs.discard(self)

    def deliver_in_order(self, handler: Callable[[Message], Any], name: str) -> Deliver:
        """Call ``handler`` of no view, one message after the other."""
        last: asyncio.Task[None] | None = None

        async def call(message: Message, before: asyncio.Task[None] | None) -> None:
            if before is not None:
                await asyncio.wait([before])
            await run(Activity(name), handler, (message,), self._spawn)

        def deliver(message: Message) -> None:
            nonlocal last
            last = self._loop.create_task(call(message, last))

        return deliver


_hubs: weakref.WeakSet[Hub] = weakref.WeakSet()


def _deliver(listening: list[Deliver], message: Message) -> None:
    for deliver in listening:
        deliver(message)


def _hub_of_the_view() -> Hub | None:
    activity = current()
    return activity.owner.hub if activity is not None and activity.owner is not None else None


class Channel:
    """A topic to send to and to listen to.

    ``handler``: listen at once. In a view prefer `View.subscribe`, which ends with the view.
    Raises `ViewError` where it cannot be told which app is meant: outside views while several run,
    or none does.
    """

    def __init__(self, topic: str, handler: Callable[[Message], Any] | None = None) -> None:
        if not topic:
            raise ViewError("a channel needs a topic")
        self.topic = topic
        self._hub: Hub | None = _hub_of_the_view()
        self._key: object = None
        if handler is not None:
            self.subscribe(handler)

    @property
    def hub(self) -> Hub:
        """The channels of the app that this belongs to."""
        if self._hub is None:
            own = _hub_of_the_view()
            running = list(_hubs) if own is None else [own]
            if len(running) != 1:
                raise ViewError(
                    f"Channel({self.topic!r}): "
                    + ("several apps run" if running else "no app runs")
                    + " here; make the channel in a view or a handler"
                )
            self._hub = running[0]
        return self._hub

    def send(self, data: Any = None) -> None:
        """Send a message to who listens now. Never blocks."""
        copied = dict(data) if isinstance(data, dict) else data
        self.hub.send(Message(self.topic, copied))

    def subscribe(self, handler: Callable[[Message], Any]) -> None:
        """Call ``handler(message)``, plain or ``async``, for each message, in order."""
        if not callable(handler):
            raise HandlerError(f"{handler!r} cannot handle messages: it is not callable")
        self.unsubscribe()
        name = f"handler of {self.topic}"
        self._key = self.hub.subscribe(self.topic, self.hub.deliver_in_order(handler, name))

    def unsubscribe(self) -> None:
        """Do not listen any more."""
        if self._key is not None:
            self.hub.unsubscribe(self._key)
            self._key = None


def subscribe_instance(
    hub: Hub, topic: str, call: Callable[[str, Callable[..., Any], tuple[Any, ...]], None],
    handler: Callable[[Message], Any],
) -> Callable[[], None]:  # fmt: skip
    """Let a view's handler hear a topic; returns what ends it."""
    if not callable(handler):
        raise HandlerError(f"{handler!r} cannot handle messages: it is not callable")

    def deliver(message: Message) -> None:
        call(f"handler of {message.topic}", handler, (message,))

    return partial(hub.unsubscribe, hub.subscribe(topic, deliver))
