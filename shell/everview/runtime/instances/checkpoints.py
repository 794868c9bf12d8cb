"""`Checkpoints`: the saved states of daemon views, for a resume after a crash or restart.

A checkpoint belongs to an owner and a URL, like its daemon view. Only the last one is stored, as
JSON. A step may run twice: the work after the last checkpoint is repeated.

Threads: must be used on the server thread. This module does not write to disk; see
``everview.state``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import msgspec

from everview.errors import ViewError

#: The largest checkpoint, in bytes of JSON.
MAX_CHECKPOINT = 64_000_000


@dataclass(frozen=True)
class Checkpoint:
    """A saved state.

    Attributes:
        user: The owner.
        url: The URL of the view.
        title: The title of the view.
        data: The state as JSON.
        saved: The time, in seconds since 1970; 0: not on a disk.
    """

    user: str
    url: str
    title: str
    data: bytes
    saved: float = 0.0

    def value(self) -> object:
        """The state."""
        return msgspec.json.decode(self.data)


class Checkpoints(Protocol):
    """Stores checkpoints."""

    async def save(self, checkpoint: Checkpoint) -> None:
        """Store a checkpoint in place of an earlier one. Returns when it is durable."""

    async def forget(self, user: str, url: str) -> None:
        """Delete the checkpoint of a view."""

    def find(self, user: str, url: str) -> Checkpoint | None:
        """The checkpoint of a view, or None."""

    def all(self) -> list[Checkpoint]:
        """All checkpoints, the oldest first."""
        ...


class MemoryCheckpoints:
    """Stores checkpoints in memory.

    The class is used in tests, and if there is no folder for checkpoints.
    """

    def __init__(self) -> None:
        self._checkpoints: dict[tuple[str, str], Checkpoint] = {}

    async def save(self, checkpoint: Checkpoint) -> None:
        self._checkpoints[checkpoint.user, checkpoint.url] = checkpoint

    async def forget(self, user: str, url: str) -> None:
        self._checkpoints.pop((user, url), None)

    def find(self, user: str, url: str) -> Checkpoint | None:
        return self._checkpoints.get((user, url))

    def all(self) -> list[Checkpoint]:
        return list(self._checkpoints.values())


def encode_checkpoint(data: object) -> bytes:
    """Encode ``data`` as JSON. Raises `ViewError` if decoding would not return an equal value."""
    try:
        encoded = msgspec.json.encode(data)
        same = msgspec.json.decode(encoded) == data
    except (TypeError, ValueError, RecursionError) as error:
        raise ViewError(f"checkpoint() needs a value that JSON can represent: {error}") from error
    if not same:
        raise ViewError(
            "checkpoint() needs a value that JSON can represent: strings, numbers, booleans, None, "
            "lists and dictionaries with strings as keys; "
            f"this {type(data).__name__} would change in JSON"
        )
    if len(encoded) > MAX_CHECKPOINT:
        size = f"{len(encoded):,} bytes"
        raise ViewError(f"this checkpoint has {size}; the limit is {MAX_CHECKPOINT:,}")
    return encoded
