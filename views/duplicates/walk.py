"""Find every ordinary file below a folder.

* The walk is not recursive: only the system's path length limits the depth.
* Symbolic links (and junctions on Windows) are not followed, except for the folder where the scan
  starts. A folder that is reached twice (bind mounts) is entered once.
* Mounted disks below the folder are entered, unless ``one_file_system`` is set. Pseudo file systems
  of the kernel (/proc) are not entered. Fifos, sockets and devices are not opened.
* The trash is skipped, because a copy in the trash must never be the file that is kept.

This module does not open files.

Threads: all functions are called on the scanning thread. Guarantees: a folder that cannot be
listed becomes a problem, not an exception. `Control.check` is called at least once for every
`BATCH` entries.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from everview.i18n import N_, _
from views.duplicates.control import Control
from views.duplicates.files import FileTable
from views.duplicates.mounts import home_trash, is_trash_name, pseudo_devices
from views.duplicates.problems import ProblemList, explain
from views.duplicates.progress import Tracker

#: After this number of entries, `Control.check` is called and the progress is updated.
BATCH = 256

_PSEUDO_SYSTEM = N_("it is part of the running system and has no files on a disk")
_JUNCTION = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)

# Folders are opened before they are listed, for two reasons. An open folder cannot be replaced by
# a link. And the system does not have to resolve a long path for every file.
_CAN_OPEN_FOLDERS = os.scandir in os.supports_fd
_OPEN_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NONBLOCK", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


class Walk:
    """Walks through one folder once, and fills a `FileTable`."""

    def __init__(
        self,
        files: FileTable,
        control: Control,
        tracker: Tracker,
        problems: ProblemList,
        *,
        minimum_size: int,
        one_file_system: bool,
    ) -> None:
        self._files = files
        self._control = control
        self._tracker = tracker
        self._problems = problems
        self._minimum_size = minimum_size
        self._one_file_system = one_file_system
        self._pseudo_devices = pseudo_devices()
        self._entered: set[tuple[int, int]] = set()
        self._trash = home_trash()
        self._device = 0

    def run(self, root: str) -> None:
        """Walk everything below ``root``.

        Raises:
            CancelledError: The scan was cancelled.
        """
        try:
            found = os.stat(root)  # noqa: PTH116 (paths are plain text all through the scan)
        except OSError as error:
            self._problems.add(root, explain(error))
            return
        self._device = found.st_dev
        waiting = [root] if self._wants_folder(root, found) else []
        # Walk in depth-first order. The list of open folders then stays short: it contains the
        # folders along one path, not those of a whole level.
        while waiting:
            path = waiting.pop()
            self._control.check()
            try:
                with _listing(path, follow=path == root) as entries:
                    self._tracker.count_found(1, 0, 0)
                    self._list(path, entries, waiting)
            except OSError as error:
                self._problems.add(path, explain(error))

    def _list(
        self,
        path: str,
        entries: Iterator[os.DirEntry[str]],
        waiting: list[str],
    ) -> None:
        folder = -1
        count = size = 0
        prefix = path if path.endswith(os.sep) else path + os.sep
        try:
            for number, entry in enumerate(entries, 1):
                if number % BATCH == 0:
                    self._tracker.count_found(0, count, size)
                    count = size = 0
                    self._control.check()
                try:
                    found = entry.stat(follow_symlinks=False)
                except OSError as error:
                    self._problems.add(prefix + entry.name, explain(error))
                    continue
                if stat.S_ISREG(found.st_mode):
                    count += 1
                    size += found.st_size
                    if found.st_size >= self._minimum_size:
                        if folder < 0:
                            folder = self._files.add_folder(path)
                        self._files.add(folder, entry.name, found)
                elif stat.S_ISDIR(found.st_mode):
                    self._visit_folder(prefix + entry.name, entry.name, found, waiting)
        finally:
            self._tracker.count_found(0, count, size)

    def _visit_folder(
        self,
        path: str,
        name: str,
        found: os.stat_result,
        waiting: list[str],
    ) -> None:
        if not found.st_ino:  # on Windows, listings do not contain the inode
            try:
                found = os.lstat(path)
            except OSError as error:
                self._problems.add(path, explain(error))
                return
        identity = (found.st_dev, found.st_ino)
        if not is_trash_name(name) and identity != self._trash and self._wants_folder(path, found):
            waiting.append(path)

    def _wants_folder(self, path: str, found: os.stat_result) -> bool:
        if getattr(found, "st_reparse_tag", 0) == _JUNCTION:
            return False
        if found.st_dev in self._pseudo_devices:
            self._problems.add(path, _(_PSEUDO_SYSTEM))
            return False
        if self._one_file_system and found.st_dev != self._device:
            return False
        identity = (found.st_dev, found.st_ino)
        if identity in self._entered:
            return False
        self._entered.add(identity)
        return True


@contextmanager
def _listing(path: str, *, follow: bool) -> Iterator[Iterator[os.DirEntry[str]]]:
    """Open a folder for listing."""
    if not _CAN_OPEN_FOLDERS:
        with os.scandir(path) as entries:
            yield entries
        return
    opened = os.open(path, _OPEN_FOLDER | (0 if follow else _NO_FOLLOW))
    try:
        with os.scandir(opened) as entries:
            yield entries
    finally:
        os.close(opened)
