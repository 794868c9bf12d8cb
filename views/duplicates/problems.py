"""The files and folders that a scan skipped, with the reasons for the user.

A scan continues after every problem.
"""

from __future__ import annotations

import errno
import threading
from dataclasses import dataclass

from everview.i18n import N_, _
from views.duplicates.human import display_path

#: At most this number of problems is stored, which takes a few MB. Later problems are only counted.
MAX_PROBLEMS = 10_000

CHANGED = N_("it changed while it was read")

_REASONS = {
    errno.EACCES: N_("you do not have permission"),
    errno.EPERM: N_("the system does not allow it"),
    errno.ENOENT: N_("it no longer exists"),
    errno.ENOTDIR: N_("a folder above it no longer exists"),
    errno.EIO: N_("the disk reported an error while it was read"),
    errno.ELOOP: N_("it is a symbolic link now"),
    errno.ENAMETOOLONG: N_("its path is longer than this system allows"),
    errno.EMFILE: N_("too many files are open in this program"),
    errno.ENFILE: N_("too many files are open on this computer"),
    errno.ENXIO: N_("it is not an ordinary file"),
    errno.ENODEV: N_("its device was removed"),
    errno.ESTALE: N_("its network folder has changed"),
    errno.ETIMEDOUT: N_("its device does not answer"),
    errno.EBUSY: N_("another program is using it"),
    errno.EAGAIN: N_("another program has locked it"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("your share of the disk is full"),
    errno.EROFS: N_("the disk cannot be written to"),
    errno.EEXIST: N_("a file with that name already exists"),
    errno.EXDEV: N_("it is on another disk"),
}


class UnusableError(Exception):
    """Raised for a file that cannot be used or has changed. The message contains the reason."""


def explain(error: OSError | UnusableError) -> str:
    """Describe the reason of an error to the user, in a few words without a full stop."""
    if isinstance(error, UnusableError):
        return str(error)
    if error.errno in _REASONS:
        return _(_REASONS[error.errno])
    return error.strerror or str(error) or _("the system reported no reason")


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that the scan skipped.

    Attributes:
        path: The path as it was found; it can contain lone surrogates.
        reason: The reason without a full stop, for example "you do not have permission".
    """

    path: str
    reason: str

    @property
    def display(self) -> str:
        """The path in printable form."""
        return display_path(self.path)


class ProblemList:
    """The first problems of a scan, and the number of all problems.

    Threads: all methods can be called from any thread.
    """

    def __init__(self, limit: int = MAX_PROBLEMS) -> None:
        self._lock = threading.Lock()
        self._limit = limit
        self._stored: list[Problem] = []
        self._count = 0

    def add(self, path: str, reason: str) -> None:
        """Add a problem. If the limit is reached, the problem is only counted."""
        with self._lock:
            self._count += 1
            if len(self._stored) < self._limit:
                self._stored.append(Problem(path, reason))

    @property
    def count(self) -> int:
        """The number of all problems, including those that are not stored."""
        return self._count

    def since(self, start: int = 0) -> tuple[Problem, ...]:
        """The stored problems whose number is ``start`` or higher, in the order of `add`."""
        with self._lock:
            return tuple(self._stored[start:])
