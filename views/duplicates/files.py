"""The table of files of a scan, stored in columns.

In a tree of 200,000 files, the columns (arrays of numbers, a name per file, a path per folder)
take 106 bytes per file. A tuple per file with the whole path and the same numbers would take 304
bytes.

Threads: only the scanning thread uses the table.
"""

from __future__ import annotations

import os
from array import array

#: The identity of a file as (device, inode). It is equal for two names of one file (hard links,
#: bind mounts).
Identity = tuple[int, int]

_INT64_MAX = 2**63 - 1
_UINT64_MASK = 2**64 - 1


class FileTable:
    """A table with one row per file. A row is identified by its number."""

    def __init__(self) -> None:
        self._folders: list[str] = []
        self._devices: list[int] = []
        self._device_numbers: dict[int, int] = {}
        self._names: list[str] = []
        self._folder = array("I")
        self._device = array("I")
        self._inode = array("Q")
        self._modified = array("q")
        #: The size of each file in bytes, as the walk found it.
        self.sizes = array("q")

    def __len__(self) -> int:
        return len(self._names)

    def add_folder(self, path: str) -> int:
        """Add a folder. Returns the number of the folder, for calls of `add`."""
        self._folders.append(path if path.endswith(os.sep) else path + os.sep)
        return len(self._folders) - 1

    def add(self, folder: int, name: str, stat: os.stat_result) -> None:
        """Add a file that is in the folder with this number."""
        self._names.append(name)
        self._folder.append(folder)
        self.sizes.append(stat.st_size)
        self._modified.append(_clamped(stat.st_mtime_ns))
        self._device.append(self._device_number(stat.st_dev))
        self._inode.append(_folded(stat.st_ino))

    def path(self, row: int) -> str:
        """The file's path."""
        return self._folders[self._folder[row]] + self._names[row]

    def modified(self, row: int) -> int:
        """The modification time of the file in nanoseconds."""
        return self._modified[row]

    def identity(self, row: int) -> Identity | None:
        """The identity of the file; None if the walk could not determine it (on Windows)."""
        inode = self._inode[row]
        return (self._device[row], inode) if inode else None

    def learn_identity(self, row: int, stat: os.stat_result) -> None:
        """If the walk could not determine the identity, set it from the opened file."""
        if not self._inode[row]:
            self._device[row] = self._device_number(stat.st_dev)
            self._inode[row] = _folded(stat.st_ino)

    def matches(self, row: int, stat: os.stat_result) -> bool:
        """Whether the opened file is the one that the walk found, and is unchanged."""
        return (
            self.sizes[row] == stat.st_size
            and self._modified[row] == _clamped(stat.st_mtime_ns)
            and (
                not self._inode[row]
                or (
                    self._inode[row] == _folded(stat.st_ino)
                    and self._devices[self._device[row]] == stat.st_dev
                )
            )
        )

    def _device_number(self, device: int) -> int:
        number = self._device_numbers.get(device)
        if number is None:
            number = self._device_numbers[device] = len(self._devices)
            self._devices.append(device)
        return number


def _clamped(nanoseconds: int) -> int:
    # Clamp the time: some file systems store years after 2262, but 64 bits of nanoseconds cannot.
    return max(-_INT64_MAX, min(_INT64_MAX, nanoseconds))


def _folded(inode: int) -> int:
    # File numbers of ReFS have 128 bits and are folded to 64. If two files get the same value,
    # they count as hard links of one file, and are not offered for removal.
    return (inode ^ (inode >> 64)) & _UINT64_MASK
