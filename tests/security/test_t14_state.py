"""T14: a database that somebody else wrote, or chance: the app starts, and runs none of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from everview.runtime.instances.checkpoints import Checkpoint
from everview.state.store import Store
from tests.support.stores import opened, save

pytestmark = pytest.mark.security

PICKLE = b"cposix\nsystem\n(S'touch pwned'\ntR."


def with_row(path: Path, url: object, data: object) -> Store:
    """A store whose database has a row that we would not have written."""
    store = opened(path)
    save(store, Checkpoint("owner", "/", "T", b"1"))
    store.close()
    database = sqlite3.connect(path)
    database.execute("pragma ignore_check_constraints=on")
    database.execute("insert into checkpoints values ('owner', ?, 'T', ?, 1.0)", (url, data))
    database.commit()
    database.close()
    return opened(path)


def test_what_is_no_json_is_not_taken(tmp_path: Path) -> None:
    store = with_row(tmp_path / "everview.db", "/x", PICKLE)
    try:
        assert store.all() == []
        assert store.set_aside is not None
    finally:
        store.close()
    assert not (tmp_path / "pwned").exists()


def test_a_url_that_is_no_path_is_not_taken(tmp_path: Path) -> None:
    store = with_row(tmp_path / "everview.db", "https://evil.example/", b"1")
    try:
        assert store.all() == []
    finally:
        store.close()


def test_what_is_no_database_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "everview.db"
    path.write_bytes(b"garbage" * 1000)
    store = opened(path)
    try:
        assert store.set_aside is not None
        assert store.set_aside.read_bytes() == b"garbage" * 1000
    finally:
        store.close()


def test_a_newer_apps_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "everview.db"
    store = opened(path)
    store.close()
    database = sqlite3.connect(path)
    database.execute("pragma user_version=7")
    database.close()
    again = opened(path)
    again.close()
    assert again.set_aside is not None
    kept = sqlite3.connect(again.set_aside)
    assert kept.execute("pragma user_version").fetchone() == (7,)
    kept.close()
