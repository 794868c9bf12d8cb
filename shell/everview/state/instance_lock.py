"""`InstanceLock`: one process of an app per user.

The operating system's file lock: it is gone with the process, however that ends, so there is no
stale lock to recover. Threads: any.
"""

from __future__ import annotations

import os

from filelock import FileLock, Timeout

from everview.errors import AlreadyRunningError
from everview.state.folders import Folders, open_private


class InstanceLock:
    """Held from start to end by the process that serves."""

    def __init__(self, folders: Folders) -> None:
        path = folders.runtime / "lock"
        # Says what is wrong with the path in our words, and spares what a link there points at:
        # some versions of FileLock empty what they open.
        os.close(open_private(path, os.O_RDWR))
        self._lock = FileLock(path, mode=0o600)

    def acquire(self, timeout: float = 0.0) -> None:
        """Raises `AlreadyRunningError` if another process holds it, ``timeout`` seconds long."""
        try:
            self._lock.acquire(timeout=timeout)
        except Timeout:
            raise AlreadyRunningError("another process of this app is running") from None

    def release(self) -> None:
        self._lock.release()
