"""What runs in the process of ``View.run_in_process``, and what is called there: `progress`.

    from everview import process

    def count(limit):                       # a function of a module
        for number in range(limit):
            process.progress(number, limit)
        return limit

Not for: the app's process (``everview.server.execution.processes``).
"""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

#: Progress is sent at most so often, in seconds; what comes between is dropped.
EVERY = 0.05

_connection: Any = None
_said = 0.0
_lock = threading.Lock()


def progress(done: float, total: float | None = None, label: str = "") -> None:
    """How far the work is: as ``View.progress``. In other processes it does nothing."""
    global _said  # noqa: PLW0603  (one process has one connection)
    now = time.monotonic()
    if _connection is None or (now - _said < EVERY and done != total):
        return
    _said = now
    with _lock:
        _connection.send(("progress", (done, total, label)))


def child_main(
    connection: Any,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
) -> None:
    """Call the function, and send what comes of it. The child's main function."""
    global _connection  # noqa: PLW0603  (as above)
    # Ctrl+C goes to the app, which ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _connection = connection
    try:
        message: tuple[str, Any] = ("result", function(*arguments, **keywords))
    except BaseException as error:  # noqa: BLE001  (carried to who called)
        if not isinstance(error, Exception):
            error = RuntimeError(f"{type(error).__name__} was raised: {error}")
        message = ("error", (error, traceback.format_exc()))
    with _lock:
        try:
            connection.send(message)
        except Exception as error:  # noqa: BLE001  (whatever pickle raises)
            text = f"{type(message[1]).__name__} cannot be sent from the process: {error}"
            if message[0] == "error":
                text = f"{message[1][0]!r} (which cannot be sent itself)"
            connection.send(("error", (RuntimeError(text), traceback.format_exc())))
        connection.close()
