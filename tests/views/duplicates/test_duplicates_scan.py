"""A scan finds exactly the duplicates, in the right order, and reads no more than needed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.duplicates import FakeClock, found, hooked, make, scanned, sparse
from views.duplicates.hashing import END, READ_WHOLE
from views.duplicates.progress import Phase
from views.duplicates.scan import Scan
from views.duplicates.search import same_size

# Files with sizes around every limit of the algorithm. Their contents differ in one byte only: at
# the beginning, at the end, or in the middle, which only the full comparison finds.
contents = st.builds(
    lambda size, at: bytes(size) if at is None or not size else _with_byte(size, at),
    st.sampled_from([0, 1, 2, END, READ_WHOLE - 1, READ_WHOLE, READ_WHOLE + 1, 3 * READ_WHOLE]),
    st.sampled_from([None, 0.0, 0.5, 1.0]),
)
names = st.lists(st.sampled_from("abcdé"), min_size=1, max_size=4).map("/".join)
# A file with new content, or a second name (a hard or symbolic link) for an earlier file.
entries = st.lists(
    st.tuples(
        names,
        st.one_of(contents, st.tuples(st.sampled_from(["hard", "soft"]), st.integers(0, 9))),
    ),
    max_size=14,
)


def _with_byte(size: int, at: float) -> bytes:
    content = bytearray(size)
    content[min(size - 1, int(size * at))] = 1
    return bytes(content)


def _build(root: Path, tree: list[tuple[str, bytes | tuple[str, int]]]) -> None:
    made: list[Path] = []
    for number, (name, what) in enumerate(tree):
        path = root / name / f"f{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(what, bytes):
            path.write_bytes(what)
            made.append(path)
        elif made:
            other = made[what[1] % len(made)]
            if what[0] == "hard":
                path.hardlink_to(other)
            else:
                path.symlink_to(other)


def _oracle(root: Path, minimum: int) -> dict[bytes, dict[int, set[str]]]:
    """For each content with more than one inode, return the names of each inode."""
    by_content: dict[bytes, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_size >= minimum:
            by_content[path.read_bytes()][path.stat().st_ino].add(str(path))
    return {content: inodes for content, inodes in by_content.items() if len(inodes) > 1}


@given(entries, st.sampled_from([0, 1, END]))
@settings(max_examples=150, deadline=None)
def test_scan_finds_the_same_groups_as_comparing_all_contents(
    tree: list[tuple[str, bytes | tuple[str, int]]], minimum: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        _build(root, tree)
        scan = scanned(root, minimum_size=minimum)
        expected = _oracle(root, minimum)
        by_digest = {group.digest: group for group in scan.groups()}
        assert set(by_digest) == {hashlib.sha256(content).digest() for content in expected}
        assert len(by_digest) == len(scan.groups())
        for content, inodes in expected.items():
            group = by_digest[hashlib.sha256(content).digest()]
            assert group.size == len(content)
            assert set(group.files) | set(group.links) == set().union(*inodes.values())
            assert sorted(Path(file).stat().st_ino for file in group.files) == sorted(inodes)
        assert scan.problems() == ()
        assert scan.progress().phase is Phase.DONE


@given(st.lists(st.integers(0, 5)))
def test_files_of_each_repeated_size_form_a_group(sizes: list[int]) -> None:
    buckets = same_size(sizes)
    seen = [sizes[rows[0]] for rows in buckets]
    assert seen == sorted({size for size in sizes if sizes.count(size) > 1}, reverse=True)
    for rows in buckets:
        assert sorted(rows) == [n for n, size in enumerate(sizes) if size == sizes[rows[0]]]


def test_empty_files_are_left_out_by_default(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"", "b": b"", "c": b"x", "d": b"x"})
    assert found(scanned(tmp_path)) == {frozenset("cd")}
    assert found(scanned(tmp_path, minimum_size=0)) == {frozenset("ab"), frozenset("cd")}
    assert scanned(tmp_path).progress().files_seen == 4


def test_oldest_file_with_the_shortest_path_is_first(tmp_path: Path) -> None:
    make(tmp_path, dict.fromkeys(["b (2)", "b", "a", "deep/old"], b"same"))
    for name in ("b (2)", "b", "a"):
        os.utime(tmp_path / name, ns=(10**18, 10**18))
    os.utime(tmp_path / "deep/old", ns=(10**17, 10**17))
    (group,) = scanned(tmp_path).groups()
    assert [Path(file).name for file in group.files] == ["old", "a", "b", "b (2)"]
    assert group.wasted_bytes == 3 * 4


def test_hard_links_are_one_file(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"same", "copy": b"same", "lonely": b"other"})
    (tmp_path / "a-again").hardlink_to(tmp_path / "a")
    (tmp_path / "lonely-again").hardlink_to(tmp_path / "lonely")
    scan = scanned(tmp_path)
    (group,) = scan.groups()
    assert {Path(file).name for file in group.files} == {"a", "copy"}
    assert [Path(file).name for file in group.links] == ["a-again"]
    assert scan.progress().wasted_bytes == 4


def test_second_hard_link_is_read_if_the_first_name_fails(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"same", "copy": b"same"})
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    failed: list[str] = []

    def fail_once(path: str, _at: int) -> None:
        if Path(path).name in {"a", "b"} and not failed:
            failed.append(Path(path).name)
            raise OSError(5, "Input/output error")

    scan = scanned(tmp_path, open_file=hooked(fail_once))
    (other,) = {"a", "b"} - set(failed)
    assert found(scan) == {frozenset({other, "copy"})}


def test_large_files_with_different_ends_are_not_read_completely(tmp_path: Path) -> None:
    size = 5 * 2**30
    sparse(tmp_path / "a", size, b"1")
    sparse(tmp_path / "b", size, b"2")
    read = []
    scan = scanned(tmp_path, open_file=hooked(lambda path, at: read.append(at)))
    assert scan.groups() == ()
    assert sorted(read) == [0, 0, size - END, size - END]
    assert scan.progress().bytes_seen == 2 * size


def test_large_sparse_files_are_compared_completely(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        sparse(tmp_path / name, 80 * 2**20)
    with (tmp_path / "c").open("r+b") as file:
        file.seek(40 * 2**20)
        file.write(b"x")
    scan = scanned(tmp_path)
    assert found(scan) == {frozenset("ab")}
    progress = scan.progress()
    assert (progress.files_hashed, progress.bytes_hashed) == (3, 240 * 2**20)


def test_each_of_five_thousand_files_is_opened_at_most_twice(tmp_path: Path) -> None:
    opened: list[str] = []
    for number in range(5_000):
        folder = tmp_path / f"{number % 50}"
        folder.mkdir(exist_ok=True)
        # There are 1000 contents with five files each, in 100 sizes. Half of the sizes are above
        # the limit of the quick hash.
        content = number % 1_000
        size = READ_WHOLE - 50 + content % 100
        (folder / f"{number}").write_bytes(content.to_bytes(4, "big") + bytes(size))

    def count(path: str, at: int) -> None:
        if at == 0:
            opened.append(path)

    scan = scanned(tmp_path, open_file=hooked(count))
    progress = scan.progress()
    assert progress.files_seen == 5_000
    assert progress.groups == 1_000
    assert all(len(group.files) == 5 for group in scan.groups())
    assert 5_000 <= len(opened) <= 10_000
    assert progress.wasted_bytes == sum(group.wasted_bytes for group in scan.groups())


def test_groups_are_found_during_the_scan_and_keep_their_numbers(tmp_path: Path) -> None:
    big, small = bytes(3 * READ_WHOLE), b"tiny"
    make(tmp_path, {"a1": big, "a2": big, "b1": small, "b2": small, "c1": b"tin", "c2": b"tin"})
    live: list[int] = []
    scan = Scan(tmp_path, open_file=hooked(lambda path, at: live.append(len(scan.groups()))))
    scan.run()
    assert {0, 1, 2} <= set(live), "groups must be visible while the scan still reads"
    assert [group.number for group in scan.groups()] == [0, 1, 2]
    assert scan.groups(since=2) == scan.groups()[2:]
    assert [group.size for group in scan.groups_by_waste()] == [len(big), 4, 3]
    assert scan.groups_by_waste(limit=1) == scan.groups_by_waste()[:1]


def test_folder_that_is_a_symbolic_link_can_be_scanned(tmp_path: Path) -> None:
    make(tmp_path / "real", {"a": b"1", "b": b"1"})
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert found(scanned(tmp_path / "link")) == {frozenset("ab")}


def test_missing_folder_is_one_problem(tmp_path: Path) -> None:
    scan = scanned(tmp_path / "nowhere")
    assert scan.progress().phase is Phase.DONE
    assert [each.reason for each in scan.problems()] == ["it no longer exists"]


def test_second_run_of_a_scan_raises(tmp_path: Path) -> None:
    scan = scanned(tmp_path)
    with pytest.raises(RuntimeError, match="runs once"):
        scan.run()


def test_error_in_the_program_is_raised(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"1", "b": b"1"})

    def broken(path: str, at: int) -> None:
        raise ZeroDivisionError

    scan = Scan(tmp_path, open_file=hooked(broken), clock=FakeClock())
    with pytest.raises(ZeroDivisionError):
        scan.run()
    assert scan.progress().phase is Phase.FAILED
