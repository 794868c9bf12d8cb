"""`InstanceLock`: one process of an app per user.

The operating system's file lock: it is gone with the process, however that ends, so there is no
stale lock to recover. Threads: any.
"""

from __future__ import annotations

from filelock import FileLock, Timeout

from shell.errors import AlreadyRunningError
from shell.state.folders import Folders


class InstanceLock:
    """Held from start to end by the process that serves."""

    def __init__(self, folders: Folders) -> None:
        self._lock = FileLock(folders.runtime / "lock", mode=0o600)

    def acquire(self) -> None:
        """Raises `AlreadyRunningError` if another process holds it."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise AlreadyRunningError("another process of this app is running") from None

    def release(self) -> None:
        self._lock.release()
