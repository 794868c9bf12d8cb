"""What a window may say on its link, checked field by field before anything sees it.

docs/protocol.md says what the messages mean. msgspec refuses what does not fit, at about a
microsecond a message.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from everview.errors import LinkError
from everview.html.tree.safety import OUTSIDE

#: Longest message of a window, in bytes: a full field (1,000,000 characters) escaped, and more.
MAX_MESSAGE = 8_000_000

Token = Annotated[str, msgspec.Meta(max_length=128)]
Url = Annotated[str, msgspec.Meta(max_length=4096, pattern=r"^/(?![/\\])[^\s#]*\Z")]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
#: What the system's browser may be given.
Outside = Annotated[str, msgspec.Meta(max_length=4096, pattern=OUTSIDE)]
NodeId = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class Message(msgspec.Struct, tag_field="t", forbid_unknown_fields=True):
    """Base of all messages."""


class Hello(Message, tag="hello"):
    """First on every link: a nonce, and a ticket or the window this was.

    ``fresh``: the page was just loaded, so another link of this window is another page.
    """

    nonce: Annotated[str, msgspec.Meta(min_length=16, max_length=128)]
    ticket: Token = ""
    window: Token = ""
    user: Token = ""
    label: Token = ""
    fresh: bool = False


class Proof(Message, tag="proof"):
    """The answer to a challenge; ``told``: the number of the last effects that the page got."""

    proof: Token
    told: Number = 0


class Attach(Message, tag="attach"):
    """Show this URL; ``document`` and ``revision`` say what the page has, ``number`` counts."""

    url: Url
    document: Token = ""
    revision: Number | None = None


class Event(Message, tag="event"):
    """A person did something to a node; ``seen`` is as in `Seen`, which it spares."""

    number: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    document: Token
    node: NodeId
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    data: Any = None
    seen: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


class Seen(Message, tag="seen"):
    """So many more frames were applied, and all effects up to the number ``told`` done."""

    frames: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    told: Number = 0


class Resync(Message, tag="resync"):
    """The page cannot apply the last frame: send a snapshot."""


class Visible(Message, tag="visible"):
    """The window was shown or hidden."""

    on: bool


class WindowCommand(Message, tag="window"):
    """Open one more window at ``url``, close this one, or show where the log is."""

    do: Literal["open", "close", "log"]
    url: Url = "/"


class Browse(Message, tag="browse"):
    """Open a page of the world outside in the system's browser."""

    url: Outside


class Prefer(Message, tag="prefer"):
    """How this window is to be shown, from now on and when it is opened again."""

    zoom: Annotated[float, msgspec.Meta(ge=0.25, le=5)] | None = None
    theme: Literal["system", "light", "dark"] | None = None
    fullscreen: bool | None = None


class Quit(Message, tag="quit"):
    """End the app. "ask": if nothing is at work, else say what is."""

    how: Literal["ask", "background", "finish", "stop"]


class Ask(Message, tag="ask"):
    """Tell this window what there is to go to, what this app is, or what is at work."""

    what: Literal["places", "about", "quit"]


class ClientError(Message, tag="error"):
    """A script error in the page, for the log."""

    text: Annotated[str, msgspec.Meta(max_length=4000)]


#: What a window asks of the shell around its view (``window_commands.py``).
ShellMessage = WindowCommand | Browse | Prefer | Quit | Ask
AnyMessage = Hello | Proof | Attach | Event | Seen | Resync | Visible | ClientError | ShellMessage

_decoder = msgspec.json.Decoder(AnyMessage)
_encode = msgspec.json.Encoder().encode


def encode(value: Any) -> bytes:
    """``value`` as JSON. Texts that are none (lone surrogates) become what browsers make of them.

    Such texts come from file names that are not in the system's encoding. A frame with one must
    not fail: it is every window's.
    """
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return _encode(well_formed(value))


def well_formed(value: Any) -> Any:
    """``value`` with U+FFFD for each lone surrogate (``String.prototype.toWellFormed``)."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {well_formed(key): well_formed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [well_formed(item) for item in value]
    return value


def decode(data: str | bytes) -> AnyMessage:
    """One message. Raises `LinkError` for anything else."""
    if len(data) > MAX_MESSAGE:
        raise LinkError("the message is too large")
    message: AnyMessage
    try:
        message = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LinkError(f"the message is not understood: {error}") from None
    return message
