"""Open the database of an app in tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from everview.runtime.instances.checkpoints import Checkpoint
from everview.state.checkpoint_table import CheckpointTable
from everview.state.database import Database
from everview.state.note_table import NoteTable

T = TypeVar("T")


def run_in_loop(function: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in another thread, because browser tests leave a loop in the main thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, function()).result()


class OpenDatabase:
    """An open database, its table of checkpoints and its table of notes."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.checkpoints = CheckpointTable(self.database)
        self.notes = NoteTable(self.database)

    def __enter__(self) -> OpenDatabase:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def save(self, *checkpoints: Checkpoint) -> None:
        """Save checkpoints, one after the other."""

        async def run() -> None:
            for checkpoint in checkpoints:
                await self.checkpoints.save(checkpoint)

        run_in_loop(run)

    def close(self) -> None:
        self.database.close()


def checkpoint(url: str = "/", data: bytes = b'{"a":1}', user: str = "owner") -> Checkpoint:
    return Checkpoint(user, url, "Title", data)
