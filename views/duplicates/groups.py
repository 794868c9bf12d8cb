"""The results: groups of files with the same content.

Not for: finding them (``search``), acting on them (``keep``).
"""

from __future__ import annotations

import heapq
import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Files that had the same content when they were read.

    Attributes:
        number: Its place in the order of finding, from 0; stable within a scan.
        size: Bytes of one of the files.
        digest: SHA-256 of the content, as ``sha256sum`` prints it with ``.hex()``.
        files: Absolute paths, two or more, each a file of its own; the first is the one to keep
            unless the user says otherwise (see `keep_order`). Text, not `Path`: a `Path` takes
            three times the memory. Bytes that are not UTF-8 are lone surrogates (PEP 383), so
            show them with ``human.display_path``.
        links: Further names (hard links) of files in ``files``. They take up no space, and
            removing just one of a file's names frees none, so they are listed and never
            counted.
    """

    number: int
    size: int
    digest: bytes
    files: tuple[str, ...]
    links: tuple[str, ...] = ()

    @property
    def wasted_bytes(self) -> int:
        """What the extra copies take up."""
        return self.size * (len(self.files) - 1)


def keep_order(modified: int, path: str) -> tuple[int, int, str]:
    """Sort key of what to keep first: the oldest, then the shortest path, then by alphabet.

    A copy is usually newer than its original and usually deeper or longer named ("photo (2)").

    Args:
        modified: Time of the last modification in nanoseconds.
        path: Absolute path.
    """
    return (modified, len(path), path)


class GroupList:
    """The groups found so far.

    Threads: the scanning thread adds; any thread reads.
    Guarantees: groups are only ever added, at the end; a number never changes its meaning.
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
        """How many groups there are, and how many bytes they waste."""
        with self._lock:
            return len(self._groups), self._wasted

    def since(self, start: int = 0) -> tuple[Group, ...]:
        """The groups from number ``start`` on."""
        with self._lock:
            return tuple(self._groups[start:])

    def by_waste(self, limit: int | None = None) -> list[Group]:
        """The ``limit`` most wasteful groups (or all), the worst first, ties as they were found."""
        groups = self.since()
        # Sorting happens outside the lock, and for a page of rows without sorting everything.
        if limit is None:
            return sorted(groups, key=_waste)
        return heapq.nsmallest(limit, groups, key=_waste)


def _waste(group: Group) -> tuple[int, int]:
    return (-group.wasted_bytes, group.number)
