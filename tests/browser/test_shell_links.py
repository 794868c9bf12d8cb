"""Links and the way back: where a window goes, where it is scrolled to, what has the focus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.shell_app import Desk

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_modifiers_and_the_middle_button_open_one_more_window(desk: Desk, open_page: Open) -> None:
    page = open_page(label="w1")
    for act in (
        {"modifiers": ["Control"]}, {"modifiers": ["Meta"]}, {"modifiers": ["Shift"]}, {"button": "middle"},
    ):  # fmt: skip
        page.click("#to-text", **act)
    page.click("#to-text")
    expect(page.get_by_role("heading", name="Text")).to_be_visible()
    assert desk.asked == [("open", "/text?a=1")] * 4


def test_outside_links_go_to_the_systems_browser(desk: Desk, open_page: Open) -> None:
    page = open_page(label="w1")
    expect(page.locator(".shell-tasks")).to_be_visible()
    page.click("#outside")
    page.click("#to-text")
    expect(page.get_by_role("heading", name="Text")).to_be_visible()
    assert desk.asked == [("browse", "https://example.org/a?b=c")]


def test_in_a_browser_outside_links_get_a_tab_that_knows_nothing_of_us(desk: Desk, open_page: Open) -> None:
    page = open_page()
    expect(page.locator(".shell-tasks")).to_be_visible()
    page.context.route("https://example.org/**", lambda route: route.fulfill(body="outside"))
    with page.context.expect_page() as opened:
        page.click("#outside")
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("[opener, document.referrer]") == [None, ""]
    assert desk.asked == []


def test_back_and_forward_keep_the_place_and_give_the_focus_to_the_view(desk: Desk, open_page: Open) -> None:
    page = open_page("/text")
    expect(page.locator("#part")).to_be_attached()
    page.hover(".shell-bar a >> nth=0")
    page.evaluate("scrollTo(0, 900)")
    page.mouse.click(50, 20)
    expect(page.get_by_role("heading", name="Start")).to_be_visible()
    expect(page.locator("main")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(page.get_by_role("heading", name="Text")).to_be_attached()
    assert page.evaluate("scrollY") == 900
    expect(page.locator("main")).to_be_focused()
    page.evaluate("scrollTo(0, 400)")
    page.go_forward()
    expect(page.get_by_role("heading", name="Start")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(page.get_by_role("heading", name="Text")).to_be_attached()
    assert page.evaluate("scrollY") == 400
    page.reload()
    expect(page.get_by_role("heading", name="Text")).to_be_attached()
    assert page.evaluate("scrollY") == 400


def test_a_link_to_a_part_of_a_page_scrolls_there(desk: Desk, open_page: Open) -> None:
    page = open_page()
    page.click("#to-part")
    expect(page.locator("#part")).to_be_in_viewport()
    assert page.url.endswith("/text#part")
    page.reload()
    expect(page.locator("#part")).to_be_in_viewport()


def test_the_bar_says_where_one_is(desk: Desk, open_page: Open) -> None:
    page = open_page()
    here = page.locator(".shell-bar [aria-current=page]")
    expect(here).to_have_text("Home")
    page.get_by_role("link", name="Tasks").click()
    expect(page.get_by_role("heading", name="What runs")).to_be_visible()
    expect(here).to_have_text("Tasks")
    page.go_back()
    expect(here).to_have_text("Home")
    page.click("#to-text")
    expect(here).to_have_count(0)


def test_the_skip_link_leads_past_the_bar(desk: Desk, open_page: Open) -> None:
    page = open_page()
    expect(page.get_by_role("heading", name="Start")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    skip = page.get_by_role("link", name="Skip to the content")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#field")).to_be_focused()
