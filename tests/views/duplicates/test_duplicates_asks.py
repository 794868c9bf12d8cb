"""Duplicates asks before it removes anything, and names the files."""

from __future__ import annotations

from pathlib import Path

from everview.testing import SimulatedApp, SimulatedWindow
from tests.support.duplicates import scan_in_window


def files(folder: Path) -> int:
    return len([path for path in folder.rglob("*") if path.is_file()])


def question_after(window: SimulatedWindow, click: str) -> str:
    """Click a button and return the text of the pop-up."""
    window.click(click, wait=False)
    window.wait_until(lambda: window.has(".popup"))
    return window.text(".popup")


def refuse(window: SimulatedWindow, answer: str) -> None:
    window.click(answer)
    window.wait_until(lambda: not window.has(".popup"))


def group_of_three(window: SimulatedWindow) -> str:
    return next(f'details[data-group="{n}"]' for n in (0, 1)
                if window.text(f'details[data-group="{n}"] summary').startswith("3 copies"))  # fmt: skip


def test_trash_for_all_groups_asks_first(simulated: SimulatedApp, folder: Path) -> None:
    window = scan_in_window(simulated, folder)
    text = question_after(window, "Move all extra copies to the trash …")
    assert "Move 3 files (603 bytes) to the trash?" in text
    assert "One copy of each listed group stays" in text
    refuse(window, "Keep all")
    assert files(folder) == 6


def test_trash_for_one_group_asks_first(simulated: SimulatedApp, folder: Path) -> None:
    window = scan_in_window(simulated, folder)
    group = group_of_three(window)
    text = question_after(window, f"{group} button.danger")
    assert "Move 2 files (600 bytes) to the trash?" in text
    # The pop-up names the files.
    assert sum(str(folder / name) in text for name in ("a", "below/a copy", "z")) >= 2
    refuse(window, "Keep all")
    assert files(folder) == 6


def test_move_asks_for_the_folder(simulated: SimulatedApp, folder: Path, tmp_path: Path) -> None:
    window = scan_in_window(simulated, folder)
    group = group_of_three(window)
    text = question_after(window, f"{group} button:last-child")
    assert "Move 2 files (600 bytes) to which folder?" in text
    assert "No file there is overwritten" in text
    refuse(window, "Keep")
    assert files(folder) == 6


def test_searching_again_asks_if_files_were_moved(
    simulated: SimulatedApp, folder: Path, tmp_path: Path
) -> None:
    window = scan_in_window(simulated, folder)
    group = group_of_three(window)
    question_after(window, f"{group} button:last-child")
    window.type("div.popup input", str(tmp_path / "moved"))
    window.click("Move")
    window.wait_until(lambda: window.has("Undo"))
    text = question_after(window, "Search again")
    assert "2 moved files cannot be moved back afterwards" in text
    assert "The files stay in their new folder" in text
    refuse(window, "Keep")
    window.click("Undo")
    window.wait_until(lambda: "were moved back" in window.page())
    assert files(folder) == 6
    # After undo no file can be moved back, so the view does not ask.
    window.click("Search again")
    window.wait_until(lambda: window.has("#folder") or window.has("Find duplicates"))
