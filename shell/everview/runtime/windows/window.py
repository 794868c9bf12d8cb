"""`Window`: one place that shows an instance, with the state of its link protocol.

A window stores the revision of the document that its page has. Each frame contains the changes
since that revision, so frames are never queued.
The window survives its link: a page that reconnects gets the same `Window` with the numbers of its
handled events. Unconfirmed effects are sent again.

Flow control is by credit: a page confirms the frames that it applied, and gets no further frame
while `FRAMES_IN_FLIGHT` are unconfirmed. A stalled window therefore costs at most that many frames.
Frames that no event caused are sent only while fewer than `TICKS_IN_FLIGHT` frames are unconfirmed.
A page that is slower than the ticks is therefore never more than `TICKS_IN_FLIGHT` frames behind.

Threads: must be used on the server thread only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from everview.runtime.windows.connection import Connection
from everview.runtime.windows.effects import (
    STATE_EFFECTS,
    VIEW_EFFECTS,
    AnyEffect,
    Load,
    Notice,
    Redirect,
)
from everview.runtime.windows.updates import EncodedFrame, Update, encode

#: The maximum number of unconfirmed frames: the first for frames after an event, the second for
#: frames of a tick. A confirmation costs as much as sending three frames, so the page does not
#: confirm each one. It confirms after 24 to 32 frames, or 0.1 s after the eighth.
FRAMES_IN_FLIGHT = 64
TICKS_IN_FLIGHT = 16
#: If more than this number of bytes is unconfirmed, no further frame is sent.
BYTES_IN_FLIGHT = 1_000_000
#: Maximum number of unsent effects of a window without credit. The oldest notices are dropped
#: first.
MAX_EFFECTS = 100
#: A redirect counts as consecutive if it comes within this number of seconds after the last attach.
REDIRECT_TIME = 2.0


@dataclass(frozen=True)
class Preferences:
    """How the window is shown: ``zoom`` is a factor, ``theme`` is "system", "light" or "dark"."""

    zoom: float = 1.0
    theme: str = "system"
    fullscreen: bool = False


class Transport(Protocol):
    """The sending end of a link."""

    def send(self, data: bytes) -> None:
        """Send one message. Must not block and must not raise for a closed link."""

    def close(self, code: int, reason: str) -> None:
        """Close the link."""


class Window:
    """One window of one user. ``label``: the desktop's name for it; "" for a browser tab."""

    def __init__(self, window_id: str, user: str, label: str = "") -> None:
        self.id = window_id
        self.user = user
        self.label = label
        self.url = "/"
        self.title = ""
        self.preferences = Preferences()
        #: Paths of files that were dropped on the native window. They do not come from the page,
        #: which sends the drop event without paths.
        self.dropped: list[str] = []
        self.connection: Connection | None = None
        self.transport: Transport | None = None
        self.visible = True
        #: The revision that the page has; None: the next frame is a snapshot.
        self.cursor: int | None = None
        #: The time of the last frame, by the loop's clock.
        self.last_frame = float("-inf")
        #: A function that adds an effect from any thread and sends it soon. The runtime sets this
        #: function.
        self.post: Callable[[AnyEffect], None] = self.add_effect
        #: The number of the last event that arrived, and the number of the last event that was
        #: handled.
        self.last_event_received = 0
        self.last_event_handled = 0
        #: Effects that were not sent yet.
        self.unsent_effects: list[AnyEffect] = []
        #: Ids of fields whose own handler set a different value than the page reported.
        self.answered_fields: list[int] = []
        #: The number of consecutive redirects, whether a redirect was sent since the last attach,
        #: and the time of this attach.
        self._redirects = 0
        self._redirected = False
        #: Whether the page was sent to an HTTP address, which may redirect it to another view.
        self._loads = False
        self._attached_at = float("-inf")
        #: Asks middlewares whether the window may show a running view.
        self.arriving: asyncio.Task[None] | None = None
        #: Sizes of the frames that the page did not confirm yet, and their sum.
        self._unconfirmed_frames: deque[int] = deque()
        self._unconfirmed_bytes = 0
        #: The number of the last event that was acknowledged on this link.
        self._last_event_acknowledged = 0
        #: Effects that the page did not confirm, with the number of their message.
        self._unconfirmed_effects: list[tuple[int, list[AnyEffect]]] = []
        #: The number of messages with effects so far.
        self._effects_number = 0

    # the link ----------------------------------------------------------------------------------

    def connect(self, transport: Transport, effects_received: int | None = None) -> None:
        """Replace the link of this window by a new link.

        Unconfirmed frames are dropped, because the next frame includes their changes. No later
        frame includes effects, so unconfirmed effects are sent again.

        Args:
            transport: the new link.
            effects_received: number of the last effects that the page got. None: the page was
                just loaded, and effects that the previous page got are not repeated.
        """
        self.transport = transport
        # If the page was loaded again after a `Load` effect, the HTTP response was a redirect: a
        # file to save does not load the page again.
        self._redirected |= self._loads and effects_received is None
        # If the server has dropped the window, the page may report a higher number than the server.
        self._effects_number = max(self._effects_number, effects_received or 0)
        self.confirm_effects(
            self._effects_number if effects_received is None else effects_received
        )
        self.unsent_effects[:0] = [
            effect for _, effects in self._unconfirmed_effects for effect in effects
        ]
        self._unconfirmed_effects.clear()
        self.visible = True
        self._unconfirmed_frames.clear()
        self._unconfirmed_bytes = 0
        self.cursor = None
        self._last_event_acknowledged = 0

    def has_credit(self, in_flight: int = FRAMES_IN_FLIGHT) -> bool:
        """Whether a frame may be sent now: fewer than ``in_flight`` are unconfirmed."""
        return (
            self.transport is not None
            and len(self._unconfirmed_frames) < in_flight
            and self._unconfirmed_bytes <= BYTES_IN_FLIGHT
        )

    def confirm_frames(self, count: int) -> None:
        """The page applied ``count`` more frames."""
        for _ in range(min(count, len(self._unconfirmed_frames))):
            self._unconfirmed_bytes -= self._unconfirmed_frames.popleft()

    def confirm_effects(self, number: int) -> None:
        """The page performed all effects up to this number."""
        while self._unconfirmed_effects and self._unconfirmed_effects[0][0] <= number:
            del self._unconfirmed_effects[0]

    # the view ----------------------------------------------------------------------------------

    def show(self, cursor: int | None) -> None:
        """Start showing a document. ``cursor``: the revision that the page has, None for none."""
        self.cursor = cursor
        self.last_frame = float("-inf")

    def count_redirects(self, now: float) -> int:
        """Note that the page attaches to a URL. ``now`` is the loop's time.

        Returns:
            The number of consecutive redirects before this attach.
        """
        in_a_row = self._redirected and now - self._attached_at < REDIRECT_TIME
        self._redirects = self._redirects + 1 if in_a_row else 0
        self._redirected = self._loads = False
        self._attached_at = now
        return self._redirects

    def leave(self) -> None:
        """Stop showing the document, and drop the effects that concern it."""
        self.answered_fields = []
        for effects in (
            self.unsent_effects,
            *(effects for _, effects in self._unconfirmed_effects),
        ):
            effects[:] = [effect for effect in effects if not isinstance(effect, VIEW_EFFECTS)]

    def handled_event(self, number: int) -> None:
        """All events up to ``number`` were handled; the next message acknowledges them."""
        self.last_event_handled = max(self.last_event_handled, number)

    @property
    def has_pending(self) -> bool:
        """Whether an acknowledgement, an effect or an answer to a field is still to be sent."""
        return (
            self._last_event_acknowledged < self.last_event_handled
            or bool(self.unsent_effects)
            or bool(self.answered_fields)
        )

    def add_effect(self, effect: AnyEffect) -> None:
        """Store an effect until it can be sent. Above `MAX_EFFECTS`, drop the oldest notice."""
        if isinstance(effect, STATE_EFFECTS):
            self.unsent_effects = [e for e in self.unsent_effects if type(e) is not type(effect)]
        self._redirected |= isinstance(effect, Redirect)
        self._loads |= isinstance(effect, Load)
        self.unsent_effects.append(effect)
        while len(self.unsent_effects) > MAX_EFFECTS:
            notices = (i for i, e in enumerate(self.unsent_effects) if isinstance(e, Notice))
            del self.unsent_effects[next(notices, 0)]

    def send(self, frame: EncodedFrame | None, document: str, now: float) -> None:
        """Send a frame, the acknowledgement and all effects as one message.

        Args:
            frame: the frame; None if the page has the newest revision.
            document: id of the instance that is shown.
            now: the loop's time.
        """
        transport = self.transport
        if transport is None:
            return
        if frame is None or self.has_pending:
            message = encode(self._update(frame, document))
        else:
            message = frame.message
        if frame is not None:
            size = len(message)
            self._unconfirmed_frames.append(size)
            self._unconfirmed_bytes += size
            self.last_frame = now
        transport.send(message)

    def _update(self, frame: EncodedFrame | None, document: str) -> Update:
        """The message for this window, with the frame."""
        update = Update(document)
        if self._last_event_acknowledged < self.last_event_handled:
            update.acknowledged = self._last_event_acknowledged = self.last_event_handled
        if self.unsent_effects:
            self._effects_number += 1
            self._unconfirmed_effects.append((self._effects_number, self.unsent_effects))
            del self._unconfirmed_effects[:-MAX_EFFECTS]
            update.effects, update.effects_number = self.unsent_effects, self._effects_number
            self.unsent_effects = []
        if frame is not None:
            update.frame = frame.json
        # The ids of answered fields are sent even if there is no frame to send: a frame that was
        # sent while the handler was running may already have contained their values.
        update.answered, self.answered_fields = self.answered_fields, []
        return update
