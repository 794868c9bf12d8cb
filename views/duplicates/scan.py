"""A scan for duplicate files: start it, watch it, pause it, cancel it, take its results.

    scan = Scan(Path.home() / "Pictures")
    scan.run()                              # blocks; meanwhile, in other threads:
    scan.progress(), scan.groups(since=12), scan.pause(), scan.resume(), scan.cancel()

Not for: removing anything (``keep``).

Threads: `Scan.run` in a thread that may block; everything else from any thread at any time,
    before, during and after.
Guarantees: nothing is written, moved or changed. No unreadable, vanishing or changing file ends a
    scan; it becomes a `Problem`. `cancel` takes effect within one file's opening or one read of
    1 MiB, whichever it is at (a disk that does not answer holds up a read, and so a cancel). What
    was found before a cancel stays. Memory: 45 MB for 200,000 files (measured),
    of which 15 MB, the results, stay after the run.
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
            folder: Where to look. May itself be a symbolic link; no other link is followed. If it
                cannot be listed, the scan ends with that one problem.
            minimum_size: Smallest size in bytes to compare. 1 leaves out empty files, which are
                all alike and hold nothing to win; 0 takes them in.
            one_file_system: Stay on the folder's own disk, do not enter others mounted below it.
            clock: Monotonic seconds, for the rate and the time left.
            open_file: How files are opened for reading; for tests.
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
        """Scan until done or cancelled; returns the final progress.

        Raises:
            RuntimeError: It was run before.
        """
        self._control.start()
        # The table of files lives in here only: after the run, a scan holds just its results.
        search = Search(
            self._control,
            self._tracker,
            self._groups,
            self._problems,
            minimum_size=self._minimum_size,
            one_file_system=self._one_file_system,
            open_file=self._open_file,
        )
        end = Phase.FAILED  # only an error in this program, or no memory, leaves it at that
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
        """Wait before the next block until `resume` or `cancel`."""
        self._control.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._control.resume()

    def cancel(self) -> None:
        """End the scan as soon as possible; also while paused."""
        self._control.cancel()

    def wait_paused(self, timeout: float | None = None) -> bool:
        """Block until the scan stands still after `pause`; False if not within ``timeout``."""
        return self._control.wait_paused(timeout)

    def progress(self) -> Progress:
        """How far it is."""
        groups, wasted = self._groups.totals()
        return self._tracker.snapshot(
            paused=self._control.paused,
            groups=groups,
            wasted=wasted,
            problems=self._problems.count,
        )

    def groups(self, since: int = 0) -> tuple[Group, ...]:
        """The groups found so far, from number ``since`` on; poll with ``since=len(mine)``."""
        return self._groups.since(since)

    def groups_by_waste(self, limit: int | None = None) -> list[Group]:
        """The groups found so far that waste most (all, or ``limit`` of them), worst first."""
        return self._groups.by_waste(limit)

    def problems(self, since: int = 0) -> tuple[Problem, ...]:
        """What was left out, from number ``since`` on; the first 10,000 are kept."""
        return self._problems.since(since)
