"""Fuzz the database: some bytes of a valid file are replaced, or the whole file is random."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from everview.errors import EverviewError
from everview.runtime.instances.checkpoints import Checkpoint
from tests.support.database import OpenDatabase

_made = tempfile.TemporaryDirectory(prefix="everview-fuzz-")
folder = Path(_made.name)


def valid_database() -> bytes:
    path = folder / "valid_database.db"
    with OpenDatabase(path) as opened:
        opened.save(*[Checkpoint("owner", f"/{number}", "T", b'{"a":1}') for number in range(5)])
    return path.read_bytes()


VALID = valid_database()


def one(data: bytes) -> None:
    for old in folder.glob("one.db*"):
        old.unlink()
    path = folder / "one.db"
    path.touch(mode=0o600)
    path.write_bytes(damaged(data))
    with contextlib.suppress(EverviewError), OpenDatabase(path) as opened:
        for checkpoint in opened.checkpoints.all():
            checkpoint.value()
        assert opened.database.contents.crashes >= 0


def damaged(data: bytes) -> bytes:
    """Replace bytes of a valid database.

    The argument ``data`` is either a list of positions (2 bytes) with the new byte, or the byte
    0xFF and then the whole file.
    """
    if data[:1] == b"\xff":
        return data[1:]
    content = bytearray(VALID)
    for at in range(0, len(data) - 2, 3):
        content[int.from_bytes(data[at : at + 2], "big") % len(content)] = data[at + 2]
    return bytes(content)
