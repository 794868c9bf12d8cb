"""Makes docs/screenshot.png: the real app in two windows on a virtual display.

    .venv/bin/python docs/make_screenshot.py

The app searches for duplicates in a temporary folder with sample files.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "shell"), str(TOP)]

from tests.support.display import Display, Point, unavailable_reason  # noqa: E402 (needs the path)
from tests.support.driver import RunningApp  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402

PICTURE = TOP / "docs" / "screenshot.png"
WIDTH, HEIGHT = 1200, 750
#: The sample files: the name, the number of copies and the size in bytes of each.
FILES = [
    ("Holiday 2024.mp4", 3, 48_000_000),
    ("Invoices.zip", 2, 9_300_000),
    ("Portrait.tif", 2, 6_100_000),
    ("Song.flac", 4, 3_200_000),
    ("Report.pdf", 2, 740_000),
]


def make_files(folder: Path) -> None:
    """Create sparse files, which use no disk space."""
    for name, copies, size in FILES:
        for copy in range(copies):
            target = folder / ["Archive", "Backup", "Desktop", "Old laptop"][copy]
            target.mkdir(parents=True, exist_ok=True)
            with (target / name).open("wb") as file:
                file.truncate(size)


def arrange(app: RunningApp, window: int, left: int, width: int) -> None:
    """Move and resize a window."""
    app.display.resize(window, width, HEIGHT - 45)
    app.display.move(window, Point(left, 10))


def take(folder: Path) -> None:
    """Run the app with sample content and save the screenshot."""
    home = folder / "home"
    home.mkdir()
    display = Display(WIDTH, HEIGHT)
    path = {"PYTHONPATH": f"{TOP / 'shell'}:{TOP}"}
    command = [sys.executable, "-P", str(TOP / "packaging" / "entry.py")]
    app = RunningApp(command, display, home, path)
    try:
        app.start("/duplicates/")
        (duplicates,) = app.wait_for_pages(1)
        duplicates.fill("#folder", str(folder / "Documents"))
        duplicates.click("button", "Find duplicates")
        duplicates.wait_for_text("#state", "Done")
        duplicates.click("summary", "Holiday")
        arrange(app, duplicates.window, 8, 730)
        app.run("open", "/counter/")
        counter = app.new_page([duplicates])
        arrange(app, counter.window, 755, 430)
        counter.click("textarea")
        counter.type("Every window shows this text. It stays when all windows are closed.")
        for number in range(11, 15):
            counter.click("button", "Increment")
            counter.wait_for_text("#count", str(number))
        wait_until(lambda: duplicates.evaluate("innerWidth") < 740 > counter.evaluate("innerWidth"))
        display.click(Point(WIDTH - 3, HEIGHT - 3))
        display.screenshot(PICTURE)
        app.run("quit")
        app.wait_for_end()
    finally:
        app.stop()
        display.stop()
    fewer = ["+dither", "-colors", "128"]
    # The black background is replaced by another colour. Reducing the picture to 128 colours makes
    # the file three times smaller.
    background = ["-fill", "#5b6f8f", "-draw", "color 0,0 floodfill"]
    subprocess.run(["mogrify", "-strip", *background, *fewer, str(PICTURE)], check=True)  # noqa: S603, S607 (a fixed command)


if __name__ == "__main__":
    reason = unavailable_reason()
    if reason is not None:
        sys.exit(reason)
    with tempfile.TemporaryDirectory(prefix="everview-") as temporary:
        make_files(Path(temporary) / "Documents")
        take(Path(temporary))
