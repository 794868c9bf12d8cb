"""The tables of an app's database, and the checks of the rows that are read from them.

All data that is read is checked, because another program may have changed the file, or the disk
may have damaged it (T14). Only JSON is stored, never a pickle: a manipulated file cannot run code.
A row that this module would not have written makes the whole database unreadable.

Threads: all functions are called on the thread of the `Database`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import msgspec

from everview.addresses import is_app_path
from everview.runtime.instances.checkpoints import MAX_CHECKPOINT, Checkpoint

#: The version of the tables. It must be increased when a table changes. A database with a higher
#: version counts as unreadable.
VERSION = 1

#: A path of the app, as in `everview.runtime.windows.messages.Url`.
_NAMES = frozenset({"checkpoints", "facts", "notes"})
_TABLES = """
create table if not exists checkpoints (
    user text not null, url text not null, title text not null, data blob not null,
    saved real not null, primary key (user, url)) strict;
create table if not exists facts (name text primary key, value integer not null) strict;
create table if not exists notes (name text primary key, data blob not null) strict;
"""


@dataclass(frozen=True)
class Contents:
    """The rows of a database.

    ``crashes`` is the number of consecutive starts before this one that did not end properly.
    """

    checkpoints: list[Checkpoint]
    notes: dict[str, bytes]
    crashes: int


def check(connection: sqlite3.Connection) -> None:
    """Raise ValueError if the database is damaged, foreign, or written by a newer version."""
    # Refuse views and triggers: if another program added one, it would run its own statements.
    for kind, name in connection.execute("select type, name from sqlite_schema"):
        if kind not in ("table", "index") or not (name in _NAMES or name.startswith("sqlite_")):
            raise ValueError(f"unknown {kind} {name!r}")
    (version,) = connection.execute("pragma user_version").fetchone()
    if version not in (0, VERSION):
        raise ValueError(f"version {version}, written by a newer version of the app")
    if connection.execute("pragma quick_check(1)").fetchone() != ("ok",):
        raise ValueError("damaged database")


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables that are missing."""
    connection.executescript(_TABLES)
    connection.execute(f"pragma user_version={VERSION}")


def read_contents(connection: sqlite3.Connection) -> Contents:
    """Read and check all rows. Raises ValueError or `msgspec.DecodeError` for a malformed row."""
    checkpoints = connection.execute("select user, url, title, data, saved from checkpoints")
    notes = connection.execute("select name, data from notes")
    count = connection.execute("select value from facts where name='unended'").fetchone()
    return Contents(
        [checkpoint_of_row(row) for row in checkpoints],
        dict(note_of_row(row) for row in notes),
        _count_of_row(count) if count is not None else 0,
    )


def write_unended(connection: sqlite3.Connection, count: int) -> None:
    """Write the number of consecutive starts, including this one, that did not end properly."""
    connection.execute("insert or replace into facts values ('unended', ?)", (count,))


def checkpoint_of_row(row: tuple[object, ...]) -> Checkpoint:
    """Decode a row of checkpoints.

    Raises ValueError or `msgspec.DecodeError` if it is malformed.
    """
    match row:
        case (str(user), str(url), str(title), bytes(data), int(saved) | float(saved)):
            pass
        case _:
            raise ValueError("malformed checkpoint row")
    if not is_app_path(url):
        raise ValueError("checkpoint row with an invalid URL")
    if len(data) > MAX_CHECKPOINT:
        raise ValueError("checkpoint row that is too large")
    try:
        msgspec.json.decode(data)
    except RecursionError:
        raise ValueError("checkpoint row that is nested too deeply") from None
    return Checkpoint(user, url, title, data, float(saved))


def note_of_row(row: tuple[object, ...]) -> tuple[str, bytes]:
    """Decode a row of notes: the name and the data. Raises ValueError if the row is malformed."""
    match row:
        case (str(name), bytes(data)):
            return name, data
    raise ValueError("malformed note row")


def _count_of_row(row: tuple[object, ...]) -> int:
    match row:
        case (int(count),) if 0 <= count < 2**62:
            return count
    raise ValueError("malformed count of starts")
