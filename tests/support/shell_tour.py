"""`tour`: visits all shipped views and all dialogs of the shell.

The accessibility test and docs/make_screenshots.py use this tour. The page must have a window
label, and its server must have a `Desk`. The tour works in any language, because it finds elements
by position and not by text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect


def make_duplicates(folder: Path) -> None:
    """Create files that Duplicates finds."""
    for name, copies, size in (("Holiday.mp4", 3, 48_000), ("Report.pdf", 2, 7_400), ("a.txt", 4, 90)):
        for copy in range(copies):
            place = folder / ["Archive", "Backup", "Desktop", "Old laptop"][copy]
            place.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(name.encode() * size)


def go(page: Page, url: str, ready: str) -> None:
    """Open a view with the palette."""
    page.keyboard.press("Control+k")
    page.locator(".shell-palette input").fill(url)
    page.keyboard.press("Enter")
    expect(page.locator(".shell-palette")).to_have_count(0)
    expect(page.locator(ready).first).to_be_visible()


def tour(page: Page, folder: Path) -> Iterator[str]:
    """Visit all views and dialogs. Yields the name of each state of the page."""
    yield "launcher, empty"
    yield from _views(page, folder)
    yield from _shell(page)


def _views(page: Page, folder: Path) -> Iterator[str]:
    go(page, "/counter/", "#count")
    yield "counter"
    go(page, "/countdown/", "#limit")
    yield "countdown, before it starts"
    page.click("main button.primary")
    expect(page.locator("#left")).to_be_visible()
    yield "countdown, running"
    page.click("main button.danger")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    yield "a question"
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    go(page, "/duplicates/", "#folder")
    yield "duplicates, before it starts"
    page.fill("#folder", str(folder))
    page.click("main button.primary")
    expect(page.locator("main button.danger").first).to_be_visible()
    expect(page.locator(".card summary")).to_have_count(3)
    page.locator(".card summary").first.click()
    yield "duplicates, with a result"
    go(page, "/gallery/", "[role=tablist]")
    for number, name in enumerate(("table", "log", "plot", "tree", "icons")):
        page.get_by_role("tab").nth(number).click()
        if name == "log":
            page.locator("[role=tabpanel]:not([data-ev-off]) button").first.click()
            expect(page.locator("main [role=status]").last).to_contain_text("100")
        yield f"gallery, {name}"
    for url, name in (("/", "launcher"), ("/tasks/", "tasks")):
        go(page, url, "main table")
        yield name
    go(page, "/log/", "main p")
    yield "log"
    go(page, "/nowhere", ".shell-error")
    yield "error page"


def _shell(page: Page) -> Iterator[str]:
    go(page, "/", "main table")
    page.click(".shell-menu")
    expect(page.get_by_role("menu")).to_be_visible()
    yield "menu"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("[role=option] progress").first).to_be_attached()
    yield "palette"
    page.keyboard.type("co")
    yield "palette, searching"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+f")
    expect(page.locator(".shell-find input")).to_be_focused()
    page.keyboard.type("co")
    yield "find"
    page.keyboard.type("no such words")
    yield "find, without a match"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+q")
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "quit"
    page.keyboard.press("Escape")
    page.keyboard.press("F1")
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "shortcuts"
    page.keyboard.press("Escape")
    page.click(".shell-menu")
    page.click("[data-command=log]")
    expect(page.locator(".shell-notice")).to_be_visible()
    yield "a notice"
    for name in ("about", "notices"):
        page.click(".shell-menu")
        page.click(f"[data-command={name}]")
        expect(page.get_by_role("dialog")).to_be_visible()
        yield name
        page.keyboard.press("Escape")
    page.keyboard.press("Control+=")
    expect(page.locator(".shell-size")).not_to_be_empty()
    yield "size"
