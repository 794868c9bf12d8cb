"""The results of a scan: groups of files with the same content.

This module does not find groups (see ``search``) or remove files (see ``keep``).
"""

from __future__ import annotations

import heapq
import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Files that had the same content when they were read.

    Attributes:
        number: Its index in the order in which groups were found; stable within a scan.
        size: Bytes of one of the files.
        digest: SHA-256 of the content, as ``sha256sum`` prints it with ``.hex()``.
        files: Absolute paths of two or more different files. The first is kept unless the user
            chooses another (see `keep_order`). They are strings because a `Path` takes three
            times the memory. Bytes that are not UTF-8 are lone surrogates (PEP 383): show paths
            with ``human.display_path``.
        links: Further names (hard links) of files in ``files``. They are listed but not counted:
            removing one of several names of a file frees no space.
    """

    number: int
    size: int
    digest: bytes
    files: tuple[str, ...]
    links: tuple[str, ...] = ()

    @property
    def wasted_bytes(self) -> int:
        """The number of bytes that the extra copies use."""
        return self.size * (len(self.files) - 1)


def keep_order(modified: int, path: str) -> tuple[int, int, str]:
    """Sort key: the oldest file first, then the shortest path, then alphabetical order.

    The reason for this order: a copy is usually newer than its original and has a longer path
    ("photo (2)").

    Args:
        modified: Time of the last modification in nanoseconds.
        path: Absolute path.
    """
    return (modified, len(path), path)


class GroupList:
    """The groups found so far.

    Threads: only the scanning thread adds groups. Any thread can read them. Guarantees: groups are
    only added at the end, so that their numbers stay valid.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._groups: list[Group] = []
        self._wasted = 0

    def add(self, size: int, digest: bytes, files: tuple[str, ...], links: tuple[str, ...]) -> None:
        """Append a group."""
        with self._lock:
            group = Group(len(self._groups), size, digest, files, links)
            self._groups.append(group)
            self._wasted += group.wasted_bytes

    def totals(self) -> tuple[int, int]:
        """The number of groups, and the bytes that their extra copies take up."""
        with self._lock:
            return len(self._groups), self._wasted

    def since(self, start: int = 0) -> tuple[Group, ...]:
        """The groups whose number is ``start`` or higher."""
        with self._lock:
            return tuple(self._groups[start:])

    def by_waste(self, limit: int | None = None) -> list[Group]:
        """The ``limit`` groups that waste most bytes, the largest first.

        The result contains all groups if ``limit`` is None.
        """
        groups = self.since()
        # Sort outside the lock, so that the scan can continue. `nsmallest` does not sort all
        # groups, only those of the page.
        if limit is None:
            return sorted(groups, key=_waste)
        return heapq.nsmallest(limit, groups, key=_waste)


def _waste(group: Group) -> tuple[int, int]:
    return (-group.wasted_bytes, group.number)
