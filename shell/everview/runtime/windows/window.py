"""`Window`: one place that shows an instance, and what it has seen of it.

A window is a cursor into a document: the revision it has. Everything it is sent is "what changed
since", so nothing is ever queued for it. It survives its link: a page that reconnects comes back
to the same `Window`, with the numbers of the events that were handled, and is told again what was
on its way when the link broke.

Flow control is by credit: a page confirms the frames it applied, and gets no further frame while
`FRAMES_IN_FLIGHT` are unconfirmed. A stalled window therefore costs at most that many frames. What
nobody asked for just now stops at `TICKS_IN_FLIGHT`: a page that is slower than its frames is no
more than those behind.

Threads: the server thread only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from everview.runtime.windows.connection import Connection

#: Unconfirmed frames a window may have, and may have to get one of a tick. The page confirms every
#: 24th to 32nd, and 0.1 s after the eighth: to hear of one costs as much as to send three.
FRAMES_IN_FLIGHT = 64
TICKS_IN_FLIGHT = 16
#: Unconfirmed bytes above which no further frame is sent.
BYTES_IN_FLIGHT = 1_000_000
#: Effects that wait for a window without credit; the oldest notices go first.
EFFECTS_KEPT = 100
#: Effects that say how things are: the newest says it all. Every link begins with one.
OF_STATE = frozenset({"window"})
#: Effects that mean something in the view that is shown only.
OF_A_VIEW = frozenset({"focus", "hidden", "reply"})

Effect = dict[str, Any]


@dataclass(frozen=True)
class Preferences:
    """How a person wants a window: ``zoom`` as a factor, ``theme`` "system", "light" or "dark"."""

    zoom: float = 1.0
    theme: str = "system"
    fullscreen: bool = False


class Transport(Protocol):
    """The sending end of a link."""

    def send(self, data: bytes) -> None:
        """Send one message. Must not block and must not raise for a closed link."""

    def close(self, code: int, reason: str) -> None:
        """Close the link."""


class EncodedFrame:
    """A frame of a document as bytes, the same for every window at its revision.

    ``message`` is the whole message of a window that is told nothing else; ``end`` ends the others.
    ``is_whole``: it is a snapshot; ``has_meta``: it says a title or the like.
    """

    __slots__ = ("_document", "_encode", "_message", "end", "has_meta", "is_whole")

    def __init__(
        self, document: str, frame: dict[str, Any], encode: Callable[[Any], bytes]
    ) -> None:
        self._document = document
        self._encode = encode
        self._message: bytes | None = None
        self.is_whole = "tree" in frame
        self.has_meta = "meta" in frame
        self.end = b',"frame":' + encode(frame) + b"}"

    @property
    def message(self) -> bytes:
        if self._message is None:
            self._message = self._encode({"document": self._document})[:-1] + self.end
        return self._message


class Window:
    """One window of one user. ``label`` is what the desktop calls it, "" for a browser tab."""

    def __init__(self, window_id: str, user: str, label: str = "") -> None:
        self.id = window_id
        self.user = user
        self.label = label
        self.url = "/"
        self.title = ""
        self.preferences = Preferences()
        #: Paths that the desktop said were dropped, for the page's own word of it.
        self.dropped: list[str] = []
        self.transport: Transport | None = None
        self.visible = True
        self.cursor: int | None = None
        self.last_frame = float("-inf")
        #: `add_effect` from any thread, and send it soon; the runtime sets it.
        self.post: Callable[[Effect], None] = self.add_effect
        self.received = 0
        self.acknowledged = 0
        self.effects: list[Effect] = []
        self.answered: list[int] = []
        self.connection: Connection | None = None
        #: Middlewares are asked whether it may show a view that runs already.
        self.arriving: asyncio.Task[None] | None = None
        self._in_flight: deque[int] = deque()
        self._bytes_in_flight = 0
        self._said = 0
        #: Effects that were sent, by message and its number: they go again if the link breaks.
        self._told: list[tuple[int, list[Effect]]] = []
        self._number = 0

    def ready(self, in_flight: int = FRAMES_IN_FLIGHT) -> bool:
        """Whether a frame may be sent now: fewer than ``in_flight`` are unconfirmed."""
        return (
            self.transport is not None
            and len(self._in_flight) < in_flight
            and self._bytes_in_flight <= BYTES_IN_FLIGHT
        )

    def connect(self, transport: Transport, told: int | None = None) -> None:
        """Take a new link. Of what the old one had in flight, frames are forgotten.

        Effects are not part of any state that a later frame would mend: those after the number
        ``told``, the last that the page got, go again. None: the page was just loaded. What the one
        before was told, to load another for instance, is not told it.
        """
        self.transport = transport
        # A page may have been away so long that its window was forgotten: it counts on.
        self._number = max(self._number, told or 0)
        self.was_told(self._number if told is None else told)
        self.effects[:0] = [effect for _, effects in self._told for effect in effects]
        self._told.clear()
        self.visible = True
        self._in_flight.clear()
        self._bytes_in_flight = 0
        self.cursor = None
        self._said = 0

    def show(self, cursor: int | None) -> None:
        """Start showing a document, of which the page has revision ``cursor`` (None: nothing)."""
        self.cursor = cursor
        self.last_frame = float("-inf")
        self.answered = []

    def confirm(self, frames: int) -> None:
        """The page applied this many frames."""
        for _ in range(min(frames, len(self._in_flight))):
            self._bytes_in_flight -= self._in_flight.popleft()

    def was_told(self, number: int) -> None:
        """The page did all effects up to this number."""
        while self._told and self._told[0][0] <= number:
            del self._told[0]

    def leave(self) -> None:
        """The view that was shown is no longer: what was to be done there only is not done."""
        for effects in (self.effects, *(effects for _, effects in self._told)):
            effects[:] = [effect for effect in effects if OF_A_VIEW.isdisjoint(effect)]

    @property
    def has_news(self) -> bool:
        """Whether an acknowledgement or an effect waits to be sent."""
        return self._said < self.acknowledged or bool(self.effects)

    def add_effect(self, effect: Effect) -> None:
        """Keep an effect until it can be sent; of too many, the oldest notices go."""
        if not OF_STATE.isdisjoint(effect):
            self.effects = [kept for kept in self.effects if kept.keys() != effect.keys()]
        self.effects.append(effect)
        while len(self.effects) > EFFECTS_KEPT:
            notices = (i for i, kept in enumerate(self.effects) if "notice" in kept)
            del self.effects[next(notices, 0)]

    def send(
        self, frame: EncodedFrame | None, document: str, now: float, encode: Callable[[Any], bytes]
    ) -> None:
        """Send a frame, what was acknowledged and the effects, as one message."""
        transport = self.transport
        if transport is None:
            return
        if frame is None or self.effects or self.answered or self._said < self.acknowledged:
            message = self._message(frame, document, encode)
        else:
            message = frame.message
        if frame is not None:
            size = len(message)
            self._in_flight.append(size)
            self._bytes_in_flight += size
            self.last_frame = now
        transport.send(message)

    def _message(
        self, frame: EncodedFrame | None, document: str, encode: Callable[[Any], bytes]
    ) -> bytes:
        """What this window alone is told, around the frame's bytes."""
        head: dict[str, Any] = {"document": document}
        if self._said < self.acknowledged:
            head["ack"] = self._said = self.acknowledged
        if self.effects:
            self._number += 1
            self._told.append((self._number, self.effects))
            del self._told[:-EFFECTS_KEPT]
            head["effects"], head["told"] = self.effects, self._number
            self.effects = []
        if frame is None:
            return encode(head)
        if self.answered:
            head["answered"] = self.answered
            self.answered = []
        return encode(head)[:-1] + frame.end
