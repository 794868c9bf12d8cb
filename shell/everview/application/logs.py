"""The log of the app: a rotating file in the log folder. Only its owner can read it.

Keys, tickets and authentication messages are never logged (tests/security/test_t6_secrets.py
checks it).
"""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import os
import re
import sys
import threading
import time
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TextIO

from everview.state.folders import Folders, open_private

logger = logging.getLogger("everview")

SIZE = 1_000_000
FILES = 3
FILE = "everview.log"
#: Longer messages of libraries are cut to this number of characters.
LIBRARY_LENGTH = 2000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
CRASH = "crash.txt"
#: The loggers of these libraries also write to the log file. Without a handler, their errors would
#: be written to stderr. A client that sends malformed HTTP could then fill stderr.
LOGGERS = {
    "everview": logging.INFO, "aiohttp": logging.WARNING, "asyncio": logging.WARNING,
    "dbus_fast": logging.WARNING, "desktop_notifier": logging.WARNING, "pywebview": logging.WARNING,
}  # fmt: skip


class PrivateFileHandler(logging.handlers.RotatingFileHandler):
    """A rotating log file, which is created with mode 0600."""

    def _open(self) -> TextIOWrapper:
        descriptor = open_private(Path(self.baseFilename), os.O_WRONLY | os.O_APPEND)
        return os.fdopen(descriptor, "a", encoding="utf-8")


class OneEntryFormatter(logging.Formatter):
    """Formats a log record so that no text in it looks like a second record.

    All lines of a record except the first are indented, and control characters are replaced. Long
    records of libraries are cut, because libraries log data of clients.
    """

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if record.exc_info is None and not record.name.startswith("everview"):
            text = text[:LIBRARY_LENGTH]
        lines = re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text)
        return "\n    ".join(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", line) for line in lines)


#: Maximum number of crash reports. The oldest ones are deleted.
REPORTS = 5
_report: TextIO | None = None


def watch_for_crashes(folders: Folders) -> Path | None:
    """Log uncaught exceptions, and write the stacks of all threads if the interpreter crashes.

    Returns:
        The crash report of the last start; None if it did not crash.
    """
    global _report  # noqa: PLW0603  (faulthandler writes to it until the process ends)
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


def _log_error(
    kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None
) -> None:
    error = error or kind()
    if not isinstance(error, KeyboardInterrupt):
        logger.critical("uncaught exception", exc_info=(kind, error, traceback))
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
    """Start to log to the file of the app. Returns the path of the file."""
    path = folders.logs / FILE
    handler = PrivateFileHandler(path, maxBytes=SIZE, backupCount=FILES - 1)
    handler.setFormatter(OneEntryFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name, level in LOGGERS.items():
        each = logging.getLogger(name)
        each.setLevel(level)
        for old in [h for h in each.handlers if isinstance(h, PrivateFileHandler)]:
            each.removeHandler(old)
            old.close()
        each.addHandler(handler)
    return path
