"""Make screenshots of every shipped view, menu, palette and dialog, to check before a release.

    .venv/bin/python docs/make_screenshots.py [--language de] [FOLDER]

The pictures show the pages in Chromium, in light and dark, narrow and wide. ``FOLDER`` is a new
folder by default; its path is printed at the end. make_screenshot.py makes the picture in the
README, which shows native windows.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "shell"), str(TOP)]

from everview.runtime.instances.state import StopReason  # noqa: E402
from tests.support.chromium import NAMES  # noqa: E402
from tests.support.serving import ServedApp  # noqa: E402
from tests.support.shell_app import Desk  # noqa: E402
from tests.support.shell_tour import make_duplicates, tour  # noqa: E402
from views.main import app as shipped_app  # noqa: E402 (needs the path)

LOOKS = [(theme, width) for theme in ("light", "dark") for width in (360, 1100)]
HEIGHT = 720


def take(
    browser: Browser, served: ServedApp, files: Path, folder: Path, theme: str, width: int
) -> None:
    """Take screenshots of all pages with one theme and one width."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.goto(served.address("/", label=f"{theme}-{width}"))
    expect(page.locator(".shell-new[title]")).to_be_visible()
    for number, where in enumerate(tour(page, files)):
        name = f"{number:02} {where} {theme} {width}.png".replace(", ", "-").replace(" ", "-")
        page.screenshot(path=folder / name)
    context.close()
    # Stop all views, because the next screenshots must not show them as running.
    for instance in served.do(lambda: list(served.runtime.instances.values())):
        served.do(instance.stop, StopReason.STOPPED)


def main() -> None:
    """Take screenshots of all pages with all themes and widths."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--language", default="en")
    parser.add_argument("folder", nargs="?", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="everview-screenshots-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["EVERVIEW_LANGUAGE"] = arguments.language
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        sys.exit("no Chromium is installed: 'apt-get install chromium'")
    app = shipped_app
    app.use_language()
    with (
        tempfile.TemporaryDirectory(prefix="everview-") as files,
        ServedApp(app, Desk()) as served,
        sync_playwright() as playwright,
    ):
        make_duplicates(Path(files))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for theme, width in LOOKS:
            take(browser, served, Path(files), folder, theme, width)
        browser.close()
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures are in {folder}\n")


if __name__ == "__main__":
    main()
