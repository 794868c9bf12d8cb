"""Moving copies and moving them back, to any disk, without overwriting a file."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.duplicates import group_of, make, sparse
from views.duplicates import relocate
from views.duplicates.control import Control
from views.duplicates.groups import Group
from views.duplicates.hashing import BLOCK
from views.duplicates.keep import CANCELLED, Outcome, move, undo
from views.duplicates.relocate import move_exactly
from views.duplicates.verify import FileState

CONTENT = b"precious" * 1000
WHEN = 1_234_567_890_123_456_789


@pytest.fixture
def base(tmp_path: Path) -> Path:
    base = make(tmp_path / "in", dict.fromkeys(["a.txt", "sub/a.txt", "sub/b"], CONTENT))
    os.utime(base / "sub/a.txt", ns=(WHEN, WHEN))
    (base / "sub/a.txt").chmod(0o640)
    return base


@pytest.fixture
def group(base: Path) -> Group:
    return group_of(base / "a.txt", base / "sub/a.txt", base / "sub/b")


@pytest.fixture(params=["same disk", "other disk"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test runs twice. The second time renaming fails, as it does between disks."""
    if request.param == "other disk":
        monkeypatch.setattr(os, "replace", _other_disk)
    return str(request.param)


def _other_disk(source: object, destination: object) -> None:
    raise OSError(errno.EXDEV, "Invalid cross-device link", str(source))


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_moved_files_keep_their_path_below_the_base(
    disk: str, group: Group, base: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out/deeper"
    outcomes = move(group, group.files[0], group.files[1:], target, base=base)
    assert outcomes == [
        Outcome(group.files[1], done=True, moved_to=str(target / "sub/a.txt")),
        Outcome(group.files[2], done=True, moved_to=str(target / "sub/b")),
    ]
    assert tree(base) == {"a.txt": CONTENT}
    assert tree(target) == {"sub/a.txt": CONTENT, "sub/b": CONTENT}
    moved = (target / "sub/a.txt").stat()
    assert (moved.st_mtime_ns, moved.st_mode & 0o777) == (WHEN, 0o640)


def test_move_without_base_makes_names_unique(disk: str, group: Group, tmp_path: Path) -> None:
    target = make(tmp_path / "out", {"a.txt": b"other", "a (2).txt": b"another"})
    outcomes = move(group, group.files[2], group.files[:2], target)
    assert [outcome.moved_to for outcome in outcomes] == [
        str(target / "a (3).txt"),
        str(target / "a (4).txt"),
    ]
    assert tree(target) == {
        "a.txt": b"other",
        "a (2).txt": b"another",
        "a (3).txt": CONTENT,
        "a (4).txt": CONTENT,
    }


def test_name_of_a_broken_link_is_not_reused(disk: str, group: Group, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/b").symlink_to(tmp_path / "nowhere")
    (outcome,) = move(group, group.files[0], [group.files[2]], tmp_path / "out")
    assert outcome.moved_to == str(tmp_path / "out/b (2)")
    assert not (tmp_path / "nowhere").exists()


def test_undo_moves_all_files_back(disk: str, group: Group, base: Path, tmp_path: Path) -> None:
    before = tree(base)
    outcomes = move(group, group.files[0], group.files[1:], tmp_path / "out", base=base)
    (base / "sub").rmdir()  # the folder is empty now; undo creates it again
    assert undo(outcomes) == [Outcome(file, done=True) for file in group.files[1:]]
    assert tree(base) == before
    assert tree(tmp_path / "out") == {}
    back = (base / "sub/a.txt").stat()
    assert (back.st_mtime_ns, back.st_mode & 0o777) == (WHEN, 0o640)


def test_undo_never_overwrites(disk: str, group: Group, base: Path, tmp_path: Path) -> None:
    outcomes = move(group, group.files[0], group.files[1:], tmp_path / "out", base=base)
    make(base, {"sub/a.txt": b"new since"})
    seen: list[Outcome] = []
    results = undo(outcomes, report=seen.append)
    assert results == seen
    assert [result.done for result in results] == [False, True]
    assert results[0].reason == "another file has its old name"
    assert tree(base)["sub/a.txt"] == b"new since"
    assert tree(tmp_path / "out") == {"sub/a.txt": CONTENT}
    (base / "sub/a.txt").unlink()
    assert undo(outcomes[:1])[0].done, "a second attempt must succeed"


def test_undo_of_missing_or_replaced_file_fails(disk: str, group: Group, tmp_path: Path) -> None:
    outcomes = move(group, group.files[0], group.files[1:], tmp_path / "out")
    (tmp_path / "out/a.txt").unlink()
    (tmp_path / "out/b").unlink()
    (tmp_path / "out/b").symlink_to(group.files[0])
    assert [result.reason for result in undo(outcomes)] == [
        "it is no longer in its new place",
        "it is no longer an ordinary file",
    ]


def test_move_into_the_same_folder_is_refused(group: Group, base: Path) -> None:
    (tmp, other) = move(group, group.files[0], group.files[1:], base, base=base)
    assert tmp.reason == other.reason == "it is in that folder already"
    assert set(tree(base)) == {"a.txt", "sub/a.txt", "sub/b"}


def test_move_to_a_target_that_is_a_file_fails(group: Group, base: Path, tmp_path: Path) -> None:
    make(tmp_path, {"out": b"a file"})
    (outcome,) = move(group, group.files[0], [group.files[1]], tmp_path / "out")
    assert outcome.reason == "a file with that name already exists"
    assert (tmp_path / "out").read_bytes() == b"a file"


def test_move_to_a_real_other_disk(group: Group, base: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == base.stat().st_dev:
        pytest.skip("there is no second file system to move to")
    target = memory / f"everview-test-{os.getpid()}"
    try:
        outcomes = move(group, group.files[0], group.files[1:], target, base=base)
        assert all(outcome.done for outcome in outcomes)
        assert tree(target) == {"sub/a.txt": CONTENT, "sub/b": CONTENT}
        assert all(result.done for result in undo(outcomes))
        assert set(tree(base)) == {"a.txt", "sub/a.txt", "sub/b"}
    finally:
        for path in sorted(target.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        target.rmdir()


def test_move_into_tree_deeper_than_pythons_stack(tmp_path: Path) -> None:
    if len(str(tmp_path)) > 1500:
        pytest.skip("the temporary folder's own path is too long for this depth")
    deep = tmp_path / "out" / "/".join("d" * 1200)
    relocate.make_folders(deep)
    assert deep.is_dir()
    while deep != tmp_path:  # pytest's own clean-up is recursive and would fail here
        deep.rmdir()
        deep = deep.parent


# ---- failures of a move between disks ----------------------------------------------------------


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_full_disk_keeps_the_source_and_removes_the_copy(
    group: Group, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "replace", _other_disk)
    monkeypatch.setattr(os, "fsync", _full)
    (outcome,) = move(group, group.files[0], [group.files[1]], tmp_path / "out")
    assert outcome.reason == "the disk is full"
    assert set(tree(base)) == {"a.txt", "sub/a.txt", "sub/b"}
    assert tree(tmp_path / "out") == {}


def test_copy_that_differs_on_the_disk_is_removed(
    group: Group, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def rot(descriptor: int) -> None:
        real(descriptor)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.pwrite(descriptor, b"X", 3)

    monkeypatch.setattr(os, "replace", _other_disk)
    monkeypatch.setattr(os, "fsync", rot)
    (outcome,) = move(group, group.files[0], [group.files[1]], tmp_path / "out")
    assert outcome.reason == "the copy on the other disk differs from the original file"
    assert tree(base)["sub/a.txt"] == CONTENT
    assert tree(tmp_path / "out") == {}


def test_source_changed_during_the_copy_is_not_removed(
    group: Group, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def write_meanwhile(descriptor: int) -> None:
        real(descriptor)
        (base / "sub/a.txt").write_bytes(b"newer")

    monkeypatch.setattr(os, "replace", _other_disk)
    monkeypatch.setattr(os, "fsync", write_meanwhile)
    (outcome,) = move(group, group.files[0], [group.files[1]], tmp_path / "out")
    assert not outcome.done
    assert tree(base)["sub/a.txt"] == b"newer"
    assert tree(tmp_path / "out") == {}


def test_cancel_during_a_copy_keeps_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [sparse(tmp_path / name, 8 * BLOCK) for name in "ab"]
    group = group_of(*files)
    control = Control()
    reserved: list[bool] = []
    check = control.check

    def cancel_once_copying() -> None:
        if (tmp_path / "out/b").exists() and (tmp_path / "out/b").stat().st_size > 2 * BLOCK:
            reserved.append(True)
            control.cancel()
        check()

    monkeypatch.setattr(os, "replace", _other_disk)
    monkeypatch.setattr(control, "check", cancel_once_copying)
    (outcome,) = move(group, str(files[0]), [str(files[1])], tmp_path / "out", control=control)
    assert reserved == [True]
    assert outcome.reason == CANCELLED
    assert files[1].stat().st_size == 8 * BLOCK
    assert tree(tmp_path / "out") == {}


@pytest.mark.parametrize("error", [errno.ENOENT, errno.EIO])
def test_copy_is_kept_if_a_successful_removal_reports_failure(
    group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    # An NFS client repeats a removal if the answer was lost. The second request fails, because the
    # file does not exist any more.
    real = os.unlink

    def lost_answer(path: Path) -> None:
        real(path)
        if str(path) == group.files[1]:
            raise OSError(error, os.strerror(error), str(path))

    monkeypatch.setattr(os, "replace", _other_disk)
    monkeypatch.setattr(os, "unlink", lost_answer)
    (outcome,) = move(group, group.files[0], [group.files[1]], tmp_path / "out")
    assert outcome.done is (error == errno.ENOENT)
    assert tree(tmp_path / "out") == {"a.txt": CONTENT}


def test_disk_without_permissions_accepts_files(
    group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fat(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "replace", _other_disk)
    monkeypatch.setattr(os, "chmod", fat)
    (outcome,) = move(group, group.files[0], [group.files[1]], tmp_path / "out")
    assert outcome.done
    assert (tmp_path / "out/a.txt").stat().st_mtime_ns == WHEN


@pytest.mark.parametrize("taken_again", [False, True])
def test_file_swapped_before_the_rename_is_put_back(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken_again: bool
) -> None:
    path = base / "sub/b"
    source = FileState(str(path), path.lstat())
    real: Callable[..., None] = os.replace
    done: list[None] = []

    def swap(old: str, new: Path) -> None:
        if not done:
            done.append(None)
            path.write_bytes(b"saved by an editor")
        real(old, new)
        if taken_again and len(done) == 1:
            done.append(None)
            path.write_bytes(b"and saved again")

    monkeypatch.setattr(os, "replace", swap)
    with pytest.raises(Exception, match="changed while it was read") as caught:
        move_exactly(source, tmp_path / "moved", Control())
    if taken_again:
        assert str(tmp_path / "moved") in str(caught.value)
        assert (tmp_path / "moved").read_bytes() == b"saved by an editor"
        assert path.read_bytes() == b"and saved again"
    else:
        assert path.read_bytes() == b"saved by an editor"
        assert not (tmp_path / "moved").exists()
