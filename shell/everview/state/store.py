"""`Store`: checkpoints on the disk, in one SQLite database (WAL) that one thread writes.

``save`` returns when the write is durable against ``kill -9`` and a loss of power: each is a
transaction of its own, with ``synchronous=FULL`` (sqlite.org/pragma.html). What is read is checked;
a database that cannot be read is set aside under another name and the app starts without it.

Only JSON is stored, never a pickle: who could write to the file could run no code by it (T14).

Threads: `open`, `close` and notes any; the rest the server thread. The database is touched by its
own thread only.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import re
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from everview.runtime.instances.checkpoints import LARGEST, Checkpoint
from everview.state.folders import open_private

log = logging.getLogger("everview.store")

#: Raised with a change of the tables; a newer database is set aside, as one that cannot be read.
VERSION = 1
#: Starts that did not end properly, in a row, after which nothing resumes by itself.
CRASHES = 2

#: Result codes that say nothing of the content (sqlite.org/rescode.html).
_NOT_DAMAGED = frozenset({
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM,
})  # fmt: skip

#: A path of the app, as `everview.runtime.windows.messages.Url` is.
_PATH = re.compile(r"/(?![/\\])[^\s#]{0,4095}\Z")
_NAMES = frozenset({"checkpoints", "facts", "notes"})
_TABLES = """
create table if not exists checkpoints (
    user text not null, url text not null, title text not null, data blob not null,
    saved real not null, primary key (user, url)) strict;
create table if not exists facts (name text primary key, value integer not null) strict;
create table if not exists notes (name text primary key, data blob not null) strict;
"""


class Store:
    """The database at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: Where a database that could not be read was put, or None.
        self.set_aside: Path | None = None
        #: How many starts before this one did not end properly, in a row.
        self.crashes = 0
        self._kept: dict[tuple[str, str], Checkpoint] = {}
        self._notes: dict[str, bytes] = {}
        self._unwritten: dict[str, bytes] = {}
        self._notes_lock = threading.Lock()
        self._jobs: queue.SimpleQueue[tuple[Callable[..., Any], Future[Any]] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._run, name="everview store", daemon=True)
        #: None: the disk did not take it at the start.
        self._database: sqlite3.Connection | None = None

    # from other threads ------------------------------------------------------------------------

    def open(self) -> None:
        """Read what there is. Raises `StateError` if the file is not our own, or cannot be made."""
        self._thread.start()
        self._do(self._open).result()

    def close(self) -> None:
        """Note that this start ended properly; everything saved is on the disk."""
        if self._thread.is_alive():
            self._do(self._close)
            self._jobs.put(None)
            self._thread.join()

    def note(self, name: str) -> bytes | None:
        """What was noted under ``name``."""
        return self._notes.get(name)

    def take_note(self, name: str, data: bytes) -> None:
        """Note something small of the app itself, soon; of several quick ones the last is written.

        Returns at once and never raises: nobody waits for it, and a full disk is in the log.
        """
        with self._notes_lock:
            is_scheduled = bool(self._unwritten)
            self._notes[name] = self._unwritten[name] = data
        if not is_scheduled:
            self._do(self._write_notes)

    @property
    def is_safe_mode(self) -> bool:
        """Whether nothing is to resume by itself: the last starts did not end properly."""
        return self.crashes >= CRASHES

    # the server thread -------------------------------------------------------------------------

    async def save(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint. Raises OSError if it cannot be written: the earlier one stays."""
        kept = replace(checkpoint, saved=time.time())
        await asyncio.wrap_future(self._do(self._save, kept))
        self._kept[kept.user, kept.url] = kept

    async def forget(self, user: str, url: str) -> None:
        """Remove one."""
        if self._kept.pop((user, url), None) is not None:
            await asyncio.wrap_future(self._do(self._forget, user, url))

    def find(self, user: str, url: str) -> Checkpoint | None:
        """The one of a view."""
        return self._kept.get((user, url))

    def all(self) -> list[Checkpoint]:
        """Every one, the oldest first."""
        return sorted(self._kept.values(), key=lambda checkpoint: checkpoint.saved)

    # the store's own thread --------------------------------------------------------------------

    def _do(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._jobs.put((lambda: function(*arguments), future))
        return future

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            function, future = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(function())
            except sqlite3.Error as error:
                future.set_exception(OSError(f"{self.path} cannot be written: {error}"))
            except BaseException as error:  # noqa: BLE001  (carried to who waits for it)
                future.set_exception(error)
            del function, future, job

    def _open(self) -> None:
        try:
            self._read()
        except (sqlite3.Error, msgspec.DecodeError, ValueError, OverflowError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_DAMAGED:
                # The disk is full, or may only be read: nothing is wrong with what is on it.
                log.error("%s cannot be opened (%s): nothing is saved", self.path, error)  # noqa: TRY400
                return
            self._set_aside(error)
            self._read()

    def _read(self) -> None:
        # 0600 from its creation; SQLite gives its side files the same.
        os.close(open_private(self.path, os.O_RDWR))
        database = sqlite3.connect(self.path, isolation_level=None)
        try:
            database.execute("pragma journal_mode=wal")
            database.execute("pragma synchronous=full")
            _check(database)
            database.executescript(_TABLES)
            database.execute(f"pragma user_version={VERSION}")
            self._kept = {(c.user, c.url): c for c in map(_checked, database.execute(
                "select user, url, title, data, saved from checkpoints"))}  # fmt: skip
            self._notes = dict(map(_checked_note, database.execute("select name, data from notes")))
            found = database.execute("select value from facts where name='unended'").fetchone()
            self.crashes = _checked_count(found[0]) if found else 0
            database.execute("insert or replace into facts values ('unended', ?)",
                             (self.crashes + 1,))  # fmt: skip
        except BaseException:
            database.close()
            raise
        self._database = database

    def _set_aside(self, error: Exception) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.path.rename(aside)
        self.set_aside = aside
        log.error("%s cannot be read (%s): it was set aside as %s", self.path, error, aside)

    def _save(self, checkpoint: Checkpoint) -> None:
        row = (checkpoint.user, checkpoint.url, checkpoint.title, checkpoint.data, checkpoint.saved)
        if self._database is None:
            raise OSError(f"{self.path} could not be opened when the app was started")
        self._database.execute("insert or replace into checkpoints values (?, ?, ?, ?, ?)", row)

    def _write_notes(self) -> None:
        with self._notes_lock:
            unwritten, self._unwritten = self._unwritten, {}
        if self._database is None:
            return
        try:
            self._database.executemany("insert or replace into notes values (?, ?)",
                                       unwritten.items())  # fmt: skip
        except sqlite3.Error:
            log.exception("%s cannot be written", self.path)

    def _forget(self, user: str, url: str) -> None:
        if self._database is not None:
            self._database.execute("delete from checkpoints where user=? and url=?", (user, url))

    def _close(self) -> None:
        if self._database is not None:
            self._database.execute("insert or replace into facts values ('unended', 0)")
            self._database.close()


def _check(database: sqlite3.Connection) -> None:
    """Raise ValueError unless it is sound, and of no newer app."""
    # A view or a trigger of somebody else's would run what it says, without an end if it likes.
    for kind, name in database.execute("select type, name from sqlite_schema"):
        if kind not in ("table", "index") or not (name in _NAMES or name.startswith("sqlite_")):
            raise ValueError(f"it has a {kind} that is not ours")
    (version,) = database.execute("pragma user_version").fetchone()
    if version not in (0, VERSION):
        raise ValueError(f"it is of version {version}, which a newer app made")
    if database.execute("pragma quick_check(1)").fetchone() != ("ok",):
        raise ValueError("it is damaged")


def _checked(row: tuple[Any, ...]) -> Checkpoint:
    """A checkpoint of a row. Raises ValueError for what we would not have written."""
    user, url, title, data, saved = row
    texts = all(isinstance(text, str) for text in (user, url, title))
    if not texts or not isinstance(data, bytes) or not isinstance(saved, (int, float)):
        raise ValueError("a checkpoint in it is none")
    if not _PATH.match(url) or len(data) > LARGEST:
        raise ValueError("a checkpoint in it is of no view")
    try:
        msgspec.json.decode(data)
    except RecursionError:
        raise ValueError("a checkpoint in it is too deep") from None
    return Checkpoint(user, url, title, data, float(saved))


def _checked_note(row: tuple[Any, ...]) -> tuple[str, bytes]:
    """A note of a row. Raises ValueError for what we would not have written."""
    name, data = row
    if isinstance(name, str) and isinstance(data, bytes):
        return name, data
    raise ValueError("a note in it is none")


def _checked_count(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**62:
        raise ValueError("a count in it is none")
    return value
