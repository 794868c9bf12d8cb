"""Fuzz rows of the database that another program wrote, with any type in any column."""

from __future__ import annotations

from typing import Any

import msgspec

from everview.state.schema import checkpoint_of_row


def one(data: bytes) -> None:
    parts = data.split(b"\0", 4)
    row: list[Any] = [value(part) for part in parts + [b"n"] * (5 - len(parts))]
    try:
        found = checkpoint_of_row(tuple(row))
    except (ValueError, msgspec.DecodeError):
        return
    assert found.url.startswith("/")
    assert not found.url.startswith(("//", "/\\"))
    found.value()


def value(part: bytes) -> Any:
    """A value of one of SQLite's types. The first byte selects the type."""
    kind, rest = part[:1], part[1:]
    if kind == b"n":
        return None
    if kind == b"i":
        return int.from_bytes(rest[:8], "big", signed=True)
    if kind == b"f":
        try:
            return float(rest[:30])
        except ValueError:
            return float(len(rest))
    if kind == b"t":
        return rest.decode("utf-8", "replace")
    return rest
