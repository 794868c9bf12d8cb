"""T14: another program has written or damaged the database. The app starts and runs no code from
the database.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from everview.runtime.instances.checkpoints import Checkpoint
from tests.support.database import OpenDatabase

pytestmark = pytest.mark.security

PICKLE = b"cposix\nsystem\n(S'touch pwned'\ntR."


def with_row(path: Path, url: object, data: object) -> OpenDatabase:
    """Open a database that contains a row which the app never writes."""
    with OpenDatabase(path) as opened:
        opened.save(Checkpoint("owner", "/", "T", b"1"))
    connection = sqlite3.connect(path)
    connection.execute("pragma ignore_check_constraints=on")
    connection.execute("insert into checkpoints values ('owner', ?, 'T', ?, 1.0)", (url, data))
    connection.commit()
    connection.close()
    return OpenDatabase(path)


def test_data_that_is_not_json_is_refused(tmp_path: Path) -> None:
    with with_row(tmp_path / "everview.db", "/x", PICKLE) as opened:
        assert opened.checkpoints.all() == []
        assert opened.database.set_aside is not None
    assert not (tmp_path / "pwned").exists()


def test_url_that_is_not_a_path_is_refused(tmp_path: Path) -> None:
    with with_row(tmp_path / "everview.db", "https://evil.example/", b"1") as opened:
        assert opened.checkpoints.all() == []


def test_file_that_is_not_a_database_is_renamed(tmp_path: Path) -> None:
    path = tmp_path / "everview.db"
    path.write_bytes(b"garbage" * 1000)
    with OpenDatabase(path) as opened:
        assert opened.database.set_aside is not None
        assert opened.database.set_aside.read_bytes() == b"garbage" * 1000


def test_database_of_a_newer_version_is_renamed_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "everview.db"
    OpenDatabase(path).close()
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version=7")
    connection.close()
    again = OpenDatabase(path)
    again.close()
    assert again.database.set_aside is not None
    renamed = sqlite3.connect(again.database.set_aside)
    assert renamed.execute("pragma user_version").fetchone() == (7,)
    renamed.close()
