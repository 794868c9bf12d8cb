"""A scan for duplicate files: start it, watch it, pause it, cancel it, take its results.

    scan = Scan(Path.home() / "Pictures")
    scan.run()                              # blocks; other threads may call:
    scan.progress(), scan.groups(since=12), scan.pause(), scan.resume(), scan.cancel()

This module does not remove files; see ``keep``.

Threads: `Scan.run` is called in a thread that may block. All other methods can be called from any
thread at any time.
Guarantees: nothing is written, moved or changed. A file that cannot be read, disappears or changes
does not end a scan; it becomes a `Problem`. `cancel` takes effect after opening one file or
reading 1 MiB; a disk that does not answer delays it. Results that were found before a cancel
stay available.
Memory: a run with 200,000 files uses 45 MB (measured). Of these, 15 MB for the results stay in
use after the run.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from views.duplicates.control import CancelledError, Clock, Control
from views.duplicates.groups import Group, GroupList
from views.duplicates.hashing import Opener, open_ordinary
from views.duplicates.problems import Problem, ProblemList
from views.duplicates.progress import Phase, Progress, Tracker
from views.duplicates.search import Search


class Scan:
    """One scan of one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        minimum_size: int = 1,
        one_file_system: bool = False,
        clock: Clock = time.monotonic,
        open_file: Opener = open_ordinary,
    ) -> None:
        """Prepare a scan.

        Args:
            folder: The folder to scan. It may be a symbolic link; no other link is followed. If it
                cannot be listed, the scan ends with this one problem.
            minimum_size: The smallest size in bytes to compare. With 1, empty files are skipped,
                because they take up no space. With 0, they are included.
            one_file_system: Do not enter other disks that are mounted below the folder.
            clock: Returns monotonic seconds, for the rate and the time left.
            open_file: Opens a file for reading; for tests.
        """
        self.folder = Path(os.path.abspath(folder))  # noqa: PTH100 (resolve() follows links)
        self._control = Control(clock)
        self._tracker = Tracker(self._control.seconds)
        self._groups = GroupList()
        self._problems = ProblemList()
        self._minimum_size = minimum_size
        self._one_file_system = one_file_system
        self._open_file = open_file

    def run(self) -> Progress:
        """Scan until done or cancelled. Returns the final progress.

        Raises:
            RuntimeError: The scan was run before.
        """
        self._control.start()
        # Only `Search` has a reference to the table of files, so that the table is freed after the
        # run.
        search = Search(
            self._control,
            self._tracker,
            self._groups,
            self._problems,
            minimum_size=self._minimum_size,
            one_file_system=self._one_file_system,
            open_file=self._open_file,
        )
        end = Phase.FAILED  # the run raised, or its view was stopped
        try:
            self._control.check()
            search.run(str(self.folder))
            end = Phase.DONE
        except CancelledError:
            end = Phase.CANCELLED
        finally:
            self._control.finish()
            self._tracker.enter(end)
        return self.progress()

    def pause(self) -> None:
        """Pause the scan before the next block, until `resume` or `cancel` is called."""
        self._control.pause()

    def resume(self) -> None:
        """Continue after `pause`."""
        self._control.resume()

    def cancel(self) -> None:
        """End the scan as soon as possible, also while it is paused."""
        self._control.cancel()

    def wait_paused(self, timeout: float | None = None) -> bool:
        """Block until the scan has paused.

        Returns False if it has not paused within ``timeout`` seconds.
        """
        return self._control.wait_paused(timeout)

    def progress(self) -> Progress:
        """The progress of the scan."""
        groups, wasted = self._groups.totals()
        return self._tracker.snapshot(
            paused=self._control.paused,
            groups=groups,
            wasted=wasted,
            problems=self._problems.count,
        )

    def groups(self, since: int = 0) -> tuple[Group, ...]:
        """The groups found so far whose number is ``since`` or higher."""
        return self._groups.since(since)

    def groups_by_waste(self, limit: int | None = None) -> list[Group]:
        """The ``limit`` groups found so far that waste most bytes.

        The result contains all groups if ``limit`` is None.
        """
        return self._groups.by_waste(limit)

    def problems(self, since: int = 0) -> tuple[Problem, ...]:
        """The problems whose number is ``since`` or higher.

        Only the first 10,000 problems are stored.
        """
        return self._problems.since(since)
