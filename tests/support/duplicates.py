"""Create trees of files for tests, and compare the results of a scan."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from everview.testing import SimulatedApp, SimulatedWindow
from views.duplicates.groups import Group
from views.duplicates.hashing import Opener, open_ordinary
from views.duplicates.scan import Scan

#: A hook that is called before every read, with the path and the position in the file.
ReadHook = Callable[[str, int], None]


class FakeClock:
    """A clock whose time is set by a test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class HookedFile(io.FileIO):
    def __init__(self, opened: int, path: str, hook: ReadHook) -> None:
        super().__init__(opened, "rb")
        self.path = path
        self.hook = hook

    def readinto(self, buffer, /):  # type: ignore[no-untyped-def]
        self.hook(self.path, self.tell())
        return super().readinto(buffer)


def hooked(hook: ReadHook) -> Opener:
    """Return an opener of real files that calls ``hook`` before each read."""

    def open_file(path: str) -> io.FileIO:
        with open_ordinary(path) as file:
            return HookedFile(os.dup(file.fileno()), path, hook)

    return open_file


def make(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def sparse(path: Path, size: int, last: bytes = b"\0") -> Path:
    with path.open("wb") as file:
        file.seek(size - len(last))
        file.write(last)
    return path


def scanned(folder: Path, **options: object) -> Scan:
    scan = Scan(folder, **options)  # type: ignore[arg-type]
    scan.run()
    return scan


def found(scan: Scan) -> set[frozenset[str]]:
    """Return the groups as sets of paths relative to the scanned folder."""
    return {
        frozenset(os.path.relpath(path, scan.folder) for path in group.files)
        for group in scan.groups()
    }


def reasons(scan: Scan) -> dict[str, str]:
    return {os.path.relpath(each.path, scan.folder): each.reason for each in scan.problems()}


def group_of(*files: Path) -> Group:
    """Return the group that a scan finds for these files."""
    content = files[0].read_bytes()
    names = tuple(str(file) for file in files)
    return Group(0, len(content), hashlib.sha256(content).digest(), names)


def scan_in_window(simulated: SimulatedApp, folder: Path) -> SimulatedWindow:
    """Open a window, scan ``folder`` and wait for the result."""
    window = simulated.open("/duplicates/")
    window.type("#folder", str(folder))
    window.click("Find duplicates")
    window.wait_until(lambda: window.has("#state") and window.text("#state").startswith("Done"))
    return window
