"""What could not be looked at during a scan, and why, in plain words.

Not for: deciding what to do about it; a problem never ends a scan.
"""

from __future__ import annotations

import errno
import threading
from dataclasses import dataclass

from everview.i18n import N_, _
from views.duplicates.human import display_path

#: Problems that are kept; later ones are only counted. 10,000 are a few MB, and nobody reads on.
PROBLEMS_KEPT = 10_000

CHANGED = N_("it changed while it was read")

_REASONS = {
    errno.EACCES: N_("you do not have permission"),
    errno.EPERM: N_("the system does not allow it"),
    errno.ENOENT: N_("it is no longer there"),
    errno.ENOTDIR: N_("a folder above it is no longer there"),
    errno.EIO: N_("the disk reported an error while it was read"),
    errno.ELOOP: N_("it is a symbolic link now"),
    errno.ENAMETOOLONG: N_("its path is longer than this system allows"),
    errno.EMFILE: N_("too many files are open in this program"),
    errno.ENFILE: N_("too many files are open on this computer"),
    errno.ENXIO: N_("it is not an ordinary file"),
    errno.ENODEV: N_("the device it is on is gone"),
    errno.ESTALE: N_("the network folder it is on has changed"),
    errno.ETIMEDOUT: N_("the device it is on does not answer"),
    errno.EBUSY: N_("another program is using it"),
    errno.EAGAIN: N_("another program has locked it"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("your share of the disk is full"),
    errno.EROFS: N_("the disk cannot be written to"),
    errno.EEXIST: N_("something with that name is already there"),
    errno.EXDEV: N_("it is on another disk"),
}


class UnusableError(Exception):
    """A file that is not, or no longer, what it was taken for; the message says why."""


def explain(error: OSError | UnusableError) -> str:
    """Why something failed, as half a sentence about the file."""
    if isinstance(error, UnusableError):
        return str(error)
    if error.errno in _REASONS:
        return _(_REASONS[error.errno])
    return error.strerror or str(error) or _("the system gave no reason")


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that was left out.

    Attributes:
        path: The path as found; may hold lone surrogates.
        reason: Why, as half a sentence: "you do not have permission".
    """

    path: str
    reason: str

    @property
    def display(self) -> str:
        """The path in printable form."""
        return display_path(self.path)


class ProblemList:
    """The first problems of a scan and the number of all of them.

    Threads: any thread may call anything.
    """

    def __init__(self, limit: int = PROBLEMS_KEPT) -> None:
        self._lock = threading.Lock()
        self._limit = limit
        self._kept: list[Problem] = []
        self._count = 0

    def add(self, path: str, reason: str) -> None:
        """Note a problem; past the limit it is only counted."""
        with self._lock:
            self._count += 1
            if len(self._kept) < self._limit:
                self._kept.append(Problem(path, reason))

    @property
    def count(self) -> int:
        """All problems, those not kept included."""
        return self._count

    def since(self, start: int = 0) -> tuple[Problem, ...]:
        """The kept problems from number ``start`` on, in the order in which they came."""
        with self._lock:
            return tuple(self._kept[start:])
