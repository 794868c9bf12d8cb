"""`Database`: the SQLite file of an app, used by one thread.

Each write is a transaction of its own in WAL mode with ``synchronous=FULL``. When the future of a
write is done, its data survives ``kill -9`` and a power failure (sqlite.org/pragma.html).

A file that cannot be read is renamed, and the app starts with an empty database. A file that cannot
be opened because of the disk (full, read-only) stays as it is, and every write fails until the
next start.

Threads: the methods can be called from any thread. Only the database's own thread uses the SQLite
connection. This module does not interpret the tables; see ``state.checkpoint_table`` and
``state.note_table``.
"""

from __future__ import annotations

import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import msgspec

from everview.state import schema
from everview.state.folders import open_private

T = TypeVar("T")

logger = logging.getLogger("everview.state")

#: If this number of consecutive starts did not end properly, no view resumes automatically.
CRASHES = 2

#: Result codes of SQLite that do not mean a damaged file (sqlite.org/rescode.html).
_NOT_DAMAGED = frozenset({
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM,
})  # fmt: skip


class Database:
    """The database in the file ``path``. It is open when the constructor returns.

    Raises:
        StateError: The file is not a private file of this user, or cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        #: If the file could not be read, it was renamed to this path; otherwise None.
        self.set_aside: Path | None = None
        #: The rows that the file contained when it was opened.
        self.contents = schema.Contents([], {}, 0)
        #: The SQLite connection; None if the file could not be opened because of the disk.
        self._connection: sqlite3.Connection | None = None
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="everview database", daemon=True)
        self._thread.start()
        try:
            self._call(self._open).result()
        except BaseException:
            self.abandon()
            raise

    @property
    def is_safe_mode(self) -> bool:
        """True if views must not resume automatically, because the app crashed repeatedly."""
        return self.contents.crashes >= CRASHES

    def submit(self, write: Callable[[sqlite3.Connection], object]) -> Future[None]:
        """Call ``write`` with the connection, in the database's thread.

        Returns:
            A future that is done when the write is durable. It raises OSError if the disk refused
            the write.
        """

        def job() -> None:
            if self._connection is None:
                raise OSError(f"{self.path} could not be opened when the app was started")
            write(self._connection)

        return self._call(job)

    def close(self) -> None:
        """Wait for all submitted writes, and record that the app ended properly."""
        if self._thread.is_alive():
            self._call(self._close)
            self.abandon()

    def abandon(self) -> None:
        """End the thread as a crash would, without recording that the app ended properly."""
        self._jobs.put(None)
        self._thread.join()

    # methods called on the database's own thread -------------------------------------------------

    def _call(self, function: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function())
            except sqlite3.Error as error:
                future.set_exception(OSError(f"{self.path} cannot be written: {error}"))
            except BaseException as error:  # noqa: BLE001  (raised where the result is awaited)
                future.set_exception(error)

        self._jobs.put(job)
        return future

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> None:
        try:
            self._read()
        except (sqlite3.Error, msgspec.DecodeError, ValueError, OverflowError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_DAMAGED:
                logger.error("%s cannot be opened (%s): nothing is saved", self.path, error)  # noqa: TRY400
                return
            self._rename(error)
            self._read()

    def _read(self) -> None:
        # Create the file with mode 0600. SQLite gives the same mode to its additional files.
        os.close(open_private(self.path, os.O_RDWR))
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=full")
            schema.check(connection)
            schema.create_tables(connection)
            self.contents = schema.read_contents(connection)
            schema.write_unended(connection, self.contents.crashes + 1)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _rename(self, error: Exception) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.path.rename(aside)
        self.set_aside = aside
        logger.error("%s cannot be read (%s): it was renamed to %s", self.path, error, aside)

    def _close(self) -> None:
        if self._connection is not None:
            schema.write_unended(self._connection, 0)
