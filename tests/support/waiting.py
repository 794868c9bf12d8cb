"""`wait_until`: wait for a condition, in real time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: Maximum time to wait in seconds. Most conditions take milliseconds; a busy machine is slow.
PATIENCE = 30.0
#: Time between two checks in seconds.
POLL = 0.01


def wait_until(condition: Callable[[], T], what: str = "", timeout: float = PATIENCE) -> T:
    """Wait for a true value of ``condition``.

    Args:
        condition: It is checked every `POLL` seconds.
        what: The expected state, for the error message.
        timeout: The maximum time in seconds.

    Returns:
        The true value.

    Raises:
        AssertionError: The value was false until the timeout.
    """
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(
                f"not within {timeout:.0f} s: {what or condition} (last: {value!r})"
            )
        time.sleep(POLL)
    return value
