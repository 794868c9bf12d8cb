"""Names of input events for views: ``events=[CLICK, CHANGE(300)]``."""

from __future__ import annotations


class EventType(str):
    """The name of an event. Calling it adds a delay in milliseconds: ``CHANGE(300)``."""

    __slots__ = ()

    def __call__(self, delay: int) -> EventType:
        return EventType(f"{self.partition(':')[0]}:{int(delay)}")


CLICK = EventType("click")
CHANGE = EventType("change")
FOCUS = EventType("focus")
BLUR = EventType("blur")
KEYDOWN = EventType("keydown")
KEYUP = EventType("keyup")
DROP = EventType("drop")
SUBMIT = EventType("submit")
