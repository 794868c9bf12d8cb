"""`LogLimit`: limits the warnings that clients can cause, so that none of them can fill the log.

Threads: the server thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

#: Maximum number of warnings within so many seconds. Further ones are counted.
WARNINGS, WARN_EVERY = 20, 60.0
#: Maximum length of a text of a client in the log, in characters.
LENGTH = 1000


class LogLimit:
    """Warnings about one kind of event.

    Args:
        logger: Receives the warnings.
        more: The kind, for the warning that counts the others, as "script errors".
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, logger: logging.Logger, more: str, clock: Callable[[], float]) -> None:
        self._logger = logger
        self._more = more
        self._clock = clock
        self._count = 0
        self._since = float("-inf")

    def warn(self, text: str, quoted: str) -> None:
        """Log ``text`` and what the client sent, as a literal: it cannot forge a line."""
        now = self._clock()
        if now - self._since >= WARN_EVERY:
            if self._count > WARNINGS:
                self._logger.warning("%d more %s", self._count - WARNINGS, self._more)
            self._count, self._since = 0, now
        self._count += 1
        if self._count <= WARNINGS:
            self._logger.warning("%s: %r", text, quoted[:LENGTH])
