"""`InstanceLock` allows only one process of an app per user.

The lock is a file lock of the operating system. The system releases it when the process ends for
any reason, so there are no stale locks. Threads: can be used from any thread.
"""

from __future__ import annotations

import os

from filelock import FileLock, Timeout

from everview.errors import AlreadyRunningError
from everview.state.folders import Folders, open_private


class InstanceLock:
    """The lock that the serving process holds from its start to its end."""

    def __init__(self, folders: Folders) -> None:
        path = folders.runtime / "lock"
        # Open the file once before FileLock does. This raises a clear error for a wrong path, and
        # refuses links: some versions of FileLock truncate the file that they open.
        os.close(open_private(path, os.O_RDWR))
        self._lock = FileLock(path, mode=0o600)

    def acquire(self, timeout: float = 0.0) -> None:
        """Acquire the lock.

        Args:
            timeout: Seconds to wait for another process to release the lock.

        Raises:
            AlreadyRunningError: Another process still holds the lock.
        """
        try:
            self._lock.acquire(timeout=timeout)
        except Timeout:
            raise AlreadyRunningError("another process of this app is running") from None

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()
