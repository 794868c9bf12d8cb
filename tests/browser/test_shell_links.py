"""Tests of links and the history: the shown view, the scroll position and the focus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.shell_app import Desk

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_link_clicked_with_modifier_or_middle_button_opens_another_window(
    desk: Desk, open_page: Open
) -> None:
    page = open_page(label="w1")
    for options in (
        {"modifiers": ["Control"]}, {"modifiers": ["Meta"]}, {"modifiers": ["Shift"]}, {"button": "middle"},
    ):  # fmt: skip
        page.click("#to-text", **options)
    page.click("#to-text")
    expect(page.get_by_role("heading", name="Text")).to_be_visible()
    assert desk.requests == [("open", "/text?a=1")] * 4


def test_external_link_in_a_native_window_is_opened_in_the_browser_of_the_system(
    desk: Desk, open_page: Open
) -> None:
    page = open_page(label="w1")
    expect(page.locator(".shell-tasks")).to_be_visible()
    page.click("#outside")
    page.click("#to-text")
    expect(page.get_by_role("heading", name="Text")).to_be_visible()
    assert desk.requests == [("browse", "https://example.org/a?b=c")]


def test_external_link_in_a_browser_is_opened_in_a_tab_without_opener(
    desk: Desk, open_page: Open
) -> None:
    page = open_page()
    expect(page.locator(".shell-tasks")).to_be_visible()
    page.context.route("https://example.org/**", lambda route: route.fulfill(body="outside"))
    with page.context.expect_page() as opened:
        page.click("#outside")
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("[opener, document.referrer]") == [None, ""]
    assert desk.requests == []


def test_going_back_or_forward_restores_the_scroll_position_and_focuses_the_view(
    desk: Desk, open_page: Open
) -> None:
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


def test_link_with_a_fragment_scrolls_to_its_target(desk: Desk, open_page: Open) -> None:
    page = open_page()
    page.click("#to-part")
    expect(page.locator("#part")).to_be_in_viewport()
    assert page.url.endswith("/text#part")
    page.reload()
    expect(page.locator("#part")).to_be_in_viewport()


def test_bar_marks_the_link_to_the_current_page(desk: Desk, open_page: Open) -> None:
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


def test_skip_link_focuses_the_view(desk: Desk, open_page: Open) -> None:
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
