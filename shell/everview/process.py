"""`progress`: how work of ``View.run_in_process`` and ``View.run_in_thread`` reports its progress.

    from everview import process

    def count(limit):                       # a function of a module
        for number in range(limit):
            process.progress(number, limit)
        return limit

This module also contains the main function of a child process. The code of the parent process is in
``everview.server.execution.processes``.
"""

from __future__ import annotations

import contextvars
import math
import signal
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")
#: The type of a function that receives progress: ``report(done, total, label)``.
Report = Callable[[float, float | None, str], object]

#: Minimum time between two reports, in seconds. Reports in between are dropped.
INTERVAL = 0.05

#: In a child process, this function receives the reports of progress.
_report_of_process: Report | None = None
#: In a thread of ``run_in_thread``, this function receives the reports of progress.
_report_of_thread: contextvars.ContextVar[Report | None] = contextvars.ContextVar(
    "report", default=None
)


def progress(done: float, total: float | None = None, label: str = "") -> None:
    """Report the progress of the work, as `View.progress` does.

    Outside `View.run_in_process` and `View.run_in_thread`, a call has no effect.

    Args:
        done: The finished amount, in any unit.
        total: The whole amount, in the same unit; None: unknown.
        label: A text that the list of tasks shows.

    Raises:
        ValueError: A number is NaN or infinite.
        ViewStopped: The work runs in a thread and its view was stopped.
    """
    if not math.isfinite(done) or (total is not None and not math.isfinite(total)):
        raise ValueError(f"progress({done!r}, {total!r}): the numbers must be finite")
    report = _report_of_thread.get() or _report_of_process
    if report is not None:
        report(done, total, label)


def call_with_progress(report: Report, function: Callable[[], T]) -> T:
    """Call ``function``. When it calls `progress`, pass the arguments to ``report``."""
    token = _report_of_thread.set(report)
    try:
        return function()
    finally:
        _report_of_thread.reset(token)


class LimitedReport:
    """Forwards a report only if the last one is `INTERVAL` seconds old, or if the work is done.

    `LimitedReport` can be called from any thread. One thread at a time calls ``report``.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._last = float("-inf")
        self._lock = threading.Lock()

    def __call__(self, done: float, total: float | None, label: str) -> None:
        now = time.monotonic()
        if now - self._last < INTERVAL and done != total:
            return
        self._last = now
        with self._lock:
            self._report(done, total, label)


def child_main(
    connection: Connection,
    function: Callable[..., object],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
) -> None:
    """The main function of a child process: call ``function`` and send its outcome.

    The child sends pairs: any number of ``("progress", (done, total, label))``, then one
    ``("result", result)`` or ``("error", (error, traceback))``.
    """
    global _report_of_process  # noqa: PLW0603  (a child process has one connection)
    # Ctrl+C in a terminal sends a signal to the parent and the child. The child ignores it, because
    # the parent ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lock = threading.Lock()

    def send(message: tuple[str, object]) -> None:
        with lock:
            connection.send(message)

    _report_of_process = LimitedReport(
        lambda done, total, label: send(("progress", (done, total, label)))
    )
    try:
        result = function(*arguments, **keywords)
    except BaseException as error:  # noqa: BLE001  (raised again in the parent)
        if not isinstance(error, Exception):
            error = RuntimeError(f"{type(error).__name__} was raised: {error}")
        _send_error(send, error)
    else:
        try:
            send(("result", result))
        except Exception as error:  # noqa: BLE001  (pickle may raise any exception)
            text = f"{type(result).__name__} cannot be sent from the process: {error}"
            _send_error(send, RuntimeError(text))
    connection.close()


def _send_error(send: Callable[[tuple[str, object]], None], error: Exception) -> None:
    text = traceback.format_exc()
    try:
        send(("error", (error, text)))
    except Exception:  # noqa: BLE001  (pickle may raise any exception)
        send(("error", (RuntimeError(f"{error!r} (this exception cannot be pickled)"), text)))
