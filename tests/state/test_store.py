"""The store: durable against kill -9, never a reason not to start, never a way to run code."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from everview.errors import StateError
from everview.state.store import CRASHES
from tests.support.stores import checkpoint, in_a_loop, opened, save

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "everview.db"


def test_what_is_saved_is_there_at_the_next_start(path: Path) -> None:
    store = opened(path)
    save(store, checkpoint("/a"), checkpoint("/b"), checkpoint("/a", b"[2]"))
    assert store.find("owner", "/a").value() == [2]  # type: ignore[union-attr]
    store.close()
    again = opened(path)
    assert [(c.url, c.value()) for c in again.all()] == [("/b", {"a": 1}), ("/a", [2])]
    assert again.find("other", "/a") is None

    async def forget() -> None:
        await again.forget("owner", "/a")
        await again.forget("owner", "/none")

    in_a_loop(forget)
    again.close()
    last = opened(path)
    assert [c.url for c in last.all()] == ["/b"]
    last.close()


def test_its_files_are_private(path: Path) -> None:
    before = os.umask(0)
    try:
        store = opened(path)
        save(store, checkpoint())
        files = list(path.parent.iterdir())
        assert len(files) == 3
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        store.close()
    finally:
        os.umask(before)


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"")
    path.symlink_to(target)
    with pytest.raises(StateError, match=r"everview\.db"):
        opened(path)
    assert target.read_bytes() == b""


def sound(path: Path) -> bytes:
    store = opened(path)
    save(store, *[checkpoint(f"/{number}", b'"' + b"x" * 500 + b'"') for number in range(20)])
    store.close()
    return path.read_bytes()


def spoil_with(statement: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        sound(path)
        database = sqlite3.connect(path)
        database.executescript(statement)
        database.commit()
        database.close()

    return spoil


def overwrite(path: Path, seed: int) -> None:
    content = bytearray(sound(path))
    chance = random.Random(seed)
    for _ in range(200):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)


SPOILED: dict[str, Callable[[Path], None]] = {
    "text": lambda path: path.write_bytes(b"this is no database" * 100),
    "cut": lambda path: path.write_bytes(sound(path)[:3000]),
    "zeros": lambda path: path.write_bytes(sound(path)[:100] + bytes(20_000)),
    "newer": spoil_with("pragma user_version=99"),
    "other columns": spoil_with("drop table checkpoints; create table checkpoints (x text)"),
    "no JSON": spoil_with("update checkpoints set data=x'80' where url='/3'"),
    "no URL": spoil_with("update checkpoints set url='https://evil.example/' where url='/3'"),
    "a pickle": spoil_with("update checkpoints set data=x'80049508000000' where url='/3'"),
    **{f"random {seed}": (lambda path, seed=seed: overwrite(path, seed)) for seed in range(12)},
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_database_that_cannot_be_read_is_set_aside_and_the_app_starts(
    path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    SPOILED[how](path)
    spoiled = path.read_bytes()
    store = opened(path)
    if store.set_aside is None:
        # Chance hit what does not matter: then all of it must be as it was saved.
        assert how.startswith("random")
        assert all(c.value() == "x" * 500 for c in store.all())
    else:
        # Nothing is lost by it (SQLite counts in the header that it was opened).
        assert store.set_aside.read_bytes()[100:] == spoiled[100:]
        assert str(store.set_aside) in caplog.text
        assert store.all() == []
    save(store, checkpoint("/new"))
    store.close()
    again = opened(path)
    assert again.find("owner", "/new") is not None
    again.close()


def test_what_was_set_aside_before_is_not_replaced(path: Path) -> None:
    for _ in range(3):
        path.write_bytes(b"no database" * 100)
        opened(path).close()
    assert len(list(path.parent.glob("*.damaged-*"))) == 3


def test_a_disk_that_takes_nothing_is_said_and_nothing_is_set_aside(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*arguments: Any, **keywords: Any) -> Any:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", full)
        store = opened(path)
    assert "disk is full" in caplog.text
    with pytest.raises(OSError, match="could not be opened"):
        save(store, checkpoint())
    assert store.set_aside is None
    store.close()


def test_a_write_that_fails_keeps_the_earlier_one(path: Path) -> None:
    store = opened(path)
    save(store, checkpoint("/", b"1"))
    database = store._database
    assert database is not None

    async def fail() -> None:
        await asyncio.wrap_future(store._do(database.execute, "pragma query_only=on"))
        with pytest.raises(OSError, match="cannot be written"):
            await store.save(checkpoint("/", b"2"))
        await asyncio.wrap_future(store._do(database.execute, "pragma query_only=off"))

    in_a_loop(fail)
    assert store.find("owner", "/").value() == 1  # type: ignore[union-attr]
    store.close()


def test_two_starts_that_did_not_end_are_safe_mode(path: Path) -> None:
    def start_and_crash() -> bool:
        store = opened(path)
        safe = store.is_safe_mode
        database = store._database
        assert database is not None
        store._do(database.close)  # and nothing is noted
        store._jobs.put(None)
        store._thread.join()
        return safe

    assert [start_and_crash() for _ in range(CRASHES + 1)] == [False] * CRASHES + [True]
    opened(path).close()
    store = opened(path)
    assert not store.is_safe_mode
    store.close()
