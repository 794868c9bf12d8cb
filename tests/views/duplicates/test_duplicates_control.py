"""Pause, resume and cancel take effect within one block. The tests of progress use a fake clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.duplicates import FakeClock, found, hooked, make, sparse
from views.duplicates.control import CancelledError, Control
from views.duplicates.hashing import BLOCK
from views.duplicates.progress import Phase, Progress, Tracker
from views.duplicates.rate import SPACING, WARM_UP, WINDOW, RateWindow
from views.duplicates.scan import Scan

WAIT = 20.0  # a test that waits for this many seconds fails


@contextmanager
def running(scan: Scan) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=scan.run)
    thread.start()
    try:
        yield thread
    finally:
        scan.cancel()
        thread.join(WAIT)
        assert not thread.is_alive()


def test_cancel_in_a_10_gb_file_ends_the_scan(tmp_path: Path) -> None:
    make(tmp_path, {"s1": b"small", "s2": b"small"})
    for name in "ab":
        sparse(tmp_path / name, 10 * 10**9)
    positions: list[int] = []

    def cancel_at_third_block(path: str, at: int) -> None:
        positions.append(at)
        if at == 2 * BLOCK:
            scan.cancel()

    scan = Scan(tmp_path, open_file=hooked(cancel_at_third_block))
    assert scan.run().phase is Phase.CANCELLED
    assert positions[-1] == 2 * BLOCK, "no block may be read after the current one"
    assert found(scan) == {frozenset({"s1", "s2"})}, "groups that were found before must stay"
    assert scan.progress().seconds_left is None


def test_cancel_before_the_start_ends_the_scan(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"same", "b": b"same"})
    scan = Scan(tmp_path)
    scan.cancel()
    assert scan.run().phase is Phase.CANCELLED
    assert scan.progress().folders_seen == 0


def test_cancel_in_a_folder_with_many_files_ends_the_walk(tmp_path: Path) -> None:
    make(tmp_path, {str(number): b"" for number in range(1000)})
    seen: list[int] = []
    scan = Scan(tmp_path)
    count = scan._tracker.count_found

    def watch(folders: int, files: int, size: int) -> None:
        count(folders, files, size)
        seen.append(files)
        if files:
            scan.cancel()

    scan._tracker.count_found = watch  # type: ignore[method-assign]
    assert scan.run().phase is Phase.CANCELLED
    assert scan.progress().files_seen < 300


def test_reading_waits_while_the_scan_is_paused(tmp_path: Path) -> None:
    for name in "ab":
        sparse(tmp_path / name, 4 * BLOCK)
    positions: list[int] = []
    clock = FakeClock()

    def pause_at_second_block(path: str, at: int) -> None:
        positions.append(at)
        if at == BLOCK and positions.count(BLOCK) == 1:
            scan.pause()

    scan = Scan(tmp_path, open_file=hooked(pause_at_second_block), clock=clock)
    with running(scan) as thread:
        assert scan.wait_paused(WAIT)
        snapshot = scan.progress()
        assert snapshot.paused
        assert snapshot.phase is Phase.HASHING_FULL
        assert snapshot.bytes_hashed == 2 * BLOCK, "the current block is finished, and no other is read"
        assert positions[-1] == BLOCK
        clock.now += 3600
        assert scan.progress() == snapshot, "progress and time must stop during a pause"
        scan.resume()
        thread.join(WAIT)
        done = scan.progress()
    assert done.phase is Phase.DONE
    assert not done.paused
    assert done.elapsed == 0.0, "the hour of the pause must not count"
    assert found(scan) == {frozenset("ab")}


def test_cancel_ends_a_pause(tmp_path: Path) -> None:
    make(tmp_path, {"a": b"same", "b": b"same"})
    scan = Scan(tmp_path)
    scan.pause()
    with running(scan) as thread:
        assert scan.wait_paused(WAIT)
        scan.cancel()
        thread.join(WAIT)
        assert scan.progress().phase is Phase.CANCELLED
        assert not scan.progress().paused


def test_progress_can_be_read_in_another_thread(tmp_path: Path) -> None:
    make(tmp_path, {f"{number}": bytes(number % 7 + 1) for number in range(100)})
    scan = Scan(tmp_path)
    snapshots: list[Progress] = []
    with running(scan) as thread:
        while thread.is_alive():
            snapshots.append(scan.progress())
        snapshots.append(scan.progress())
    order = list(Phase)
    for before, after in pairwise(snapshots):
        assert order.index(before.phase) <= order.index(after.phase)
        assert before.files_seen <= after.files_seen
        assert before.groups <= after.groups
        assert after.bytes_hashed <= after.bytes_to_hash
    assert snapshots[-1].groups == 7


def test_snapshot_is_immutable(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        Scan(tmp_path).progress().groups = 1  # type: ignore[misc]


def test_second_start_raises_and_pause_after_the_end_is_ignored() -> None:
    clock = FakeClock()
    control = Control(clock)
    control.start()
    clock.now += 5
    control.finish()
    control.pause()
    clock.now += 5
    assert control.seconds() == 5
    assert not control.paused
    control.resume()
    assert control.seconds() == 5
    with pytest.raises(RuntimeError, match="runs once"):
        control.start()


def test_check_always_raises_after_a_cancel() -> None:
    control = Control()
    control.check()
    control.cancel()
    control.resume()
    for _ in range(2):
        with pytest.raises(CancelledError):
            control.check()


def test_resume_does_not_undo_a_cancel() -> None:
    control = Control()
    control.pause()
    control.cancel()
    control.resume()
    with pytest.raises(CancelledError):
        control.check()


def _tracker() -> tuple[Tracker, FakeClock]:
    clock = FakeClock()
    return Tracker(clock), clock


def _look(tracker: Tracker) -> Progress:
    return tracker.snapshot(paused=False, groups=0, wasted=0, problems=0)


def test_rate_and_time_left_follow_the_clock() -> None:
    tracker, clock = _tracker()
    tracker.enter_hashing(Phase.HASHING_FULL, files=2, size=1000)
    assert _look(tracker).seconds_left is None
    for _ in range(2):
        clock.now += 1
        tracker.read(100)
    progress = _look(tracker)
    assert progress.rate == 100.0
    assert progress.seconds_left == 8.0
    assert progress.fraction == 0.2
    tracker.count_done(unread=300)  # the group was left out, so only 500 of 800 bytes remain
    progress = _look(tracker)
    assert (progress.files_hashed, progress.bytes_to_hash) == (1, 700)
    assert progress.seconds_left == 5.0


def test_rate_ignores_old_samples() -> None:
    tracker, clock = _tracker()
    tracker.enter_hashing(Phase.HASHING_FULL, files=1, size=10**9)
    for step in [1000] * 10 + [10] * 10:
        clock.now += 1
        tracker.read(step)
    assert _look(tracker).rate == 10.0
    clock.now += WINDOW + 1
    assert _look(tracker).rate == 0.0
    assert _look(tracker).seconds_left is None


def test_rate_of_a_stalled_disk_is_zero() -> None:
    tracker, clock = _tracker()
    tracker.enter_hashing(Phase.HASHING_FULL, files=1, size=10**9)
    for _ in range(41):
        clock.now += SPACING * 0.6
        tracker.read(1000)
    clock.now += WINDOW + 1
    assert _look(tracker).rate == 0.0


def test_time_left_is_unknown_before_the_last_phase() -> None:
    tracker, clock = _tracker()
    tracker.enter_hashing(Phase.HASHING_QUICK, files=2, size=1000)
    clock.now += 2
    tracker.read(500)
    assert _look(tracker).rate == 250.0
    assert _look(tracker).seconds_left is None
    tracker.enter(Phase.DONE)
    assert _look(tracker).seconds_left == 0.0
    assert _look(tracker).fraction is None


def test_phase_without_bytes_to_read_is_complete() -> None:
    tracker, _ = _tracker()
    tracker.enter_hashing(Phase.HASHING_FULL, files=0, size=0)
    assert _look(tracker).fraction == 1.0


@given(st.lists(st.tuples(st.floats(0.001, 3), st.integers(0, 10**7)), min_size=1, max_size=300))
def test_rate_is_between_the_extremes_and_needs_few_samples(
    steps: list[tuple[float, int]],
) -> None:
    window, now, total = RateWindow(), 0.0, 0
    window.restart(now, total)
    history = [(now, total)]
    for seconds, size in steps:
        now += seconds
        total += size
        window.note(now, total)
        history.append((now, total))
    rate = window.per_second(now, total)
    assert len(window._samples) <= WINDOW / SPACING + 2
    if now < WARM_UP:
        assert rate == 0.0
    assert 0 <= rate * min(now, WARM_UP) <= total + 1e-6
