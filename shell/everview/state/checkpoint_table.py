"""`CheckpointTable` stores the checkpoints of durable views in the database.

Threads: the server thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import replace

from everview.runtime.instances.checkpoints import Checkpoint
from everview.state.database import Database


class CheckpointTable:
    """Saves and removes checkpoints. Implements `runtime.instances.checkpoints.Checkpoints`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._saved = {(c.user, c.url): c for c in database.contents.checkpoints}

    async def save(self, checkpoint: Checkpoint) -> None:
        """Save a checkpoint. Returns when it is durable.

        Raises:
            OSError: The disk refused the write. The earlier checkpoint stays.
        """
        saved = replace(checkpoint, saved=time.time())

        def write(connection: sqlite3.Connection) -> None:
            row = (saved.user, saved.url, saved.title, saved.data, saved.saved)
            connection.execute("insert or replace into checkpoints values (?, ?, ?, ?, ?)", row)

        await asyncio.wrap_future(self._database.submit(write))
        self._saved[saved.user, saved.url] = saved

    async def forget(self, user: str, url: str) -> None:
        """Remove a checkpoint, if there is one."""
        if self._saved.pop((user, url), None) is None:
            return

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute("delete from checkpoints where user=? and url=?", (user, url))

        await asyncio.wrap_future(self._database.submit(delete))

    def find(self, user: str, url: str) -> Checkpoint | None:
        """The checkpoint of a view."""
        return self._saved.get((user, url))

    def all(self) -> list[Checkpoint]:
        """All checkpoints, the oldest first."""
        return sorted(self._saved.values(), key=lambda checkpoint: checkpoint.saved)
