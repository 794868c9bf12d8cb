"""Windows are restored with position, size, zoom and theme after the app was quit or crashed."""

from __future__ import annotations

import re
import signal
import sqlite3

import msgspec
import pytest

from everview.state.window_set import Saved
from tests.support.display import Point, wait_until
from tests.support.driver import Page, RunningApp

pytestmark = pytest.mark.native


def arrange(app: RunningApp) -> dict[str, tuple[Point | None, int, int]]:
    """Open two windows, and move and resize them. Returns their geometry by URL."""
    app.start("/counter/")
    (first,) = app.wait_for_pages(1)
    app.run("open", "/gallery")
    second = app.new_page([first])
    for page, to, size in ((first, Point(240, 130), (700, 500)), (second, Point(520, 300), (820, 640))):
        app.display.resize(page.window, *size)
        app.display.move(page.window, to)
        wait_until(lambda page=page, size=size: tuple(page.evaluate("[innerWidth, innerHeight]")) == size,
                   "the size")  # fmt: skip
    return wait_for_saved(app, [first, second])


def wait_for_saved(app: RunningApp, pages: list[Page]) -> dict[str, tuple[Point | None, int, int]]:
    """Wait until the geometry on the screen is saved, and return it."""
    def saved() -> dict[str, tuple[Point, int, int]]:
        path = next(app.home.rglob("everview.db"))
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            (row,) = database.execute("select data from notes where name='windows'")
        database.close()
        windows = msgspec.json.decode(row[0], type=Saved).windows
        return {w.url: (Point(w.x or 0, w.y or 0), w.width or 0, w.height or 0) for w in windows}

    def shown() -> dict[str, tuple[Point | None, int, int]]:
        return {page.evaluate("location.pathname"):
                (app.display.frame_origin(page.window), *page.evaluate("[innerWidth, innerHeight]"))
                for page in pages}  # fmt: skip

    wait_until(lambda: saved() == shown(), "the geometry is saved")
    return shown()


def restored(app: RunningApp, count: int) -> dict[str, tuple[Point | None, int, int]]:
    pages = app.wait_for_pages(count)
    return wait_for_saved(app, pages)


@pytest.mark.parametrize("end", ["quit", "kill"])
def test_windows_are_restored_after_the_end(app: RunningApp, end: str) -> None:
    before = arrange(app)
    if end == "quit":
        app.run("quit")
        assert app.wait_for_end() == 0
    else:
        app.main.send_signal(signal.SIGKILL)
        app.main.wait()
        wait_until(lambda: not app.windows(), "no window is left")
    app.process = app.spawn()
    assert restored(app, 2) == before
    # A window that the user closes is not restored.
    page = next(page for page in app.pages() if page.evaluate("location.pathname") == "/gallery")
    page.close()
    app.wait_for_pages(1)
    app.run("quit")
    app.wait_for_end()
    app.process = app.spawn()
    (left,) = app.wait_for_pages(1)
    assert left.evaluate("location.pathname") == "/counter/"


def test_app_started_with_a_url_opens_it_and_the_restored_windows(app: RunningApp) -> None:
    app.start("/counter/")
    app.run("quit")
    app.wait_for_end()
    app.process = app.spawn("open", "everview:/countdown/")
    pages = app.wait_for_pages(2)
    assert {page.evaluate("location.pathname") for page in pages} == {"/counter/", "/countdown/"}
    # The URL is already open in a restored window, so it is not opened a second time.
    app.run("quit")
    app.wait_for_end()
    app.process = app.spawn("open", "/counter/")
    app.wait_for_pages(2)


def test_zoom_theme_and_full_screen_are_restored(app: RunningApp) -> None:
    app.start("/counter/")
    (page,) = app.wait_for_pages(1)
    wide = page.evaluate("innerWidth")
    page.press("ctrl+equal")
    wait_until(lambda: page.evaluate("innerWidth") < wide, "the page is larger")
    zoomed = page.evaluate("innerWidth")
    page.press("ctrl+k")
    page.wait_for_text("dialog[open]", "Counter")
    page.type("dark theme")
    page.press("Return")
    wait_until(lambda: page.evaluate("document.documentElement.dataset.theme") == "dark", "dark")
    page.press("F11")
    wait_until(lambda: page.evaluate("screen.width == outerWidth"), "full screen")
    app.run("quit")
    app.wait_for_end()
    app.process = app.spawn()
    (again,) = app.wait_for_pages(1)
    wait_until(lambda: again.evaluate("screen.width == outerWidth"), "full screen again")
    assert again.evaluate("document.documentElement.dataset.theme") == "dark"
    dark = "getComputedStyle(document.documentElement).backgroundColor"
    assert max(map(int, re.findall(r"\d+", again.evaluate(dark)))) < 60
    again.press("F11")
    wait_until(lambda: again.evaluate("innerWidth") == zoomed, "the size and the zoom are as before")
    again.press("ctrl+0")
    wait_until(lambda: again.evaluate("innerWidth") == wide, "not zoomed")


def test_new_window_is_placed_at_an_offset_from_the_last_one(app: RunningApp) -> None:
    app.start("/counter/")
    (first,) = app.wait_for_pages(1)
    first.press("ctrl+n")
    second = app.new_page([first])
    a, b = (app.display.frame_origin(page.window) for page in (first, second))
    assert a is not None
    assert b is not None
    assert b.x - a.x >= 20
    assert b.y - a.y >= 20
