"""What Duplicates destroys, it asks about first, and says what exactly will happen."""

from __future__ import annotations

from pathlib import Path

from everview.testing import SimulatedApp, SimulatedWindow
from tests.support.duplicates import scan_in_window


def files(folder: Path) -> int:
    return len([path for path in folder.rglob("*") if path.is_file()])


def asked(window: SimulatedWindow, click: str) -> str:
    """What is asked after a click."""
    window.click(click, wait=False)
    window.wait_until(lambda: window.has(".popup"))
    return window.text(".popup")


def refuse(window: SimulatedWindow, answer: str) -> None:
    window.click(answer)
    window.wait_until(lambda: not window.has(".popup"))


def group_of_three(window: SimulatedWindow) -> str:
    return next(f'details[data-group="{n}"]' for n in (0, 1)
                if window.text(f'details[data-group="{n}"] summary').startswith("3 copies"))  # fmt: skip


def test_the_trash_for_all(simulated: SimulatedApp, folder: Path) -> None:
    window = scan_in_window(simulated, folder)
    text = asked(window, "Move all extra copies to the trash …")
    assert "Move 3 files (603 bytes) to the trash?" in text
    assert "One copy of each listed group stays" in text
    refuse(window, "Keep all")
    assert files(folder) == 6


def test_the_trash_for_one_group(simulated: SimulatedApp, folder: Path) -> None:
    window = scan_in_window(simulated, folder)
    group = group_of_three(window)
    text = asked(window, f"{group} button.danger")
    assert "Move 2 files (600 bytes) to the trash?" in text
    # Which ones: the person sees them by name.
    assert sum(str(folder / name) in text for name in ("a", "below/a copy", "z")) >= 2
    refuse(window, "Keep all")
    assert files(folder) == 6


def test_a_move(simulated: SimulatedApp, folder: Path, tmp_path: Path) -> None:
    window = scan_in_window(simulated, folder)
    group = group_of_three(window)
    text = asked(window, f"{group} button:last-child")
    assert "Move 2 files (600 bytes) to which folder?" in text
    assert "Nothing there is overwritten" in text
    refuse(window, "Keep")
    assert files(folder) == 6


def test_searching_again_asks_where_undo_is_lost(
    simulated: SimulatedApp, folder: Path, tmp_path: Path
) -> None:
    window = scan_in_window(simulated, folder)
    group = group_of_three(window)
    asked(window, f"{group} button:last-child")
    window.type("div.popup input", str(tmp_path / "moved"))
    window.click("Move")
    window.wait_until(lambda: window.has("Undo"))
    text = asked(window, "Search again")
    assert "“Undo” for 2 moved files is gone then" in text
    assert "The files stay where they were moved to" in text
    refuse(window, "Keep")
    window.click("Undo")
    window.wait_until(lambda: "are back" in window.page())
    assert files(folder) == 6
    # Nothing is lost any more: nothing is asked.
    window.click("Search again")
    window.wait_until(lambda: window.has("#folder") or window.has("Find duplicates"))
