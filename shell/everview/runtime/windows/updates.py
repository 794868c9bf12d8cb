"""Messages of the server to a page, and their encoding.

A link starts with a `Challenge` (unless the page has a ticket) and a `Welcome`. Every later message
is an `Update`. docs/protocol.md describes the protocol.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import msgspec

from everview.html.tree.document import Frame
from everview.runtime.windows.effects import AnyEffect

_encode = msgspec.json.Encoder().encode
_NO_FRAME = msgspec.Raw(b"")


class Challenge(msgspec.Struct, tag_field="t", tag="challenge"):
    """The server proves that it knows the window's key, and asks the page for the same proof."""

    nonce: str
    proof: str


class Welcome(msgspec.Struct, tag_field="t", tag="welcome", omit_defaults=True):
    """The link is accepted.

    Args:
        epoch: id of the server start.
        received: number of the window's last event that the server received.
        acknowledged: number of the window's last event that was handled.
        window, user, label, key: credentials of a new window, for its next links; else None.
    """

    epoch: str
    received: int
    acknowledged: int
    window: str | None = None
    user: str | None = None
    label: str | None = None
    key: str | None = None


class Update(msgspec.Struct, omit_defaults=True):
    """A message with a frame of the document, an acknowledgement and effects.

    Each part of the message is optional.

    Args:
        document: the id of the instance that the window shows.
        acknowledged: all events up to this number were handled, and this message shows what
            they changed.
        answered: ids of fields whose own handler set a different value than the page reported.
        effects: commands to perform once, in this order.
        effects_number: counts the messages of this window that have effects.
        frame: the frame as JSON.
    """

    document: str
    acknowledged: int = 0
    answered: list[int] = []
    effects: list[AnyEffect] = []
    effects_number: int = 0
    frame: msgspec.Raw = _NO_FRAME


class EncodedFrame:
    """A frame of a document as JSON, the same bytes for every window at its revision."""

    def __init__(self, document: str, frame: Frame) -> None:
        self._document = document
        self.json = msgspec.Raw(encode(frame))
        self.is_snapshot = "tree" in frame
        #: Whether the title or the progress changed.
        self.has_meta = "meta" in frame

    @cached_property
    def message(self) -> bytes:
        """The whole message for a window that gets only this frame."""
        return encode(Update(self._document, frame=self.json))


def encode(value: object) -> bytes:
    """Encode ``value`` as JSON.

    Lone surrogates, which JSON cannot have, become U+FFFD as in browsers. They come from file
    names that are not in the system's encoding. Encoding must not fail: a frame goes to all
    windows.
    """
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return _encode(well_formed(value))


def well_formed(value: Any) -> Any:
    """Replace lone surrogates in ``value`` by U+FFFD, as ``toWellFormed`` in JavaScript does."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {well_formed(key): well_formed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [well_formed(item) for item in value]
    if isinstance(value, msgspec.Struct):
        fields = {name: well_formed(getattr(value, name)) for name in value.__struct_fields__}
        return type(value)(**fields)
    return value
