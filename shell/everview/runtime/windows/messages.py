"""Messages of a page to the server, validated field by field before any code uses them.

docs/protocol.md describes the messages. msgspec rejects all other data; decoding takes about a
microsecond. Messages of the server are in ``updates.py``.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import Annotated, Literal

import msgspec

from everview.addresses import AppPath, OutsideURL
from everview.errors import LinkError
from everview.runtime.windows.updates import well_formed

#: Maximum size of a message in bytes. The value of a field (at most 1,000,000 characters) fits,
#: even if it needs many escapes.
MAX_MESSAGE = 8_000_000

Token = Annotated[str, msgspec.Meta(max_length=128)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
NodeId = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
FrameCount = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class Message(msgspec.Struct, tag_field="t", forbid_unknown_fields=True):
    """Base of all messages of a page."""


class Hello(Message, tag="hello"):
    """The first message of a link: a nonce, and a ticket or the id of an existing window.

    ``fresh`` is true if the page was just loaded. If the window already has a link, that link then
    belongs to another page.
    """

    nonce: Annotated[str, msgspec.Meta(min_length=16, max_length=128)]
    ticket: Token = ""
    window: Token = ""
    user: Token = ""
    label: Token = ""
    fresh: bool = False


class Proof(Message, tag="proof"):
    """The answer to a challenge.

    ``effects`` is the number of the last effects that the page received.
    """

    proof: Token
    effects: Number = 0


class Attach(Message, tag="attach"):
    """Show this URL. ``document`` and ``revision`` identify what the page has."""

    url: AppPath
    document: Token = ""
    revision: Number | None = None


class Event(Message, tag="event"):
    """An event at a node.

    ``frames`` means the same as in `Confirm`, so that no separate `Confirm` is needed.

    ``too_large`` is true if the page omitted the data, because the message would exceed
    `MAX_MESSAGE`.
    """

    number: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    document: Token
    node: NodeId
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    data: object = None
    frames: FrameCount = 0
    too_large: bool = False


class Confirm(Message, tag="confirm"):
    """The page applied ``frames`` more frames, and all effects up to the number ``effects``."""

    frames: FrameCount = 0
    effects: Number = 0


class Resync(Message, tag="resync"):
    """The page cannot apply the last frame and needs a snapshot."""


class Visible(Message, tag="visible"):
    """The window was shown or hidden."""

    on: bool


class WindowCommand(Message, tag="window"):
    """Open another window at ``url``, close this one, or show the folder of the log."""

    do: Literal["open", "close", "log"]
    url: AppPath = "/"


class Browse(Message, tag="browse"):
    """Open a page outside the app in the system's browser."""

    url: OutsideURL


class Prefer(Message, tag="prefer"):
    """Change the preferences of this window, for now and for the next time that it is opened."""

    zoom: Annotated[float, msgspec.Meta(ge=0.25, le=5)] | None = None
    theme: Literal["system", "light", "dark"] | None = None
    fullscreen: bool | None = None


class QuitRequest(Message, tag="quit"):
    """End the app. If the value is "ask" and a task runs, ask the user first."""

    how: Literal["ask", "background", "finish", "stop"]


class InfoRequest(Message, tag="info"):
    """Request the list of views, the description of the app, or the list of running tasks."""

    what: Literal["places", "about", "quit"]


class ClientError(Message, tag="error"):
    """A script error in the page, for the log."""

    text: Annotated[str, msgspec.Meta(max_length=4000)]


#: All messages that concern the app, not the shown view (``window_commands.py``).
ShellMessage = WindowCommand | Browse | Prefer | QuitRequest | InfoRequest
#: All messages that a page can send after its link is accepted.
WindowMessage = Attach | Event | Confirm | Resync | Visible | ClientError | ShellMessage
AnyMessage = Hello | Proof | WindowMessage

#: Matches the first keys of a message, as a page writes them.
_START = re.compile(rb'\{"t":"(?P<kind>[a-z]{1,20})"(,"number":(?P<number>[0-9]{1,16})[,}])?')
_decoder: msgspec.json.Decoder[AnyMessage] = msgspec.json.Decoder(AnyMessage)


def decode(data: str | bytes) -> AnyMessage:
    """Decode one message.

    Lone surrogates become U+FFFD: JavaScript strings can contain them, JSON in UTF-8 cannot.

    Raises:
        LinkError: ``data`` is not a valid message.
    """
    if len(data) > MAX_MESSAGE:
        raise LinkError("the message is too large")
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = error
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if b"\\ud" in raw.lower():
        with contextlib.suppress(ValueError, RecursionError, msgspec.MsgspecError):
            message: AnyMessage = msgspec.convert(well_formed(json.loads(raw)), AnyMessage)
            return message
    raise LinkError(f"the message is not valid: {reason}")


class RefusedMessage(msgspec.Struct, frozen=True):
    """A page sent a message that is not valid. The message is dropped, and the link stays open.

    Args:
        kind: the tag of the message; "" if it cannot be read.
        number: the number of the event; 0 if the message is no event or the number cannot be read.
        reason: why the message is not valid, for the log.
    """

    kind: str
    number: int
    reason: str


def refused(data: bytes, reason: str) -> RefusedMessage:
    """Read the tag and the number of a message that `decode` refused.

    A page writes the tag and the number as the first keys of a message.
    """
    found = _START.match(data)
    if found is None:
        return RefusedMessage("", 0, reason)
    number = int(found["number"] or 0)
    return RefusedMessage(found["kind"].decode(), number if number <= 2**53 else 0, reason)
