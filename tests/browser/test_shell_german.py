"""The texts of the server, the page and the views are shown in the chosen language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from everview import i18n as strings
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk
from views.main import app as shipped_app

pytestmark = pytest.mark.browser


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedApp]:
    monkeypatch.setenv("EVERVIEW_LANGUAGE", "de_CH")
    app = shipped_app
    app.use_language()
    try:
        with ServedApp(app, Desk()) as served:
            yield served
    finally:
        strings.use([])


def test_app_is_shown_in_german(chromium: Browser, served: ServedApp) -> None:
    page = chromium.new_page()
    page.goto(served.address("/", label="w1"))
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("link", name="Start", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Zähler")).to_be_visible()
    expect(page.get_by_text("Findet Dateien mit gleichem Inhalt")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Gehe zu").fill("zähl")
    expect(page.get_by_role("option", name="Zähler")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Erhöhen")).to_be_visible()
    expect(page).to_have_title("Zähler")
    page.click(".shell-menu")
    item = page.get_by_role("menuitem", name="Neues Fenster")
    expect(item).to_contain_text("Strg+N")
    page.keyboard.press("Escape")
    page.keyboard.press("F1")
    expect(page.get_by_role("dialog", name="Tastenkürzel")).to_be_visible()
    page.close()
