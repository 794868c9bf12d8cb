"""The file of the store, damaged: a few bytes of a good one are others, or it is garbage."""

from __future__ import annotations

import tempfile
from pathlib import Path

from everview.errors import EverviewError
from everview.runtime.instances.checkpoints import Checkpoint
from everview.state.store import Store

_made = tempfile.TemporaryDirectory(prefix="everview-fuzz-")
folder = Path(_made.name)


def good() -> bytes:
    path = folder / "good.db"
    store = Store(path)
    store.open()
    for number in range(5):
        store._do(store._save, Checkpoint("owner", f"/{number}", "T", b'{"a":1}')).result()
    store.close()
    return path.read_bytes()


GOOD = good()


def one(data: bytes) -> None:
    for old in folder.glob("one.db*"):
        old.unlink()
    path = folder / "one.db"
    path.touch(mode=0o600)
    path.write_bytes(damaged(data))
    store = Store(path)
    try:
        store.open()
        for checkpoint in store.all():
            checkpoint.value()
        assert store.crashes >= 0
    except EverviewError:
        pass
    finally:
        store.close()


def damaged(data: bytes) -> bytes:
    """``data``: places (2 bytes) and what is there instead (1 byte); after 0xFF: as it is."""
    if data[:1] == b"\xff":
        return data[1:]
    spoiled = bytearray(GOOD)
    for at in range(0, len(data) - 2, 3):
        spoiled[int.from_bytes(data[at : at + 2], "big") % len(spoiled)] = data[at + 2]
    return bytes(spoiled)
