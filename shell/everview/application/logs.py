"""The log: one rotating file in the app's log folder, readable by its owner only.

No key, ticket or proof is ever given to a logger (tests/security/test_t6_secrets.py looks).
"""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from everview.state.folders import Folders, open_private

SIZE = 1_000_000
FILES = 3
FILE = "everview.log"
CRASH = "crash.txt"
#: The libraries' too: without a handler their errors would go to stderr, where whoever connects
#: to the port and talks no HTTP could write as much as he likes.
LOGGERS = {
    "everview": logging.INFO, "aiohttp": logging.WARNING, "asyncio": logging.WARNING,
    "dbus_fast": logging.WARNING, "desktop_notifier": logging.WARNING, "pywebview": logging.WARNING,
}  # fmt: skip


class PrivateFileHandler(logging.handlers.RotatingFileHandler):
    """A rotating file that is 0600 from its creation."""

    def _open(self) -> Any:
        descriptor = open_private(Path(self.baseFilename), os.O_WRONLY | os.O_APPEND)
        return os.fdopen(descriptor, "a", encoding="utf-8")


#: Reports of crashes that are kept.
REPORTS = 5
_report: Any = None


def watch_for_crashes(folders: Folders) -> Path | None:
    """Have a crash of the process, and what no code caught, written down.

    A crash of the interpreter itself leaves the stacks of all threads in ``crash.txt``. Returns
    where the report of the last start's crash is now; None: it had none.
    """
    global _report  # noqa: PLW0603  (as long as the process lives, faulthandler writes to it)
    path = folders.logs / CRASH
    found = _set_aside(path)
    _report = os.fdopen(open_private(path, os.O_WRONLY | os.O_TRUNC), "w")
    faulthandler.enable(_report)
    sys.excepthook = _log_error
    threading.excepthook = lambda hook: (
        None if hook.exc_type is SystemExit
        else _log_error(hook.exc_type, hook.exc_value, hook.exc_traceback)
    )  # fmt: skip
    return found


def _log_error(kind: Any, error: Any, traceback: Any) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log = logging.getLogger("everview")
        log.critical("an error that nothing handled", exc_info=(kind, error, traceback))
    sys.__excepthook__(kind, error, traceback)


def _set_aside(path: Path) -> Path | None:
    if not path.exists() or not path.stat().st_size:
        return None
    when = time.strftime("%Y%m%d-%H%M%S", time.localtime(path.stat().st_mtime))
    report = path.rename(path.with_name(f"crash-{when}.txt"))
    for old in sorted(path.parent.glob("crash-*.txt"))[:-REPORTS]:
        old.unlink()
    return report


def start_logging(folders: Folders) -> Path:
    """Log to the app's file from now on; returns its path."""
    path = folders.logs / FILE
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
