"""`NoteTable` stores small named values of the app, for example the set of open windows.

Threads: can be called from any thread.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from concurrent.futures import Future

from everview.state.database import Database

logger = logging.getLogger("everview.state")


class NoteTable:
    """Saves notes. If a note changes several times quickly, only its last value is written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._notes = dict(database.contents.notes)
        self._pending_notes: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        """The value of the note with this name."""
        return self._notes.get(name)

    def put(self, name: str, data: bytes) -> None:
        """Save a note. Returns at once and does not raise; a failed write is logged."""
        with self._lock:
            is_scheduled = bool(self._pending_notes)
            self._notes[name] = self._pending_notes[name] = data
        if not is_scheduled:
            self._database.submit(self._write).add_done_callback(_log_failure)

    def _write(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            pending, self._pending_notes = self._pending_notes, {}
        connection.executemany("insert or replace into notes values (?, ?)", pending.items())


def _log_failure(written: Future[None]) -> None:
    error = None if written.cancelled() else written.exception()
    if error is not None:
        logger.error("a note was not saved: %s", error)
