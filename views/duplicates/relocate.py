"""Move one file to a folder on any disk, without overwriting another file.

An empty file, the placeholder, reserves the new name; creating it fails if the name is taken. Then
the file is renamed to the name of the placeholder. If the new name is on another disk, the content
is copied into the placeholder instead. The copy is written to the disk, read again and compared
with the source before the source is removed.

A hard link at the new name would need no placeholder. However, FAT has no hard links. Also,
removing the old name could remove a file that an editor has just saved under it. A rename moves
such a file instead.

Guarantees: the whole content is at one of the two places at every moment. No file is overwritten.
    If the move fails or is cancelled, the source is unchanged, and an incomplete copy is removed if
    the source still exists. Modification time and, if the disk stores them, permissions are kept.
Limits: after a copy to another disk, the last check of the source and its removal are two steps.
    Data that a program writes to the source in the microseconds between them is lost.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from everview.i18n import _
from views.duplicates.control import Control
from views.duplicates.hashing import BLOCK, open_ordinary
from views.duplicates.problems import CHANGED, UnusableError
from views.duplicates.verify import FileState

_RESERVE = (
    os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)


def move_to_unique(source: FileState, wanted: Path, control: Control) -> str:
    """Move a file to ``wanted``, or to "name (2)" and so on if the name is taken.

    Returns the new path.

    Raises:
        OSError, UnusableError: The file was not moved.
        CancelledError: The task was cancelled, and the file was not moved.
    """
    make_folders(wanted.parent)
    for candidate in _candidates(wanted):
        try:
            move_exactly(source, candidate, control)
        except FileExistsError:
            continue
        return str(candidate)
    raise AssertionError("candidates never end")


def move_exactly(source: FileState, destination: Path, control: Control) -> None:
    """Move a file to a path that does not exist. Raises the same errors as `move_to_unique`.

    Raises:
        FileExistsError: The path exists.
    """
    placeholder = os.open(destination, _RESERVE, 0o600)
    ours = os.fstat(placeholder)
    try:
        os.close(placeholder)
        try:
            os.replace(source.path, destination)  # noqa: PTH105 (source paths are plain text)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy(source, destination, ours, control)
            return
    except BaseException:
        _remove_own(source, destination, ours)
        raise
    moved = destination.lstat()
    if (moved.st_size, moved.st_mtime_ns) != (source.stat.st_size, source.stat.st_mtime_ns):
        # Another file took the name of the source just before the rename. Size and time show this.
        # The inode does not, because FAT and FUSE can give a renamed file a new inode.
        _put_back(FileState(str(destination), moved), source.path, control)


def make_folders(folder: Path) -> None:
    """Create a folder and its missing parents."""
    # Do not use Path.mkdir(parents=True): it is recursive, and a tree can be deeper than Python's
    # stack.
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        if folder.parent == folder:
            break
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)


def _candidates(wanted: Path) -> Iterator[Path]:
    yield wanted
    number = 2
    while True:
        yield wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        number += 1


def _copy(source: FileState, destination: Path, ours: os.stat_result, control: Control) -> None:
    """Copy the content into our placeholder, check the copy, then remove the source."""
    with open_ordinary(source.path) as reading, destination.open("r+b", buffering=0) as writing:
        if not os.path.samestat(ours, os.fstat(writing.fileno())):
            raise FileExistsError(errno.EEXIST, "another file has taken the name", str(destination))
        before = hashlib.sha256()
        buffer = memoryview(bytearray(BLOCK))
        while True:
            control.check()
            got = reading.readinto(buffer)
            if not got:
                break
            before.update(buffer[:got])
            written = 0
            while written < got:
                written += writing.write(buffer[written:got])
        os.fsync(writing.fileno())
        if hasattr(os, "posix_fadvise"):
            # Drop the cached data. Otherwise the check would read it from memory instead of from
            # the disk.
            os.posix_fadvise(writing.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        writing.seek(0)
        after = hashlib.sha256()
        while got := writing.readinto(buffer):
            control.check()
            after.update(buffer[:got])
        if after.digest() != before.digest():
            raise UnusableError(_("the copy on the other disk differs from the original file"))
    _copy_attributes(source.path, destination)
    _sync_folder(destination.parent)
    if not source.is_unchanged():
        raise UnusableError(_(CHANGED))
    # This is not an error: a network disk reports "not found" if it has removed the file and its
    # first answer was lost.
    Path(source.path).unlink(missing_ok=True)


def _copy_attributes(source: str, destination: Path) -> None:
    # FAT has no permissions, so that copystat raises this error. It has set the times before.
    with contextlib.suppress(PermissionError):
        shutil.copystat(source, destination, follow_symlinks=False)


def _sync_folder(folder: Path) -> None:
    """Write the new name to the disk before the old one is removed. Windows does this itself."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # not all network disks support this
            raise
    finally:
        os.close(opened)


def _put_back(wrong: FileState, path: str, control: Control) -> NoReturn:
    try:
        move_exactly(wrong, Path(path), control)
    except OSError as error:
        template = _("it changed while it was read; the file that replaced it is now {path}")
        raise UnusableError(template.format(path=wrong.path)) from error
    raise UnusableError(_(CHANGED))


def _remove_own(source: FileState, destination: Path, ours: os.stat_result) -> None:
    """Remove our placeholder or copy, if it is still ours and the source still exists.

    The source is checked because a network disk can report that its removal failed although it
    succeeded. In that case, the copy is the only file that is left.
    """
    try:
        source_there = os.path.samestat(source.stat, os.lstat(source.path))
        if source_there and os.path.samestat(ours, destination.lstat()):
            destination.unlink()
    except FileNotFoundError:
        pass  # one of the two files does not exist; the caller raises the original error
