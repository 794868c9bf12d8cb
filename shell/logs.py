"""The log: one rotating file in the app's log folder, readable by its owner only.

No key, ticket or proof is ever given to a logger (tests/security/test_t6_secrets.py looks).
"""

from __future__ import annotations

import logging
import logging.handlers
import os
from pathlib import Path
from typing import Any

from shell.state.folders import Folders, open_private

SIZE = 1_000_000
FILES = 3
#: The libraries' too: without a handler their errors would go to stderr, where whoever connects
#: to the port and talks no HTTP could write as much as he likes.
LOGGERS = {"everview": logging.INFO, "aiohttp": logging.WARNING, "asyncio": logging.WARNING}


class PrivateFileHandler(logging.handlers.RotatingFileHandler):
    """A rotating file that is 0600 from its creation."""

    def _open(self) -> Any:
        descriptor = open_private(Path(self.baseFilename), os.O_WRONLY | os.O_APPEND)
        return os.fdopen(descriptor, "a", encoding="utf-8")


def start_logging(folders: Folders) -> Path:
    """Log to the app's file from now on; returns its path."""
    path = folders.logs / "everview.log"
    handler = PrivateFileHandler(path, maxBytes=SIZE, backupCount=FILES - 1)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name, level in LOGGERS.items():
        logger = logging.getLogger(name)
        logger.setLevel(level)
        for old in [h for h in logger.handlers if isinstance(h, PrivateFileHandler)]:
            logger.removeHandler(old)
            old.close()
        logger.addHandler(handler)
    return path
