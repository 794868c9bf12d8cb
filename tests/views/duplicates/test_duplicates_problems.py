"""If reading a file fails, the scan stores a problem with a reason and continues."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.duplicates import found, hooked, make, reasons, scanned
from views.duplicates.hashing import BLOCK, READ_WHOLE, open_ordinary
from views.duplicates.problems import (
    CHANGED,
    Problem,
    ProblemList,
    UnusableError,
    explain,
)

SIZES = [100, READ_WHOLE + 100, 3 * BLOCK]


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"!")
    # The file time is set explicitly, because two writes may happen within one tick of the clock.
    os.utime(path, ns=(1, 1))


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _cut(path: Path) -> None:
    os.truncate(path, 10)


def _replace(path: Path) -> None:
    before = path.stat()
    other = path.with_name("other")
    other.write_bytes(b"y" * before.st_size)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("change", [_overwrite, _append, _cut])
def test_file_that_changes_while_it_is_read_is_a_problem(
    tmp_path: Path, size: int, change: Callable[[Path], None]
) -> None:
    content = b"x" * size
    make(tmp_path, {"a": content, "b": content, "victim": content})
    reads: list[int] = []

    def interfere(path: str, at: int) -> None:
        if Path(path).name == "victim":
            reads.append(at)
            # The file changes during the last stage that reads it.
            if at == (0 if size <= READ_WHOLE else min(at, BLOCK)) and len(reads) > (
                0 if size <= READ_WHOLE else 2
            ):
                change(Path(path))

    scan = scanned(tmp_path, open_file=hooked(interfere))
    assert reasons(scan) == {"victim": CHANGED}
    assert found(scan) == {frozenset("ab")}


@pytest.mark.parametrize("change", [_overwrite, _append, _cut, _replace])
def test_file_that_changes_before_it_is_read_is_a_problem(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    content = b"x" * 5000
    make(tmp_path, {"a": content, "b": content, "victim": content})
    changed: list[str] = []

    def open_file(path: str):  # type: ignore[no-untyped-def]
        if Path(path).name == "victim" and not changed:
            changed.append(path)
            change(Path(path))
        return open_ordinary(path)

    scan = scanned(tmp_path, open_file=open_file)
    assert reasons(scan) == {"victim": CHANGED}
    assert found(scan) == {frozenset("ab")}


def test_file_that_disappears_or_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    names = ["a", "b", "denied", "fifo", "io", "link", "vanished"]
    make(tmp_path, dict.fromkeys(names, b"same"))

    def open_file(path: str):  # type: ignore[no-untyped-def]
        file = Path(path)
        match file.name:
            case "vanished":
                file.unlink()
            case "denied":
                raise PermissionError(errno.EACCES, "Permission denied", path)
            case "io":
                raise OSError(errno.EIO, "Input/output error", path)
            case "fifo":
                file.unlink()
                os.mkfifo(path)  # opening a FIFO for reading would block
            case "link":
                file.unlink()
                file.symlink_to(tmp_path / "a")
        return open_ordinary(path)

    scan = scanned(tmp_path, open_file=open_file)
    assert reasons(scan) == {
        "denied": "you do not have permission",
        "fifo": "it is not an ordinary file",
        "io": "the disk reported an error while it was read",
        "link": "it is a symbolic link now",
        "vanished": "it no longer exists",
    }
    assert found(scan) == {frozenset("ab")}
    progress = scan.progress()
    assert progress.problems == 5
    assert progress.files_hashed == progress.files_to_hash


def test_file_without_permission_is_a_problem(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything; the test above covers it with an injected error")
    make(tmp_path, dict.fromkeys("abc", b"same"))
    (tmp_path / "c").chmod(0)
    scan = scanned(tmp_path)
    assert reasons(scan) == {"c": "you do not have permission"}
    assert found(scan) == {frozenset("ab")}


def test_folder_that_disappears_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, {"a": b"same", "b": b"same", "sub/c": b"same"})
    real = os.open

    def vanish(path: object, *arguments: object, **named: object) -> int:
        if str(path).endswith("sub"):
            (tmp_path / "sub/c").unlink()
            (tmp_path / "sub").rmdir()
        return real(path, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("views.duplicates.walk.os.open", vanish)
    scan = scanned(tmp_path)
    assert reasons(scan) == {"sub": "it no longer exists"}
    assert found(scan) == {frozenset("ab")}


def test_dates_beyond_64_bits_of_nanoseconds_are_accepted(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"same", "b": b"same"})
    for name, year in (("a", 2300), ("b", 2400)):
        seconds = (year - 1970) * 31_556_952
        os.utime(tmp_path / name, ns=(seconds * 10**9, seconds * 10**9))
    if (tmp_path / "b").stat().st_mtime_ns < 2**63:
        pytest.skip("this file system cannot hold such dates")
    assert found(scanned(tmp_path)) == {frozenset("ab")}


def test_first_problems_are_stored_and_all_are_counted() -> None:
    problems = ProblemList(limit=3)
    for number in range(5):
        problems.add(f"/{number}", "why")
    assert problems.count == 5
    assert problems.since() == tuple(Problem(f"/{n}", "why") for n in range(3))
    assert problems.since(2) == (Problem("/2", "why"),)


def test_problem_has_a_printable_path() -> None:
    assert Problem(os.fsdecode(b"/caf\xe9\n"), "why").display == "/caf\\xe9\\x0a"


def test_unknown_error_has_the_text_of_the_system() -> None:
    assert explain(OSError(errno.EDOM, "Some words")) == "Some words"
    assert explain(OSError("an error of GLib")) == "an error of GLib"
    assert explain(OSError()) == "the system reported no reason"
    assert explain(UnusableError("own words")) == "own words"
