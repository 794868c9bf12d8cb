"""Tests of the command "Find in page": it marks matches and changes nothing else in the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from everview import App
from everview.html import P
from tests.support.serving import ServedApp
from tests.support.shell_app import add_views

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

HERE = """(() => {
  const [range] = CSS.highlights.get("everview-found-here") || [];
  if (!range) return null;
  const box = range.getBoundingClientRect();
  return [String(range), range.startContainer.parentElement.closest("p, h1").textContent, box.top > 0 && box.bottom < innerHeight];
})()"""


@pytest.fixture
def page(app: App, served: ServedApp, open_page: Open) -> Page:
    add_views(app)
    page = open_page("/text", label="w1")
    expect(page.locator(".shell-new[title]")).to_be_visible()
    return page


def find(page: Page, text: str) -> None:
    page.keyboard.press("Control+f")
    expect(page.locator(".shell-find input")).to_be_focused()
    page.keyboard.type(text)


def test_matches_are_counted_and_visited_in_order(page: Page) -> None:
    find(page, "the needle")
    count = page.locator(".shell-find output")
    expect(count).to_have_text("1 of 60")
    page.keyboard.press("Enter")
    expect(count).to_have_text("2 of 60")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("60 of 60")
    assert page.evaluate(HERE) == ["The Needle", "Line 59 says: The Needle and the hay.", True]
    page.keyboard.press("F3")
    expect(count).to_have_text("1 of 60")
    page.get_by_role("button", name="Find previous").click()
    expect(count).to_have_text("60 of 60")


def test_find_finds_text_across_elements_but_no_hidden_text(page: Page) -> None:
    find(page, "a needle")
    expect(page.locator(".shell-find output")).to_have_text("1 of 1")
    assert page.evaluate(HERE)[1] == "a needle in two pieces"
    page.locator(".shell-find input").fill("no such words")
    expect(page.locator(".shell-find output")).to_have_text("Not found")
    # A match never spans two paragraphs.
    page.locator(".shell-find input").fill("hay.Line")
    expect(page.locator(".shell-find output")).to_have_text("Not found")
    page.locator(".shell-find input").fill("hay. (*+[")
    expect(page.locator(".shell-find output")).to_have_text("Not found")


def test_matches_are_updated_when_the_view_changes(page: Page, served: ServedApp) -> None:
    find(page, "needle")
    count = page.locator(".shell-find output")
    expect(count).to_have_text("1 of 61")
    page.keyboard.press("Enter")
    view = served.only_instance().view
    served.do(view.html.nodes[1].remove)
    expect(count).to_have_text("1 of 60")
    served.do(lambda: view.rest.append(P("a new needle")))
    expect(count).to_have_text("1 of 61")


def test_find_changes_neither_document_nor_selection_nor_focus(
    app: App, served: ServedApp, open_page: Open
) -> None:
    add_views(app)
    page = open_page(label="w1")
    expect(page.locator(".shell-new[title]")).to_be_visible()
    page.fill("#area", "some text")
    page.evaluate("document.querySelector('#area').setSelectionRange(2, 6)")
    before = page.evaluate("document.querySelector('main').innerHTML")
    find(page, "part")
    expect(page.locator(".shell-find output")).to_have_text("1 of 1")
    page.keyboard.press("Escape")
    expect(page.locator(".shell-find")).to_be_hidden()
    expect(page.locator("#area")).to_be_focused()
    assert page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]") == [2, 6]
    assert page.evaluate("document.querySelector('main').innerHTML") == before
    assert page.evaluate("CSS.highlights.size") == 0


def test_find_starts_with_the_selected_text(page: Page) -> None:
    page.locator("#part").dblclick(position={"x": 20, "y": 10})
    page.keyboard.press("Control+f")
    expect(page.locator(".shell-find input")).to_have_value("part")
    expect(page.locator(".shell-find output")).to_have_text("1 of 1")


def test_match_is_selected_if_the_engine_has_no_highlights(page: Page) -> None:
    page.evaluate("void Object.defineProperty(CSS, 'highlights', { value: undefined })")
    find(page, "line 30 say")
    count = page.locator(".shell-find output")
    expect(count).to_have_text("1 of 1")
    page.keyboard.press("Enter")
    assert page.evaluate("String(getSelection())") == "Line 30 say"
    page.keyboard.type("s")
    expect(page.locator(".shell-find input")).to_have_value("line 30 says")
    expect(count).to_have_text("1 of 1")
    page.keyboard.press("Enter")
    assert page.evaluate("String(getSelection())") == "Line 30 says"
