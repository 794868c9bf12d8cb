"""Removing copies loses no data: each safety check has a test that fails without it."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.duplicates import group_of, make, scanned, sparse
from views.duplicates import trashcan
from views.duplicates.control import Control
from views.duplicates.groups import Group
from views.duplicates.hashing import BLOCK
from views.duplicates.keep import CANCELLED, Outcome, RefusedError, move, trash, undo

CONTENT = b"precious" * 1000


class Bin:
    """A fake trash that moves files into a folder.

    The trash calls the function ``before`` before it moves a file.
    """

    def __init__(self, folder: Path, before: Callable[[str], object] = lambda path: None) -> None:
        folder.mkdir()
        self.folder = folder
        self.before = before
        self.sent: list[str] = []

    def __call__(self, path: str) -> None:
        self.before(path)
        self.sent.append(path)
        Path(path).rename(self.folder / str(len(self.sent)))


@pytest.fixture
def copies(tmp_path: Path) -> list[Path]:
    make(tmp_path / "in", dict.fromkeys(["a", "b", "sub/c"], CONTENT))
    return [tmp_path / "in/a", tmp_path / "in/b", tmp_path / "in/sub/c"]


@pytest.fixture
def group(copies: list[Path]) -> Group:
    return group_of(*copies)


@pytest.fixture
def bin_(tmp_path: Path) -> Bin:
    return Bin(tmp_path / "bin")


def rest(group: Group) -> tuple[str, ...]:
    return group.files[1:]


# ---- the file to keep is never removed ----------------------------------------------------------


def test_removal_of_all_copies_is_refused(group: Group, bin_: Bin, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="also among those to remove"):
        trash(group, group.files[0], group.files, send=bin_)
    with pytest.raises(RefusedError, match="also among those to remove"):
        move(group, group.files[0], group.files, tmp_path / "out")
    assert all(Path(file).exists() for file in group.files)


def test_files_that_are_not_in_the_group_are_refused(
    group: Group, bin_: Bin, tmp_path: Path
) -> None:
    make(tmp_path, {"other": CONTENT})
    other = str(tmp_path / "other")
    with pytest.raises(RefusedError, match="keep is not in this group"):
        trash(group, other, rest(group), send=bin_)
    with pytest.raises(RefusedError, match="not in the group"):
        trash(group, group.files[0], [other], send=bin_)
    with pytest.raises(RefusedError, match="twice"):
        trash(group, group.files[0], [group.files[1]] * 2, send=bin_)
    assert bin_.sent == []


def test_concurrent_removals_keep_one_copy(tmp_path: Path) -> None:
    make(tmp_path, {"a": CONTENT, "b": CONTENT})
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    group = group_of(tmp_path / "a", tmp_path / "b")
    second_removes = threading.Event()
    second = threading.Thread(
        target=lambda: trash(
            group, b, [a], send=Bin(tmp_path / "2", lambda _: second_removes.set())
        )
    )

    def start_second(_path: str) -> None:
        second.start()
        # If both removals ran at the same time, the second would set this event. The test waits a
        # short time and then asserts that the event is not set.
        second_removes.wait(0.3)

    trash(group, a, [b], send=Bin(tmp_path / "1", start_second))
    second.join(20)
    assert Path(a).exists(), "the second removal must not remove the file that the first one keeps"
    assert not second_removes.is_set()


# ---- the file to keep exists, is a regular file, and has the content -----------------------------


def _gone(keep: Path) -> None:
    keep.unlink()


def _shorter(keep: Path) -> None:
    os.truncate(keep, 10)


def _other_content(keep: Path) -> None:
    before = keep.stat()
    keep.write_bytes(CONTENT[:-1] + b"!")
    os.utime(keep, ns=(before.st_atime_ns, before.st_mtime_ns))


def _link_to_the_copy(keep: Path) -> None:
    keep.unlink()
    keep.symlink_to(keep.with_name("b"))


def _fifo(keep: Path) -> None:
    keep.unlink()
    os.mkfifo(keep)


@pytest.mark.parametrize("spoil", [_gone, _shorter, _other_content, _link_to_the_copy, _fifo])
@pytest.mark.parametrize("way", ["trash", "move"])
def test_nothing_is_removed_if_the_file_to_keep_has_changed(
    group: Group, bin_: Bin, tmp_path: Path, spoil: Callable[[Path], None], way: str
) -> None:
    spoil(Path(group.files[0]))
    if way == "trash":
        outcomes = trash(group, group.files[0], rest(group), send=bin_)
    else:
        outcomes = move(group, group.files[0], rest(group), tmp_path / "out")
    assert [outcome.done for outcome in outcomes] == [False, False]
    assert all("keep" in outcome.reason for outcome in outcomes)
    assert all(Path(file).read_bytes() == CONTENT for file in rest(group))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("victim", "words"),
    [(0, "the file to keep has changed since the scan"), (1, "it has changed since the scan")],
)
def test_changed_size_is_noticed_without_reading(
    copies: list[Path],
    group: Group,
    bin_: Bin,
    monkeypatch: pytest.MonkeyPatch,
    victim: int,
    words: str,
) -> None:
    with copies[victim].open("ab") as file:
        file.write(b"more")
    control = Control()
    checks: list[None] = []
    monkeypatch.setattr(control, "check", lambda: checks.append(None))
    (outcome,) = trash(group, group.files[0], [group.files[1]], send=bin_, control=control)
    assert outcome.reason == words
    assert len(checks) == 1, "one check before the file, and none for a block"


def test_nothing_is_removed_if_both_files_have_changed(
    copies: list[Path], group: Group, bin_: Bin
) -> None:
    for each in copies:
        each.write_bytes(CONTENT[::-1])
    (outcome,) = trash(group, group.files[0], [group.files[1]], send=bin_)
    assert outcome.reason == "it and the file to keep have both changed since the scan"


def test_kept_file_is_checked_before_every_removal(
    copies: list[Path], group: Group, tmp_path: Path
) -> None:
    bin_ = Bin(tmp_path / "bin", before=lambda path: _other_content(copies[0]))
    outcomes = trash(group, group.files[0], rest(group), send=bin_)
    assert [outcome.done for outcome in outcomes] == [True, False]
    assert copies[2].exists()


@pytest.mark.parametrize("victim", [0, 1])
def test_file_swapped_during_the_comparison_is_kept(
    copies: list[Path],
    group: Group,
    bin_: Bin,
    monkeypatch: pytest.MonkeyPatch,
    victim: int,
) -> None:
    control = Control()

    def swap() -> None:
        monkeypatch.undo()
        other = copies[victim].with_name("saved by an editor")
        other.write_bytes(b"newer than the scan")
        other.replace(copies[victim])

    # `check` is called before the file is read, then before each block. The last step in the list
    # is used first: the first call checks, the second call replaces the file.
    steps = [swap, control.check]

    def check() -> None:
        steps.pop()()

    monkeypatch.setattr(control, "check", check)
    (outcome,) = trash(group, group.files[0], [group.files[1]], send=bin_, control=control)
    assert not outcome.done
    assert "no longer the" in outcome.reason
    assert copies[victim].read_bytes() == b"newer than the scan"


@pytest.mark.parametrize("victim", [0, 1])
def test_file_changed_during_the_comparison_is_kept(
    tmp_path: Path, bin_: Bin, monkeypatch: pytest.MonkeyPatch, victim: int
) -> None:
    files = [sparse(tmp_path / name, 2 * BLOCK) for name in "ab"]
    group = group_of(*files)
    control = Control()
    calls: list[None] = []

    def write_behind() -> None:
        calls.append(None)
        if len(calls) == 3:  # the first block has been compared now
            with files[victim].open("r+b") as file:
                file.write(b"new")
            os.utime(files[victim], ns=(1, 1))

    monkeypatch.setattr(control, "check", write_behind)
    (outcome,) = trash(group, str(files[0]), [str(files[1])], send=bin_, control=control)
    assert not outcome.done
    assert "changed while the two were compared" in outcome.reason


# ---- the file to remove has the same content, and is another file --------------------------------


@pytest.mark.parametrize("spoil", [_gone, _shorter, _other_content, _link_to_the_copy, _fifo])
def test_changed_copy_is_kept(
    copies: list[Path], group: Group, bin_: Bin, spoil: Callable[[Path], None]
) -> None:
    spoil(copies[2])
    outcomes = trash(group, group.files[0], rest(group), send=bin_)
    assert [outcome.done for outcome in outcomes] == [True, False]
    assert outcomes[1].reason
    assert bin_.sent == [group.files[1]]


def test_second_name_of_the_kept_file_is_kept(
    copies: list[Path], group: Group, bin_: Bin
) -> None:
    copies[1].unlink()
    copies[1].hardlink_to(copies[0])
    (outcome,) = trash(group, group.files[0], [group.files[1]], send=bin_)
    assert "under another name" in outcome.reason
    assert copies[1].exists()


def test_kept_file_behind_a_linked_folder_is_kept(
    tmp_path: Path, bin_: Bin
) -> None:
    make(tmp_path, {"real/a": CONTENT})
    (tmp_path / "link").symlink_to(tmp_path / "real")
    group = group_of(tmp_path / "real/a", tmp_path / "link/a")
    (outcome,) = trash(group, group.files[0], [group.files[1]], send=bin_)
    assert not outcome.done
    assert (tmp_path / "real/a").exists()


def test_trash_of_one_file_under_two_names_is_reported(group: Group, tmp_path: Path) -> None:
    # If a network folder is mounted twice, one file appears with two devices and inodes.
    both = Bin(tmp_path / "bin", before=lambda path: Path(group.files[0]).unlink())
    outcomes = trash(group, group.files[0], rest(group), send=both)
    assert outcomes[0].done
    assert "restore it" in outcomes[0].reason
    assert not outcomes[1].done
    assert Path(group.files[2]).exists(), "no further file may be touched"


def test_move_of_one_file_under_two_names_is_undone(
    group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def take_both(source: str, destination: Path) -> None:
        real(source, destination)
        if str(source) == group.files[1]:
            Path(group.files[0]).unlink()

    monkeypatch.setattr(os, "replace", take_both)
    outcomes = move(group, group.files[0], rest(group), tmp_path / "out")
    assert [outcome.done for outcome in outcomes] == [False, False]
    assert "it was put back" in outcomes[0].reason
    assert Path(group.files[1]).read_bytes() == CONTENT


# ---- trash ---------------------------------------------------------------------------------------


@pytest.fixture
def real_trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run the real Send2Trash with a temporary trash folder."""
    if sys.platform != "linux":
        pytest.skip("other systems have no separate trash for a test")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    # Send2Trash compares the device of a file with that of HOME, not of XDG_DATA_HOME.
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == "send2trash"]:
        monkeypatch.delitem(sys.modules, name)
    # GLib's trash is disabled, because GLib reads the environment only once per process.
    monkeypatch.setitem(sys.modules, "gi", None)
    importlib.import_module("send2trash")
    return tmp_path / "data/Trash"


def test_copies_are_moved_to_the_real_trash(group: Group, real_trash: Path) -> None:
    seen: list[Outcome] = []
    outcomes = trash(group, group.files[0], rest(group), report=seen.append)
    assert outcomes == seen == [Outcome(file, done=True) for file in rest(group)]
    assert Path(group.files[0]).read_bytes() == CONTENT
    assert not any(Path(file).exists() for file in rest(group))
    assert {each.read_bytes() for each in (real_trash / "files").iterdir()} == {CONTENT}
    infos = [unquote(each.read_text()) for each in (real_trash / "info").iterdir()]
    assert all(any(Path(file).name in info for info in infos) for file in rest(group))


def test_file_with_a_name_that_is_not_utf8_is_moved_to_the_real_trash(
    tmp_path: Path, real_trash: Path
) -> None:
    odd = tmp_path / os.fsdecode(b"in/caf\xe9")
    make(tmp_path, {"in/a": CONTENT, str(odd): CONTENT})
    (group,) = scanned(tmp_path / "in").groups()
    (outcome,) = trash(group, str(tmp_path / "in/a"), [str(odd)])
    assert outcome == Outcome(str(odd), done=True)
    assert [os.fsencode(each.name) for each in (real_trash / "files").iterdir()] == [b"caf\xe9"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("TrashPermissionError", "has no trash that you can use"),
        (PermissionError(errno.EACCES, "Permission denied"), "no permission to remove it"),
        (OSError(errno.EXDEV, "Invalid cross-device link"), "Invalid cross-device link"),
        (OSError("Couldn't find mount point"), "Couldn't find mount point"),
        (None, "reported no reason"),
    ],
)
def test_unavailable_trash_is_reported_and_nothing_is_deleted(
    group: Group,
    real_trash: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: OSError | str | None,
    words: str,
) -> None:
    import send2trash

    def fail(path: str) -> None:
        if isinstance(error, str):
            raise send2trash.TrashPermissionError(path)
        if error is not None:
            raise error

    monkeypatch.setattr(send2trash, "send2trash", fail)
    outcomes = trash(group, group.files[0], rest(group))
    assert all(not outcome.done and words in outcome.reason for outcome in outcomes)
    assert all(Path(file).exists() for file in group.files)


def test_drive_without_recycle_bin_is_refused(
    group: Group, real_trash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trashcan, "_drive_has_trash", lambda path: False)
    (outcome, _) = trash(group, group.files[0], rest(group))
    assert outcome.reason == "its drive has no recycle bin; move it instead"
    assert all(Path(file).exists() for file in group.files)


# ---- cancelling ----------------------------------------------------------------------------------


def test_cancel_between_files_keeps_the_rest(group: Group, tmp_path: Path) -> None:
    control = Control()
    bin_ = Bin(tmp_path / "bin", before=lambda path: control.cancel())
    outcomes = trash(group, group.files[0], rest(group), send=bin_, control=control)
    assert outcomes == [
        Outcome(group.files[1], done=True),
        Outcome(group.files[2], done=False, reason=CANCELLED),
    ]


def test_cancel_during_the_comparison_of_10_gb_keeps_the_files(
    tmp_path: Path, bin_: Bin, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [str(sparse(tmp_path / name, 10 * 10**9)) for name in "ab"]
    group = Group(0, 10 * 10**9, b"not reached", tuple(files))
    control = Control()
    checks: list[None] = []
    check = control.check

    def cancel_soon() -> None:
        checks.append(None)
        if len(checks) == 4:
            control.cancel()
        check()

    monkeypatch.setattr(control, "check", cancel_soon)
    (outcome,) = trash(group, files[0], files[1:], send=bin_, control=control)
    assert outcome.reason == CANCELLED
    assert len(checks) == 4


# ---- one copy is kept after any sequence of requests ---------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 3))), max_size=6))
@settings(deadline=None, max_examples=60)
def test_any_requests_keep_one_copy(requests: list[tuple[int, set[int]]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        make(root, dict.fromkeys("abcd", CONTENT))
        group = group_of(*(root / each for each in "abcd"))
        bin_ = Bin(root / "bin")
        for number, (keep, remove) in enumerate(requests):
            paths = [group.files[each] for each in sorted(remove)]
            try:
                if number % 2:
                    move(group, group.files[keep], paths, root / "out")
                else:
                    trash(group, group.files[keep], paths, send=bin_)
            except RefusedError:
                assert keep in remove
        left = [Path(file) for file in group.files if Path(file).exists()]
        assert left
        everywhere = [*left, *bin_.folder.iterdir(), *(root / "out").rglob("*")]
        assert [path.read_bytes() for path in everywhere] == [CONTENT] * 4


def test_group_with_a_wrong_digest_removes_nothing(group: Group, bin_: Bin) -> None:
    wrong = replace(group, digest=b"\0" * 32)
    assert not any(outcome.done for outcome in trash(wrong, wrong.files[0], rest(wrong), send=bin_))


def test_undo_leaves_out_files_that_were_not_moved(group: Group, bin_: Bin) -> None:
    outcomes = trash(group, group.files[0], rest(group), send=bin_)
    assert undo(outcomes) == []
    assert undo([Outcome("/x", done=False, reason="why", moved_to="/y")]) == []
