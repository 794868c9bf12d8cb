"""The last check before a file is removed: another file must have the same content.

Guarantees: `confirm_copy` returns only if both paths are ordinary files, are different files, and
    have the same content, byte by byte. This is also the content that the scan found. After both
    were read, they were unchanged and still had their paths.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from dataclasses import dataclass

from everview.i18n import _
from views.duplicates.control import Control
from views.duplicates.groups import Group
from views.duplicates.hashing import BLOCK, open_ordinary
from views.duplicates.problems import UnusableError, explain


@dataclass(frozen=True, slots=True)
class FileState:
    """The state of a file at the moment when it was read."""

    path: str
    stat: os.stat_result

    def is_unchanged(self) -> bool:
        """Whether the file at the path is still the file that was read, and is unchanged."""
        try:
            return unchanged(self.stat, os.lstat(self.path))
        except OSError:
            return False


def unchanged(before: os.stat_result, after: os.stat_result) -> bool:
    """Whether both results are of one ordinary file with equal size and modification time."""
    return (
        stat.S_ISREG(after.st_mode)
        and os.path.samestat(before, after)
        and before.st_size == after.st_size
        and before.st_mtime_ns == after.st_mtime_ns
    )


def confirm_copy(
    group: Group, keep: str, extra: str, control: Control
) -> tuple[FileState, FileState]:
    """Check that ``extra`` is a copy of ``keep``. Returns the states of both files, ``keep`` first.

    Raises:
        UnusableError: ``extra`` is not a copy, or this cannot be determined. The message contains
            the reason.
        CancelledError: The task was cancelled.
    """
    with _opened(keep, _("the file to keep")) as kept_file, _opened(extra, _("it")) as extra_file:
        kept, found = os.fstat(kept_file.fileno()), os.fstat(extra_file.fileno())
        if os.path.samestat(kept, found):
            raise UnusableError(
                _("it is the file to keep under another name; removing it frees no space")
            )
        if kept.st_size != group.size:
            raise UnusableError(_("the file to keep has changed since the scan"))
        if found.st_size != group.size:
            raise UnusableError(_("it has changed since the scan"))
        try:
            digest = _equal_digest(kept_file, extra_file, control)
        except OSError as error:
            template = _("comparing it with the file to keep failed: {reason}")
            raise UnusableError(template.format(reason=explain(error))) from error
        if digest != group.digest:
            raise UnusableError(_("it and the file to keep have both changed since the scan"))
        if not unchanged(kept, os.fstat(kept_file.fileno())):
            raise UnusableError(_("the file to keep changed while the two were compared"))
        if not unchanged(found, os.fstat(extra_file.fileno())):
            raise UnusableError(_("it changed while the two were compared"))
    seen = FileState(keep, kept), FileState(extra, found)
    require_both(*seen)
    return seen


def require_both(kept: FileState, extra: FileState) -> None:
    """Check again, without reading, that both files are in place and unchanged.

    Raises:
        UnusableError: One of the files was moved or has changed.
    """
    if not kept.is_unchanged():
        raise UnusableError(_("the file to keep is no longer the one that was compared"))
    if not extra.is_unchanged():
        raise UnusableError(_("it is no longer the file that was compared"))


def _opened(path: str, what: str) -> io.FileIO:
    try:
        return open_ordinary(path)
    except (OSError, UnusableError) as error:
        template = _("{what} cannot be read: {reason}")
        raise UnusableError(template.format(what=what, reason=explain(error))) from error


def _equal_digest(kept: io.FileIO, extra: io.FileIO, control: Control) -> bytes:
    digest = hashlib.sha256()
    # Use bytearray: comparing memoryviews is slow, because they are compared element by element.
    ours, theirs = bytearray(BLOCK), bytearray(BLOCK)
    while True:
        control.check()
        got, other = _fill(kept, ours), _fill(extra, theirs)
        if got < BLOCK or other < BLOCK:
            del ours[got:], theirs[other:]
        if ours != theirs:
            raise UnusableError(_("its content differs from the file to keep"))
        digest.update(ours)
        if got < BLOCK:
            return digest.digest()


def _fill(file: io.FileIO, buffer: bytearray) -> int:
    """Read until the buffer is full or the file ends. Network disks can return less per read."""
    view = memoryview(buffer)
    filled = 0
    while filled < len(view):
        got = file.readinto(view[filled:])
        if not got:
            break
        filled += got
    return filled
