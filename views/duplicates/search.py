"""The stages of a scan: walk, equal sizes, equal ends, equal contents.

Each stage compares only files that were equal in the previous stage. The largest files come first,
because their groups matter most.

Hard links (names with the same device and inode) are one file. Such a file is read once. A group
contains it once, with its other names as links. If all "copies" of a file are its own links, it is
not a duplicate.

Threads: `Search.run` is called in one thread. Any thread may read the lists that it fills.
Guarantees: the files of a group did not change between the walk and the moment when they were
completely read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from views.duplicates.control import Control
from views.duplicates.files import FileTable, Identity
from views.duplicates.groups import GroupList, keep_order
from views.duplicates.hashing import READ_WHOLE, Hasher, Opener
from views.duplicates.problems import ProblemList, UnusableError, explain
from views.duplicates.progress import Phase, Tracker
from views.duplicates.walk import Walk


class Search:
    """One search for duplicates below one folder."""

    def __init__(
        self,
        control: Control,
        tracker: Tracker,
        groups: GroupList,
        problems: ProblemList,
        *,
        minimum_size: int,
        one_file_system: bool,
        open_file: Opener,
    ) -> None:
        self._files = FileTable()
        self._tracker = tracker
        self._control = control
        self._groups = groups
        self._problems = problems
        self._hasher = Hasher(self._files, control, tracker, open_file)
        self._walk = Walk(
            self._files,
            control,
            tracker,
            problems,
            minimum_size=minimum_size,
            one_file_system=one_file_system,
        )
        # Hard links: by the row of the name that was read, the rows of the file's other names.
        self._links: dict[int, list[int]] = {}

    def run(self, folder: str) -> None:
        """Search below ``folder``.

        Raises:
            CancelledError: The scan was cancelled.
        """
        self._tracker.enter(Phase.WALKING)
        self._walk.run(folder)
        self._tracker.enter(Phase.COMPARING_SIZES)
        alike = self._compare_ends(same_size(self._files.sizes))
        self._compare_contents(alike)

    def _compare_ends(self, buckets: list[Sequence[int]]) -> list[list[int]]:
        """Add the groups of small files. Return the groups of larger files that may be equal."""
        sizes = self._files.sizes
        self._tracker.enter_hashing(
            Phase.HASHING_QUICK,
            sum(len(rows) for rows in buckets),
            sum(min(sizes[rows[0]], READ_WHOLE) * len(rows) for rows in buckets),
        )
        alike: list[list[int]] = []
        for rows in buckets:
            by_digest = self._sorted_by(self._hasher.quick, rows)
            if sizes[rows[0]] <= READ_WHOLE:
                self._add_groups(by_digest)
            else:
                alike += (same for same in by_digest.values() if len(same) > 1)
        return alike

    def _compare_contents(self, alike: list[list[int]]) -> None:
        self._tracker.enter_hashing(
            Phase.HASHING_FULL,
            sum(len(rows) for rows in alike),
            sum(self._files.sizes[rows[0]] * len(rows) for rows in alike),
        )
        for rows in alike:
            self._add_groups(self._sorted_by(self._hasher.full, rows))

    def _sorted_by(
        self, digest_of: Callable[[int], bytes], rows: Sequence[int]
    ) -> dict[bytes, list[int]]:
        by_digest: dict[bytes, list[int]] = {}
        read: dict[Identity, int] = {}
        for row in rows:
            self._control.check()
            known = self._files.identity(row)
            if known is not None and known in read:
                self._links.setdefault(read[known], []).append(row)
                self._tracker.count_done(min(self._files.sizes[row], READ_WHOLE))
                continue
            try:
                digest = digest_of(row)
            except (OSError, UnusableError) as error:
                self._problems.add(self._files.path(row), explain(error))
                continue
            identity = self._files.identity(row)
            if identity is not None:
                # Check the identity again, because on Windows it is known only after the file was
                # opened.
                if identity in read:
                    self._links.setdefault(read[identity], []).append(row)
                    continue
                # Record the identity only after the file was read. If one name cannot be read, the
                # next one is tried.
                read[identity] = row
            by_digest.setdefault(digest, []).append(row)
        return by_digest

    def _add_groups(self, by_digest: dict[bytes, list[int]]) -> None:
        for digest, rows in by_digest.items():
            if len(rows) > 1:
                self._add_group(digest, rows)

    def _add_group(self, digest: bytes, rows: list[int]) -> None:
        kept: list[tuple[tuple[int, int, str], str]] = []
        links: list[str] = []
        for row in rows:
            modified = self._files.modified(row)
            paths = [self._files.path(each) for each in (row, *self._links.get(row, ()))]
            paths.sort(key=lambda path: keep_order(modified, path))
            kept.append((keep_order(modified, paths[0]), paths[0]))
            links += paths[1:]
        kept.sort()
        self._groups.add(
            self._files.sizes[rows[0]],
            digest,
            tuple(path for _, path in kept),
            tuple(sorted(links)),
        )


def same_size(sizes: Sequence[int]) -> list[Sequence[int]]:
    """The rows of files that have the same size as another file, the largest size first."""
    order = sorted(range(len(sizes)), key=sizes.__getitem__, reverse=True)
    buckets: list[Sequence[int]] = []
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or sizes[order[end]] != sizes[order[start]]:
            if end - start > 1:
                buckets.append(order[start:end])
            start = end
    return buckets
