"""The main job of the Duplicates view, for the app from source and for the built app."""

from __future__ import annotations

from pathlib import Path

from tests.support.display import wait_until
from tests.support.driver import Page, RunningApp

PAIRS = 24
SIZE = 40_000_000


def make_files(folder: Path) -> set[frozenset[str]]:
    """Create pairs of equal files, and two files that differ in the last byte. Returns the pairs.

    The files are large but sparse, so they use little space on the disk. A scan takes a
    second or more.
    """
    folder.mkdir()
    pairs = set()
    for number in range(PAIRS):
        names = frozenset(str(folder / f"{copy}{number}.bin") for copy in "ab")
        for name in names:
            write_file(Path(name), SIZE + number, b"x")
        pairs.add(names)
    write_file(folder / "other1.bin", SIZE - 1, b"y")
    write_file(folder / "other2.bin", SIZE - 1, b"z")
    return pairs


def write_file(path: Path, size: int, end: bytes) -> None:
    with path.open("wb") as file:
        file.truncate(size - len(end))
        file.seek(0, 2)
        file.write(end)


def groups(page: Page) -> set[frozenset[str]]:
    """Return the groups of files that the page shows."""
    shown = page.evaluate(
        "[...document.querySelectorAll('#groups details')]"
        ".map(d => [...d.querySelectorAll('li label')].map(l => l.textContent))"
    )
    return {frozenset(text.partition(" keep ")[2] for text in group) for group in shown}


def agree(pages: list[Page]) -> bool:
    """Whether all windows show the same state and the same groups."""
    shown = {(page.text("#state"), page.text("#groups")) for page in pages}
    return len(shown) == 1


def do_the_main_job(app: RunningApp, folder: Path) -> None:
    """Scan a folder in three windows: start, pause, close all, reopen, finish, quit."""
    pairs = make_files(folder)
    app.start("/duplicates/")
    (first,) = app.wait_for_pages(1)
    first.fill("#folder", str(folder))
    first.click("button", "Find duplicates")
    first.click("button", "Pause")
    first.wait_for_text("#state", "Paused")

    first.press("ctrl+n")
    second = app.new_page([first])
    app.run("open", "/duplicates/")
    # The command ends only after its window is open, so the test does not have to wait for it.
    assert len(app.windows()) == 3
    pages = app.wait_for_pages(3)
    wait_until(lambda: agree(pages), "all windows show the same groups while the scan is paused")
    found_before = groups(first)
    assert found_before < pairs, "the scan is paused in the middle"

    second.click("button", "Resume")
    wait_until(
        lambda: not any("Paused" in (page.text("#state") or "") for page in pages), "the scan continues in all windows"
    )
    (third,) = [page for page in pages if page.id not in (first.id, second.id)]
    third.click("button", "Pause")
    for page in pages:
        page.wait_for_text("#state", "Paused")
    wait_until(lambda: agree(pages), "all windows show the same groups when the scan is paused again")
    state, found = first.text("#state"), groups(first)
    assert found_before <= found < pairs, "the scan is paused before its end"

    for page in pages:
        page.close()
    app.wait_for_pages(0)
    assert app.alive
    (view,) = app.views()
    assert (view["title"], view["windows"]) == (f"Duplicates in {folder.name}", 0)

    # Reopen the view as a user does, with its link in the list of tasks on the start page.
    app.run()
    (start,) = app.wait_for_pages(1)
    start.click("td a", f"Duplicates in {folder.name}")
    start.wait_for_text("#where", str(folder))
    assert (start.text("#state"), groups(start)) == (state, found)
    start.click("button", "Resume")
    start.wait_for_text("#state", "Done", timeout=60)
    assert groups(start) == pairs
    assert f"{PAIRS} groups" in (start.text("#totals") or "")

    app.run("quit")
    assert app.wait_for_end() == 0
