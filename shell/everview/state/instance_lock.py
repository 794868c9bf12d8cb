"""`InstanceLock`: one process of an app per user.

It is a file lock of the operating system, which releases it when the process ends for any reason.
There are no stale locks. Threads: any.
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
        # Raises our own error for a wrong path, and protects the target of a link: some versions
        # of FileLock truncate the file that they open.
        os.close(open_private(path, os.O_RDWR))
        self._lock = FileLock(path, mode=0o600)

    def acquire(self, timeout: float = 0.0) -> None:
        """Take the lock.

        Args:
            timeout: Seconds to wait for another process to release it.

        Raises:
            AlreadyRunningError: Another process still holds it.
        """
        try:
            self._lock.acquire(timeout=timeout)
        except Timeout:
            raise AlreadyRunningError("another process of this app is running") from None

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()
