"""The window set: saved at every change, and checked when it is read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everview.state.window_set import MAX_WINDOWS, Saved, WindowSet, WindowState

ROOT = Path(__file__).resolve().parents[2]


class Disk:
    """A fake store that saves data in memory and counts the writes."""

    def __init__(self) -> None:
        self.data: bytes | None = None
        self.writes = 0

    def write(self, data: bytes) -> None:
        self.data = data
        self.writes += 1


@pytest.fixture
def disk() -> Disk:
    return Disk()


def restarted(disk: Disk) -> WindowSet:
    return WindowSet(disk.data, disk.write)


def test_open_windows_are_restored_with_position_and_size(disk: Disk) -> None:
    windows = restarted(disk)
    windows.opened("1", WindowState("/a"))
    windows.opened("2", WindowState("/b"))
    windows.changed("1", x=5, y=7, width=640, height=480, zoom=1.25, theme="dark")
    windows.closed("2")
    assert restarted(disk).restored == [WindowState("/a", 5, 7, 640, 480, zoom=1.25, theme="dark")]


def test_change_to_the_same_value_is_not_written(disk: Disk) -> None:
    windows = restarted(disk)
    windows.opened("1", WindowState("/a"))
    before = disk.writes
    windows.changed("1", url="/a")
    windows.changed("unknown", url="/b")
    windows.closed("unknown")
    assert disk.writes == before


def test_new_window_is_like_its_opener_or_like_the_last_one(disk: Disk) -> None:
    windows = restarted(disk)
    windows.opened("1", WindowState("/a", width=500))
    windows.opened("2", WindowState("/b", width=700))
    assert windows.like("1").width == 500
    windows.closed("1")
    assert windows.like("").width == 500
    assert restarted(disk).like("unknown").width == 500


def test_windows_closed_by_the_end_of_the_app_stay_in_the_set(disk: Disk) -> None:
    windows = restarted(disk)
    windows.opened("1", WindowState("/a"))
    windows.freeze()
    windows.closed("1")
    windows.changed("1", url="/else")
    assert restarted(disk).restored == [WindowState("/a")]


@pytest.mark.parametrize("data", [
    b"", b"nonsense", b"\xff\xfe", b"[]", b'{"windows": 3}', b'{"windows": [{"url": "javascript:x"}]}',
    b'{"windows": [{"url": "//evil/"}]}', b'{"windows": [{"x": 1e400}]}', b'{"windows": [{"zoom": 99}]}',
    b'{"windows": [{"width": 0}]}', b'{"windows": [{"theme": "pink"}]}', b'{"windows": [], "more": 1}',
    b'{"windows": ' + b"[" * 5000,
])  # fmt: skip
def test_malformed_data_is_ignored_and_logged(
    data: bytes, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    windows = WindowSet(data, disk.write)
    assert windows.restored == []
    assert "cannot be read" in caplog.text
    windows.opened("1", WindowState())
    assert restarted(disk).restored == [WindowState()]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(data: bytes) -> None:
    assert isinstance(WindowSet(data, lambda data: None).restored, list)


def test_number_of_restored_windows_is_limited(disk: Disk) -> None:
    disk.data = msgspec.json.encode(Saved([WindowState("/")] * 1000))
    assert len(restarted(disk).restored) == MAX_WINDOWS
