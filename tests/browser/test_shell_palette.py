"""The command palette finds views, tasks, commands and paths by a few letters."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.serving import ServedApp
from tests.support.shell_app import Desk, wait_for_desk

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def page(desk: Desk, open_page: Open) -> Page:
    page = open_page(label="w1")
    expect(page.locator(".shell-new[title]")).to_be_visible()
    return page


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    # the palette shows the answer of the server
    expect(page.get_by_role("option", name="The list of tasks")).to_have_count(1)


def chosen(page: Page) -> str:
    option = page.locator(f"[id='{page.get_by_role('combobox').get_attribute('aria-activedescendant')}']")
    expect(option).to_have_attribute("aria-selected", "true")
    return option.locator(".shell-palette-label").inner_text()


def test_view_is_found_by_letters_of_its_name(page: Page) -> None:
    open_palette(page)
    page.keyboard.type("txt")
    expect(page.get_by_role("option")).to_have_count(1)
    assert page.locator("[role=option] b").all_inner_texts() == ["T", "x", "t"]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Text")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("main")).to_be_focused()


def test_arrow_keys_choose_a_match_and_wrap_around(page: Page) -> None:
    open_palette(page)
    first = chosen(page)
    page.keyboard.press("ArrowUp")
    last = chosen(page)
    assert first != last
    page.keyboard.press("ArrowDown")
    assert chosen(page) == first
    page.keyboard.press("PageDown")
    assert chosen(page) not in (first, last)
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_count(0)


def test_ctrl_enter_opens_the_match_in_another_window(page: Page, desk: Desk) -> None:
    open_palette(page)
    page.keyboard.type("text")
    expect(page.get_by_role("option").first).to_contain_text("A view with much text")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("combobox")).to_have_count(0)
    wait_for_desk(page, desk, "open", "/text")


def test_task_shows_its_progress(page: Page, open_page: Open) -> None:
    worker = open_page("/work")
    expect(worker.get_by_text("At work")).to_be_visible()
    open_palette(page)
    task = page.get_by_role("option").filter(has=page.get_by_text("Task", exact=True), has_text="Work")
    expect(task).to_contain_text("running · 30% · three of ten")
    assert task.locator("progress").evaluate("bar => bar.value") == 0.3
    task.click()
    expect(page.get_by_text("At work")).to_be_visible()


def test_all_keys_are_handled_when_the_user_types_fast(page: Page) -> None:
    """The browser sends the close event of a dialog with a delay. Formerly, the dialog blocked
    shortcuts until that event.
    """
    open_palette(page)
    for _ in range(5):
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(1)


def test_last_command_is_first_in_the_list(page: Page) -> None:
    open_palette(page)
    page.keyboard.type("shortc")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    open_palette(page)
    assert chosen(page) == "Shortcuts"


def test_path_or_link_to_this_app_is_opened(page: Page) -> None:
    for number, text in enumerate((
        "/text?a={}", "everview:/text?a={}", "everview:///text?a={}", "everview://text?a={}",
        " http://127.0.0.1:1/text?a={} ",
    )):  # fmt: skip
        open_palette(page)
        page.get_by_role("combobox").fill(text.format(number))
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"/text\?a={number}$"))
        expect(page.get_by_role("heading", name="Text")).to_be_visible()


def test_palette_has_no_match_for_an_address_of_another_site(page: Page) -> None:
    open_palette(page)
    for text in ("//example.org/", "https://example.org/", "/\\example.org", "javascript:alert(1)"):
        page.get_by_role("combobox").fill(text)
        expect(page.get_by_text("No matches.")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_role("combobox")).to_be_visible()


def test_list_is_a_list_box_for_screen_readers(page: Page) -> None:
    open_palette(page)
    field = page.get_by_role("combobox")
    assert field.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    before = chosen(page)
    page.get_by_role("option").nth(3).hover()
    assert chosen(page) != before
    expect(field).to_be_focused()


def test_shortcut_before_its_script_is_loaded_is_handled(
    desk: Desk, served: ServedApp, chromium: Browser
) -> None:
    page = chromium.new_page()
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/commands.js", hold)
    page.goto(served.address("/", label="w1"))
    expect(page.get_by_role("heading", name="Start")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_have_count(0)
    waiting[0].continue_()
    expect(page.get_by_role("combobox")).to_be_focused()
    page.close()
