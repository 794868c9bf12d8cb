"""The page of Duplicates with real files and simulated windows."""

from __future__ import annotations

import queue
import threading
from functools import partial
from pathlib import Path

import pytest

from everview.testing import SimulatedApp
from tests.support.duplicates import hooked, scan_in_window
from views import duplicates
from views.duplicates.progress import Phase
from views.duplicates.scan import Scan


def test_missing_folder_is_reported(simulated: SimulatedApp, tmp_path: Path) -> None:
    window = simulated.open("/duplicates/")
    window.type("#folder", str(tmp_path / "nowhere"))
    window.click("Find duplicates")
    window.wait_until(lambda: "does not exist" in window.text("#problem"))


def test_browser_asks_to_type_the_folder(simulated: SimulatedApp) -> None:
    window = simulated.open("/duplicates/")
    window.click("Choose …")
    window.wait_until(lambda: any("type the path" in str(e) for e in window.effects))


def test_windows_share_the_found_groups(simulated: SimulatedApp, folder: Path) -> None:
    window = scan_in_window(simulated, folder)
    assert "2 groups" in window.text("#totals")
    assert window.text('details[data-group="0"] summary').startswith(("3 copies", "2 copies"))
    other = simulated.open("/duplicates/")
    assert other.replica.plain() == window.replica.plain()


def test_copies_are_moved_to_the_trash_except_one(simulated: SimulatedApp, folder: Path) -> None:
    window = scan_in_window(simulated, folder)
    window.click("Move all extra copies to the trash …")
    window.wait_until(lambda: window.has("Keep all"))
    window.click("Keep all")
    window.wait_until(lambda: not window.has("Keep all"))
    assert len(list(folder.rglob("*"))) == 7
    window.click("Move all extra copies to the trash …")
    window.click("Move to trash")
    window.wait_until(lambda: any("in the trash" in str(e) for e in window.effects))
    left = [path for path in folder.rglob("*") if path.is_file()]
    assert sorted(path.read_text() for path in left) == ["one" * 100, "three", "two"]


def test_move_can_be_undone(simulated: SimulatedApp, folder: Path, tmp_path: Path) -> None:
    window = scan_in_window(simulated, folder)
    window.click('details[data-group="0"] button:last-child')
    window.wait_until(lambda: window.has("Move"))
    window.type("div.popup input", str(tmp_path / "moved"))
    window.click("Move")
    window.wait_until(lambda: window.has("Undo"))
    assert len(list((tmp_path / "moved").iterdir())) in (1, 2)
    window.click("Undo")
    window.wait_until(lambda: "were moved back" in window.page())
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 6


@pytest.mark.parametrize("is_paused", [False, True])
def test_stopping_the_view_ends_the_scan(
    simulated: SimulatedApp, folder: Path, monkeypatch: pytest.MonkeyPatch, is_paused: bool
) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def hold(path: str, position: int) -> None:
        reading.set()
        assert go_on.wait(20)

    monkeypatch.setattr(duplicates, "Scan", partial(Scan, open_file=hooked(hold)))
    window = simulated.open("/duplicates/")
    window.type("#folder", str(folder))
    window.click("Find duplicates")
    assert reading.wait(20)
    instance = simulated.instance(window)
    scan = instance.view.scan
    if is_paused:
        window.click("Pause")
        go_on.set()
        assert scan.wait_paused(20)

    async def stop() -> None:
        stopped = instance.stop("stopped")
        simulated.runtime.loop.call_later(0.1, go_on.set)
        await stopped

    simulated.call(stop())
    simulated.wait_until(lambda: scan.progress().phase in (Phase.CANCELLED, Phase.FAILED))


def test_progress_of_the_scan_is_shown(
    simulated: SimulatedApp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: queue.SimpleQueue[None] = queue.SimpleQueue()

    def hold(path: str, position: int) -> None:
        reads.get(timeout=20)

    monkeypatch.setattr(duplicates, "Scan", partial(Scan, open_file=hooked(hold)))
    window = simulated.open("/duplicates/")
    window.type("#folder", str(folder))
    window.click("Find duplicates")
    window.wait_until(lambda: "looking through the folders" in window.page())
    window.click("Pause")
    window.wait_until(lambda: window.text("#state").startswith("Paused: "))
    window.click("Resume")
    window.wait_until(lambda: not window.text("#state").startswith("Paused: "))
    for _ in range(100):
        reads.put(None)
    window.wait_until(lambda: window.text("#state").startswith("Done"))
