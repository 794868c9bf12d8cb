"""Fuzz the messages of a page (`everview.runtime.windows.messages`)."""

from __future__ import annotations

import msgspec

from everview.errors import LinkError
from everview.runtime.windows.messages import Attach, Event, decode
from everview.runtime.windows.updates import encode


def one(data: bytes) -> None:
    try:
        message = decode(data)
    except LinkError:
        return
    # Encoding and decoding do not change an accepted message.
    assert decode(msgspec.json.encode(message)) == message
    if isinstance(message, Event):
        assert message.number >= 1
        assert message.node >= 1
        assert 1 <= len(message.name) <= 64
        encode(message.data)
    elif isinstance(message, Attach):
        assert message.url.startswith("/")
        assert not message.url.startswith(("//", "/\\"))
        assert not set(message.url) & set(" \t\r\n#")
