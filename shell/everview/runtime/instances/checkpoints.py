"""`Checkpoints`: what durable views saved to be resumed from after a crash or restart.

A checkpoint belongs to an owner and a URL, as the daemon view does. What is saved is JSON, the last
one only. A step may run twice: what was done after the last checkpoint is done again.

Threads: the server thread. Not for: keeping them on a disk (``everview.state.store``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from everview.errors import ViewError

#: Largest checkpoint, in bytes of JSON.
LARGEST = 64_000_000


@dataclass(frozen=True)
class Checkpoint:
    """``data`` as JSON text; ``saved``: when, in seconds since 1970 (0: not on a disk)."""

    user: str
    url: str
    title: str
    data: bytes
    saved: float = 0.0

    def value(self) -> Any:
        """What was saved."""
        return msgspec.json.decode(self.data)


class Checkpoints(Protocol):
    """Keeps checkpoints."""

    async def save(self, checkpoint: Checkpoint) -> None:
        """Keep it, in place of an earlier one. Returns when it is durable."""

    async def forget(self, user: str, url: str) -> None:
        """It is not needed any more."""

    def find(self, user: str, url: str) -> Checkpoint | None:
        """The one of a view."""

    def all(self) -> list[Checkpoint]:
        """Every one, the oldest first."""
        ...


class MemoryCheckpoints:
    """Keeps them as long as the process: for tests, and where there is no place on a disk."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Checkpoint] = {}

    async def save(self, checkpoint: Checkpoint) -> None:
        self._kept[checkpoint.user, checkpoint.url] = checkpoint

    async def forget(self, user: str, url: str) -> None:
        self._kept.pop((user, url), None)

    def find(self, user: str, url: str) -> Checkpoint | None:
        return self._kept.get((user, url))

    def all(self) -> list[Checkpoint]:
        return list(self._kept.values())


def encode_checkpoint(data: Any) -> bytes:
    """``data`` as JSON. Raises `ViewError` for what would not come back as it is."""
    try:
        encoded = msgspec.json.encode(data)
        same = msgspec.json.decode(encoded) == data
    except (TypeError, ValueError, RecursionError) as error:
        raise ViewError(f"checkpoint() takes what JSON has: {error}") from error
    if not same:
        raise ViewError(
            "checkpoint() takes what JSON has: texts, numbers, booleans, None, lists and "
            f"dictionaries with texts as keys; {type(data).__name__} comes back as something else"
        )
    if len(encoded) > LARGEST:
        raise ViewError(f"this checkpoint has {len(encoded):,} bytes; {LARGEST:,} can be saved")
    return encoded
