"""`Alarm`: wakes a thread after a while, unless it is cleared before; to set it wakes nobody.

That is what timers of `threading` cannot do: a thread that is to wait for another time has to be
woken to be told so, which costs more than all that is done here. It is Linux's timerfd_create(2);
`os` has it since Python 3.13, the C library has it for all.

Threads: `set`, `clear` and `close` for one at a time, `wait` for another.
"""

from __future__ import annotations

import ctypes
import os
import time


class _Times(ctypes.Structure):
    """``struct itimerspec``: between two times, and until the first; seconds and nanoseconds."""

    _fields_ = (
        ("again_seconds", ctypes.c_long),
        ("again_nanoseconds", ctypes.c_long),
        ("seconds", ctypes.c_long),
        ("nanoseconds", ctypes.c_long),
    )


class Alarm:
    """Goes off ``seconds`` after it was set. Raises OSError where there is none to be had."""

    def __init__(self, seconds: float) -> None:
        # With the GIL: both return at once.
        library = ctypes.PyDLL(None, use_errno=True)
        try:
            create, self._set_time = library.timerfd_create, library.timerfd_settime
        except AttributeError:
            raise OSError("this system has no timerfd_create") from None
        self._fd: int = create(time.CLOCK_MONOTONIC, os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._set_time.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        whole, rest = divmod(round(seconds * 1e9), 10**9)
        self._then = ctypes.pointer(_Times(0, 0, whole, rest))
        self._now = ctypes.pointer(_Times(0, 0, 0, 1))
        self._never = ctypes.pointer(_Times())

    def set(self) -> None:
        """Go off after the time."""
        self._set_time(self._fd, 0, self._then, None)

    def clear(self) -> None:
        """Do not go off, if it has not done so yet."""
        self._set_time(self._fd, 0, self._never, None)

    def ring(self) -> None:
        """Go off now."""
        self._set_time(self._fd, 0, self._now, None)

    def wait(self) -> None:
        """Wait until it goes off; at once if it has since the last time."""
        os.read(self._fd, 8)

    def close(self) -> None:
        os.close(self._fd)
