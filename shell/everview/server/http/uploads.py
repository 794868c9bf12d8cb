"""`FileStore`: where uploaded files are until their view ends.

One folder for each server start, private to its user, made when it is first needed and deleted with
the server; file names are random, so that nothing of what a page sends is part of a path.

Threads: any.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import tempfile
import threading
from pathlib import Path
from typing import BinaryIO

log = logging.getLogger("everview.http")


class FileStore:
    """``folder``: where to keep the folder; None: the system's place for temporary files."""

    def __init__(self, folder: Path | None = None) -> None:
        self._parent = folder
        self._folder: Path | None = None
        self._lock = threading.Lock()

    def new_path(self) -> Path:
        """A path that nothing is at. Raises OSError if the folder cannot be made."""
        with self._lock:
            if self._folder is None:
                # `mkdtemp` makes it 0700.
                self._folder = Path(tempfile.mkdtemp(prefix="everview-uploads-", dir=self._parent))
            return self._folder / secrets.token_hex(16)

    def open(self, path: Path) -> BinaryIO:
        """A new file, 0600 from its creation. Raises OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        return os.fdopen(os.open(path, flags, 0o600), "wb")

    def remove(self, path: Path) -> None:
        """Delete a file, if it is there."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("an uploaded file cannot be deleted: %s", error)

    def close(self) -> None:
        """Delete everything."""
        with self._lock:
            folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
