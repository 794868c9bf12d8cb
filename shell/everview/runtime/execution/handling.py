"""`Handling`: one event that is being handled, and the life cycle of its handler."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable, Iterator

from everview.html import InputElement
from everview.runtime.execution.activity import Activity, Owner
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.execution.life_cycle import checked


class HandlerState(enum.Enum):
    """The states in the life cycle of a handler."""

    #: The handler waits for its first turn.
    QUEUED = enum.auto()
    #: The handler has the turn of its view. No frame is sent until the handler ends, so that all
    #: its changes arrive in one frame.
    RUNNING = enum.auto()
    #: The handler has had the turn for so long that frames no longer wait for its end.
    BUSY = enum.auto()
    #: The handler has released the turn while it waits, for example for a click.
    WAITING = enum.auto()
    #: The handler has returned, raised an exception or been stopped.
    ENDED = enum.auto()


_TRANSITIONS = {
    HandlerState.QUEUED: {HandlerState.RUNNING, HandlerState.ENDED},
    HandlerState.RUNNING: {HandlerState.BUSY, HandlerState.WAITING, HandlerState.ENDED},
    HandlerState.BUSY: {HandlerState.WAITING, HandlerState.ENDED},
    HandlerState.WAITING: {HandlerState.RUNNING, HandlerState.ENDED},
    HandlerState.ENDED: set(),
}


class Handling(Activity):
    """One event that is being handled, or a call that takes turns as a handler does.

    Attributes:
        event: The event; None for a call.
        state: The state in the life cycle of the handler.
        place: The handler's place in the queue for its first turn; None if the handler got the turn
            at once.
        path: The functions that are still to be called with the event.
        acknowledged: Whether the window has been sent the acknowledgement of the event.
        fields: The fields in which a person may be typing, with their values before the handler.
        waits: The number of calls of this handler that wait now; an ``async`` handler may have
            several.
        resuming: A lock that is held while one of these waits takes the turn again.
    """

    __slots__ = (
        "acknowledged",
        "event",
        "fields",
        "path",
        "place",
        "resuming",
        "state",
        "waits",
    )

    def __init__(self, name: str, owner: Owner, event: InputEvent | None) -> None:
        super().__init__(name, owner)
        self.event = event
        self.state = HandlerState.QUEUED
        self.place: asyncio.Future[None] | None = None
        self.path: Iterator[Callable[..., object]] = iter(())
        self.acknowledged = event is None
        self.fields: dict[InputElement, object] = {}
        self.waits = 0
        self.resuming = asyncio.Lock()

    @property
    def has_turn(self) -> bool:
        """Whether this handler has the turn of its instance."""
        return self.state is HandlerState.RUNNING or self.state is HandlerState.BUSY

    def enter(self, state: HandlerState) -> None:
        """Change the state. Raises RuntimeError for an illegal transition."""
        self.state = checked(self.state, state, _TRANSITIONS)
