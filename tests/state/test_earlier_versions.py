"""Data of an earlier version is found: checkpoints, windows, safe mode.

The SQL statements were copied from `shell/state/store.py` of commit 2360878, the last version
before the package was renamed. The app was called "everview" and its database `everview.db`.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from everview.authoring.app_folder import read_app_folder
from everview.state.folders import Folders
from everview.state.window_set import WindowSet, WindowState
from tests.support.database import OpenDatabase
from tests.support.server import ROOT, Serving

TABLES_OF_2360878 = """
create table if not exists checkpoints (
    user text not null, url text not null, title text not null, data blob not null,
    saved real not null, primary key (user, url)) strict;
create table if not exists facts (name text primary key, value integer not null) strict;
create table if not exists notes (name text primary key, data blob not null) strict;
"""
#: The JSON of `Saved(windows, last)` as `WindowSet` wrote it, without default values.
WINDOWS_OF_2360878 = (
    b'{"windows":[{"url":"/counter/","x":5,"y":7,"width":640,"height":480,"screen":"HDMI-1",'
    b'"zoom":1.25,"theme":"dark"},{}],"last":{"url":"/tasks/","maximized":true}}'
)


def database_of_2360878(home: Path) -> Path:
    """A home folder with the files that commit 2360878 left after a clean exit."""
    path = home / "everview" / "state" / "everview.db"
    path.parent.mkdir(parents=True, mode=0o700)
    for folder in (home / "everview", path.parent):
        folder.chmod(0o700)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.executescript(TABLES_OF_2360878)
    connection.execute("pragma user_version=1")
    row = ("owner", "/countdown/", "Countdown from 777", b'{"left":5}', 1_795_000_000.25)
    connection.execute("insert or replace into checkpoints values (?, ?, ?, ?, ?)", row)
    connection.execute("insert or replace into notes values (?, ?)", ("windows", WINDOWS_OF_2360878))
    connection.execute("insert or replace into facts values ('unended', ?)", (1,))
    connection.execute("insert or replace into facts values ('unended', 0)")
    connection.close()
    return path


def test_database_of_commit_2360878_has_the_path_that_our_app_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = read_app_folder(ROOT)
    assert ours is not None
    path = database_of_2360878(tmp_path)
    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path))
    assert Folders(ours.table.name).state / "everview.db" == path


def test_checkpoints_and_windows_of_commit_2360878_are_read(tmp_path: Path) -> None:
    with OpenDatabase(database_of_2360878(tmp_path)) as opened:
        assert opened.database.set_aside is None
        assert not opened.database.is_safe_mode
        (found,) = opened.checkpoints.all()
        assert (found.user, found.url, found.title) == ("owner", "/countdown/", "Countdown from 777")
        assert (found.value(), found.saved) == ({"left": 5}, 1_795_000_000.25)
        windows = WindowSet(opened.notes.get("windows"), lambda data: None)
        assert windows.restored == [
            WindowState("/counter/", 5, 7, 640, 480, "HDMI-1", zoom=1.25, theme="dark"),
            WindowState("/"),
        ]
        assert windows.like() == WindowState("/tasks/", maximized=True)


def test_checkpoint_of_commit_2360878_is_offered_in_tasks(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = database_of_2360878(home)
    with Serving(home) as serving, serving.page() as page:
        assert "Countdown from 777" in json.dumps(page.attach("/tasks/"))
    assert not list(path.parent.glob("*damaged*"))
