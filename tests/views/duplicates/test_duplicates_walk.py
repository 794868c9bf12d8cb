"""The folders and files that the walk finds, including those of unusual trees."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.duplicates import found, make, reasons, scanned
from views.duplicates.mounts import is_trash_name, pseudo_devices
from views.duplicates.progress import Phase

DEPTH = 2_000


@contextmanager
def mounted(*arguments: str, at: Path) -> Iterator[None]:
    at.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *arguments, str(at)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("mounting needs root and a system that allows it")
    try:
        yield
    finally:
        subprocess.run(["umount", str(at)], check=True)


@contextmanager
def deep_tree(root: Path, name: str, depth: int) -> Iterator[int]:
    """Create a chain of nested folders, and yield a descriptor of the deepest one.

    At the end the folders are removed without recursion.
    """
    levels = [os.open(root, os.O_RDONLY)]
    try:
        # The fixture uses descriptors, because the path may be too long for the system. The fixture
        # closes most descriptors early.
        current = levels.pop()
        for _ in range(depth):
            os.mkdir(name, dir_fd=current)
            below = os.open(name, os.O_RDONLY, dir_fd=current)
            os.close(current)
            current = below
        levels.append(current)
        yield current
    finally:
        current = levels.pop()
        for each in os.listdir(current):  # noqa: PTH208 (a descriptor)
            os.unlink(each, dir_fd=current)
        for _ in range(depth):
            above = os.open("..", os.O_RDONLY, dir_fd=current)
            os.close(current)
            os.rmdir(name, dir_fd=above)
            current = above
        os.close(current)


def put(name: str, content: bytes, folder: int) -> None:
    opened = os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=folder)
    os.write(opened, content)
    os.close(opened)


def test_tree_with_two_thousand_levels_is_scanned(tmp_path: Path) -> None:
    if len(str(tmp_path)) + 2 * DEPTH + 4 > 4096:
        pytest.skip("the temporary folder's own path is too long for this depth")
    make(tmp_path, {"top": b"same"})
    with deep_tree(tmp_path, "d", DEPTH) as deepest:
        put("low", b"same", deepest)
        scan = scanned(tmp_path)
        assert scan.problems() == ()
        assert scan.progress().folders_seen == DEPTH + 1
        assert found(scan) == {frozenset({"top", "d/" * DEPTH + "low"})}


def test_tree_deeper_than_the_longest_path_is_a_problem(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"same", "b": b"same"})
    with deep_tree(tmp_path, "long-name" * 10, 60):
        scan = scanned(tmp_path)
        assert set(reasons(scan).values()) == {"its path is longer than this system allows"}
        assert found(scan) == {frozenset("ab")}


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    root = make(tmp_path / "root", {"a": b"same", "sub/b": b"same"})
    make(tmp_path / "outside", {"c": b"same"})
    (root / "to-file").symlink_to(root / "a")
    (root / "to-nothing").symlink_to(root / "nothing")
    (root / "to-outside").symlink_to(tmp_path / "outside")
    (root / "sub/loop").symlink_to(root)
    (root / "sub/self").symlink_to("self")
    scan = scanned(root)
    assert found(scan) == {frozenset({"a", "sub/b"})}
    assert scan.progress().files_seen == 2
    assert scan.problems() == ()


def test_folder_replaced_by_a_link_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(tmp_path / "root", {"a": b"same", "sub/b": b"same"})
    make(tmp_path / "outside", {"c": b"same"})
    real = os.open

    def swap_first(path: object, *arguments: object, **named: object) -> int:
        if str(path).endswith("sub") and not (root / "sub").is_symlink():
            (root / "sub").rename(tmp_path / "gone")
            (root / "sub").symlink_to(tmp_path / "outside")
        return real(path, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", swap_first)
    scan = scanned(root)
    assert scan.progress().files_seen == 1
    assert set(reasons(scan)) == {"sub"}


def test_fifos_and_sockets_are_not_scanned(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"same", "b": b"same"})
    os.mkfifo(tmp_path / "fifo")
    os.mkfifo(tmp_path / "fifo2")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(os.path.relpath(tmp_path / "socket"))
    scan = scanned(tmp_path, minimum_size=0)
    listening.close()
    assert found(scan) == {frozenset("ab")}
    assert scan.progress().files_seen == 2
    assert scan.problems() == ()


def test_folder_without_permission_is_a_problem(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything; the path-length test covers a folder that fails")
    make(tmp_path, {"a": b"same", "b": b"same", "closed/c": b"same"})
    (tmp_path / "closed").chmod(0)
    scan = scanned(tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert reasons(scan) == {"closed": "you do not have permission"}
    assert found(scan) == {frozenset("ab")}


def test_folder_with_a_bind_mount_is_entered_once(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"one", "sub/b": b"two"})
    with mounted("--bind", str(tmp_path), at=tmp_path / "sub" / "loop"):
        scan = scanned(tmp_path)
    assert scan.groups() == ()
    assert scan.progress().files_seen == 2


def test_mounted_disks_are_entered_unless_one_file_system_is_set(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"same"})
    with mounted("-t", "tmpfs", "none", at=tmp_path / "disk"):
        make(tmp_path / "disk", {"b": b"same"})
        assert found(scanned(tmp_path)) == {frozenset({"a", "disk/b"})}
        alone = scanned(tmp_path, one_file_system=True)
    assert alone.groups() == ()
    assert alone.progress().files_seen == 1
    assert alone.problems() == ()


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="needs Linux")
def test_pseudo_file_systems_are_not_entered() -> None:
    scan = scanned(Path("/proc/self"))
    assert scan.progress().phase is Phase.DONE
    assert scan.progress().files_seen == 0
    assert [each.reason for each in scan.problems()] == [
        "it is part of the running system and has no files on a disk"
    ]


def test_pseudo_devices_are_read_from_the_mount_table(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        "22 1 0:21 / /proc rw,relatime shared:5 - proc proc rw\n"
        "23 1 259:2 / / rw master:1 propagate_from:2 - ext4 /dev/x rw\n"
        "24 1 0:300 / /run/user/1/doc rw - fuse.portal portal rw\n"
    )
    assert pseudo_devices(str(table)) == {os.makedev(0, 21), os.makedev(0, 300)}
    assert pseudo_devices(str(tmp_path / "none")) == frozenset()


def test_trash_folder_is_not_scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    make(
        tmp_path,
        dict.fromkeys(["a", "data/Trash/files/b", ".Trash-1000/files/c", "Trash/d"], b"same"),
    )
    assert found(scanned(tmp_path)) == {frozenset({"a", "Trash/d"})}
    assert is_trash_name("$RECYCLE.BIN")
    assert not is_trash_name(".Trash-notes")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not accept such names")
def test_names_that_are_not_utf8_are_found(tmp_path: Path) -> None:
    make(tmp_path, {os.fsdecode(b"caf\xe9/x\xff\n"): b"same", "plain": b"same"})
    scan = scanned(tmp_path)
    (group,) = scan.groups()
    assert os.fsencode(tmp_path) + b"/caf\xe9/x\xff\n" in {os.fsencode(f) for f in group.files}
