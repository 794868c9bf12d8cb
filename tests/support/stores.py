"""Stores of checkpoints, for tests without an app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from everview.runtime.instances.checkpoints import Checkpoint
from everview.state.store import Store


def in_a_loop(test: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run an async test in a thread; Playwright may run a loop in the main thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, test()).result()


def checkpoint(url: str = "/", data: bytes = b'{"a":1}', user: str = "owner") -> Checkpoint:
    """A checkpoint with default values."""
    return Checkpoint(user, url, "Title", data)


def save(store: Store, *checkpoints: Checkpoint) -> None:
    """Save checkpoints in a store."""
    async def run() -> None:
        for one in checkpoints:
            await store.save(one)

    in_a_loop(run)


def opened(path: Path) -> Store:
    """An open store."""
    store = Store(path)
    store.open()
    return store
