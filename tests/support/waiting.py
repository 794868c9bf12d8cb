"""`wait_until`: wait in real time until a condition is true."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: The maximum time to wait in seconds. It is long, because a busy machine is slow.
PATIENCE = 30.0
#: The time between two checks in seconds.
POLL = 0.01


def wait_until(condition: Callable[[], T], what: str = "", timeout: float = PATIENCE) -> T:
    """Wait until ``condition`` returns a true value.

    Args:
        condition: Called every `POLL` seconds.
        what: The expected state, for the error message.
        timeout: The maximum time in seconds.

    Returns:
        The true value.

    Raises:
        AssertionError: The value was still false after the timeout.
    """
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(
                f"not within {timeout:.0f} s: {what or condition} (last: {value!r})"
            )
        time.sleep(POLL)
    return value
