"""The database: writes are durable, and the app starts even if the file is damaged."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from everview.errors import StateError
from everview.state.database import CRASHES, Database
from tests.support.database import OpenDatabase, checkpoint, run_in_loop


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "everview.db"


def test_saved_checkpoints_are_found_at_the_next_start(path: Path) -> None:
    with OpenDatabase(path) as first:
        first.save(checkpoint("/a"), checkpoint("/b"), checkpoint("/a", b"[2]"))
        found = first.checkpoints.find("owner", "/a")
        assert found is not None
        assert found.value() == [2]
    with OpenDatabase(path) as second:
        saved = [(c.url, c.value()) for c in second.checkpoints.all()]
        assert saved == [("/b", {"a": 1}), ("/a", [2])]
        assert second.checkpoints.find("other", "/a") is None

        async def forget() -> None:
            await second.checkpoints.forget("owner", "/a")
            await second.checkpoints.forget("owner", "/none")

        run_in_loop(forget)
    with OpenDatabase(path) as last:
        assert [c.url for c in last.checkpoints.all()] == ["/b"]


def test_files_are_private_whatever_the_umask_is(path: Path) -> None:
    before = os.umask(0)
    try:
        with OpenDatabase(path) as opened:
            opened.save(checkpoint())
            files = list(path.parent.iterdir())
            assert len(files) == 3
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    finally:
        os.umask(before)


def test_symbolic_link_in_place_of_the_database_is_not_followed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"")
    path.symlink_to(target)
    with pytest.raises(StateError, match=r"everview\.db"):
        Database(path)
    assert target.read_bytes() == b""


def sound(path: Path) -> bytes:
    """Create a database with 20 checkpoints, and return its bytes."""
    with OpenDatabase(path) as opened:
        rows = [checkpoint(f"/{number}", b'"' + b"x" * 500 + b'"') for number in range(20)]
        opened.save(*rows)
    return path.read_bytes()


def spoil_with(statement: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        sound(path)
        connection = sqlite3.connect(path)
        connection.executescript(statement)
        connection.commit()
        connection.close()

    return spoil


def overwrite(path: Path, seed: int) -> None:
    content = bytearray(sound(path))
    chance = random.Random(seed)
    for _ in range(200):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)


SPOILED: dict[str, Callable[[Path], Any]] = {
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
def test_unreadable_database_is_renamed_and_the_app_starts(
    path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    SPOILED[how](path)
    spoiled = path.read_bytes()
    with OpenDatabase(path) as opened:
        aside = opened.database.set_aside
        if aside is None:
            # If the database was not renamed as damaged, the random bytes are in unused space, and
            # all rows are unchanged.
            assert how.startswith("random")
            assert all(c.value() == "x" * 500 for c in opened.checkpoints.all())
        else:
            # The renamed file has the same content, except for the header: SQLite changes it on
            # opening.
            assert aside.read_bytes()[100:] == spoiled[100:]
            assert str(aside) in caplog.text
            assert opened.checkpoints.all() == []
        opened.save(checkpoint("/new"))
    with OpenDatabase(path) as again:
        assert again.checkpoints.find("owner", "/new") is not None


def test_earlier_renamed_databases_are_not_replaced(path: Path) -> None:
    for _ in range(3):
        path.write_bytes(b"no database" * 100)
        Database(path).close()
    assert len(list(path.parent.glob("*.damaged-*"))) == 3


def test_full_disk_at_the_start_is_logged_and_nothing_is_renamed(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*arguments: Any, **keywords: Any) -> Any:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", full)
        opened = OpenDatabase(path)
    with opened:
        assert "disk is full" in caplog.text
        with pytest.raises(OSError, match="could not be opened"):
            opened.save(checkpoint())
        assert opened.database.set_aside is None


def test_failed_write_leaves_the_earlier_checkpoint(path: Path) -> None:
    with OpenDatabase(path) as opened:
        opened.save(checkpoint("/", b"1"))
        submit = opened.database.submit
        submit(lambda connection: connection.execute("pragma query_only=on")).result()
        with pytest.raises(OSError, match="cannot be written"):
            opened.save(checkpoint("/", b"2"))
        submit(lambda connection: connection.execute("pragma query_only=off")).result()
        found = opened.checkpoints.find("owner", "/")
        assert found is not None
        assert found.value() == 1


def test_repeated_starts_without_a_clean_exit_enable_safe_mode(path: Path) -> None:
    def start_and_crash() -> bool:
        database = Database(path)
        is_safe_mode = database.is_safe_mode
        database.abandon()
        return is_safe_mode

    assert [start_and_crash() for _ in range(CRASHES + 1)] == [False] * CRASHES + [True]
    Database(path).close()
    database = Database(path)
    assert not database.is_safe_mode
    database.close()


def test_notes_are_merged_and_a_failed_write_is_logged(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with OpenDatabase(path) as opened:
        for number in range(1000):
            opened.notes.put("windows", str(number).encode())
    with OpenDatabase(path) as again:
        assert again.notes.get("windows") == b"999"
        assert again.notes.get("unknown") is None
        drop = "drop table notes"
        again.database.submit(lambda connection: connection.execute(drop)).result()
        again.notes.put("windows", b"lost")
    assert "a note was not saved" in caplog.text
