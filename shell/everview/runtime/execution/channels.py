"""`Channel`: messages between views, by topic.

    self.subscribe("chat.*", self.on_message)        # in a view: ends with it
    Channel("chat.lobby").send({"text": "hello"})    # from any view and any thread

A topic is a string. ``*`` in the topic of a subscription or a message matches any part. Messages
reach all views of one app, also those of other owners. If the data of a message is a dictionary, it
is copied (not deeply). All other data is passed on without a copy.

Threads: `Channel.send`, `subscribe` and `unsubscribe` can be called from any thread. Messages are
delivered on the server thread.
Guarantees: each subscriber at the time of sending receives a message once. All subscribers receive
messages in the order in which they were sent. A handler of a view never runs at the same time as
another handler of that view.
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
    """A message of a channel: the topic with which it was sent, and its data."""

    topic: str
    data: Any


Deliver = Callable[[Message], None]


@lru_cache(maxsize=1000)
def _pattern(topic: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in topic.split("*")), re.DOTALL)


def topics_match(one: str, other: str) -> bool:
    """Whether a message with the topic ``one`` reaches a subscription to ``other``."""
    if "*" not in one and "*" not in other:
        return one == other
    if "*" in one and "*" in other:
        return _patterns_overlap(one, other)
    return bool(_pattern(one).fullmatch(other) or _pattern(other).fullmatch(one))


def _patterns_overlap(one: str, other: str) -> bool:
    """Whether a topic can match both patterns: their fixed starts and ends must agree."""
    head, other_head = one.partition("*")[0], other.partition("*")[0]
    tail, other_tail = one.rpartition("*")[2], other.rpartition("*")[2]
    return (head.startswith(other_head) or other_head.startswith(head)) and (
        tail.endswith(other_tail) or other_tail.endswith(tail)
    )


class Hub:
    """The channels of one running app."""

    def __init__(self, loop: asyncio.AbstractEventLoop, spawn: Spawn) -> None:
        self._loop = loop
        self._spawn = spawn
        self._lock = threading.Lock()
        self._subscriptions: dict[object, tuple[str, Deliver]] = {}
        _hubs.add(self)

    def subscribe(self, topic: str, deliver: Deliver) -> object:
        """Call ``deliver`` with each message, on the server thread.

        Returns:
            A key for `unsubscribe`.
        """
        key = object()
        with self._lock:
            self._subscriptions[key] = (topic, deliver)
        return key

    def unsubscribe(self, key: object) -> None:
        """End a subscription. Messages that were sent before still arrive."""
        with self._lock:
            self._subscriptions.pop(key, None)

    def send(self, message: Message) -> None:
        """Deliver a message to all current subscribers."""
        # The lock is held while the subscribers are selected and while the delivery is scheduled.
        # Otherwise two subscribers could receive two messages in different orders.
        with self._lock:
            subscribers = [
                deliver
                for topic, deliver in self._subscriptions.values()
                if topics_match(message.topic, topic)
            ]
            if subscribers:
                self._loop.call_soon_threadsafe(_deliver, subscribers, message)

    def close(self) -> None:
        """End all subscriptions, because the app ends."""
        with self._lock:
            self._subscriptions.clear()
        _hubs.discard(self)

    def deliver_in_order(self, handler: Callable[[Message], object], name: str) -> Deliver:
        """Return a function that passes messages in order to a handler that belongs to no view."""
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


def _deliver(subscribers: list[Deliver], message: Message) -> None:
    for deliver in subscribers:
        deliver(message)


def _hub_of_the_view() -> Hub | None:
    activity = current()
    return activity.owner.hub if activity is not None and activity.owner is not None else None


class Channel:
    """Sends messages with one topic, and receives the messages of this topic.

    Args:
        topic: The topic.
        handler: A function that is subscribed at once. In a view, use `View.subscribe` instead:
            that subscription ends with the view.

    Raises:
        ViewError: The topic is empty, or code outside views uses the channel while no app or
            more than one app runs.
    """

    def __init__(self, topic: str, handler: Callable[[Message], object] | None = None) -> None:
        if not topic:
            raise ViewError("a channel needs a topic")
        self.topic = topic
        self._hub: Hub | None = _hub_of_the_view()
        self._key: object = None
        if handler is not None:
            self.subscribe(handler)

    @property
    def hub(self) -> Hub:
        """The channels of the app that this channel belongs to."""
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

    def send(self, data: object = None) -> None:
        """Send a message to all current subscribers. Never blocks."""
        copied = dict(data) if isinstance(data, dict) else data
        self.hub.send(Message(self.topic, copied))

    def subscribe(self, handler: Callable[[Message], object]) -> None:
        """Call ``handler(message)``, plain or ``async``, for each message, in order."""
        if not callable(handler):
            raise HandlerError(f"{handler!r} cannot handle messages: it is not callable")
        self.unsubscribe()
        name = f"handler of {self.topic}"
        self._key = self.hub.subscribe(self.topic, self.hub.deliver_in_order(handler, name))

    def unsubscribe(self) -> None:
        """End all subscriptions of this channel."""
        if self._key is not None:
            self.hub.unsubscribe(self._key)
            self._key = None


def subscribe_instance(
    hub: Hub, topic: str, call: Callable[[str, Callable[..., object], tuple[object, ...]], None],
    handler: Callable[[Message], object],
) -> Callable[[], None]:  # fmt: skip
    """Subscribe a handler of a view; returns a function that ends the subscription."""
    if not callable(handler):
        raise HandlerError(f"{handler!r} cannot handle messages: it is not callable")

    def deliver(message: Message) -> None:
        call(f"handler of {message.topic}", handler, (message,))

    return partial(hub.unsubscribe, hub.subscribe(topic, deliver))
