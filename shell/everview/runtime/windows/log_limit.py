"""`LogLimit`: limits the warnings that clients can cause, so that no client can fill the log.

Threads: must be used on the server thread only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

#: At most this number of warnings is logged within this number of seconds. Further warnings are
#: counted.
WARNINGS, WARN_EVERY = 20, 60.0
#: Maximum length of a text of a client in the log, in characters.
LENGTH = 1000


class LogLimit:
    """Logs a limited number of warnings about one kind of event.

    Args:
        logger: Receives the warnings.
        more: The kind of event, such as "script errors". It is part of the warning that counts the
            omitted warnings.
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, logger: logging.Logger, more: str, clock: Callable[[], float]) -> None:
        self._logger = logger
        self._more = more
        self._clock = clock
        self._count = 0
        self._since = float("-inf")

    def warn(self, text: str, quoted: str) -> None:
        """Log ``text``, then the client's data as a literal: such data cannot forge a log line."""
        now = self._clock()
        if now - self._since >= WARN_EVERY:
            if self._count > WARNINGS:
                self._logger.warning("%d more %s", self._count - WARNINGS, self._more)
            self._count, self._since = 0, now
        self._count += 1
        if self._count <= WARNINGS:
            self._logger.warning("%s: %r", text, quoted[:LENGTH])
