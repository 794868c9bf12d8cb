"""axe-core checks all shipped views and all dialogs of the shell, in both themes.

The test shows all views in one window. It lists each violation with the state of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from everview import App
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk
from tests.support.shell_tour import make_duplicates, tour
from views.main import app as shipped_app

pytestmark = pytest.mark.browser

#: The checked rules: WCAG 2.2 at levels A and AA, and axe's best practices.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}


class Watcher:
    """Collects the violations that axe finds, with the state of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        self._axe = Axe()
        page.evaluate(self._axe.axe_script)

    def look(self, where: str) -> None:
        # Text that fades in has too little contrast until its animation ends.
        self.page.evaluate("Promise.all(document.getAnimations().map(a => a.effect.getTiming().iterations === Infinity || a.finished))")
        answer: dict[str, Any] = self.page.evaluate("options => axe.run(document, options)", OPTIONS)
        for violation in answer["violations"]:
            for node in violation["nodes"]:
                summary = " ".join(node["failureSummary"].split())
                self.found.append(f"{where}: {violation['id']}: {node['target']}: {summary}")


@pytest.fixture
def served() -> Iterator[ServedApp]:
    with ServedApp(shipped_app, Desk()) as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_duplicates(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1100)])
def test_shipped_views_have_no_violations(
    chromium: Browser, served: ServedApp, folder: Path, theme: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 700}, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(served.address("/", label="w1"))
    expect(page.locator(".shell-new[title]")).to_be_visible()
    watcher = Watcher(page)
    try:
        for where in tour(page, folder):
            watcher.look(where)
    finally:
        context.close()
    assert not watcher.found, "\n".join(watcher.found)


def test_error_page_has_no_violations(chromium: Browser) -> None:
    app = App(__file__)

    @app.route("/")
    def fails(request):
        raise ValueError("on purpose")

    with ServedApp(app) as served:
        page = chromium.new_page()
        page.goto(served.address("/"))
        expect(page.get_by_role("button", name="Start again")).to_be_visible()
        page.locator("summary").click()
        watcher = Watcher(page)
        watcher.look("failed")
        page.close()
    assert not watcher.found, "\n".join(watcher.found)


def test_chosen_command_is_visible_with_forced_colors(chromium: Browser) -> None:
    """The chosen command has an outline, because forced colors hide its background."""
    with ServedApp(shipped_app) as served:
        context = chromium.new_context(forced_colors="active")
        page = context.new_page()
        page.goto(served.address("/", label="w1"))
        expect(page.locator(".shell-new[title]")).to_be_visible()
        page.click(".shell-menu")
        item = page.get_by_role("menuitem", name="New window")
        expect(item).to_be_focused()
        assert item.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
        context.close()


def test_reduced_motion_stops_animations(open_page: Callable[..., Page], app: App) -> None:
    @app.route("/")
    def start(request):
        return "text"

    page = open_page(label="w1", reduced_motion="reduce")
    expect(page.locator(".shell-new[title]")).to_be_visible()
    page.click(".shell-menu")
    expect(page.get_by_role("menu")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
