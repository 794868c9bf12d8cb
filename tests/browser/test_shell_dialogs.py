"""Quitting, shortcuts, about, notices and the clipboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from everview.html import Popup
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk, asked

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def page(desk: Desk, open_page: Open) -> Page:
    page = open_page("/work", label="w1")
    expect(page.get_by_text("At work")).to_be_visible()
    expect(page.locator(".shell-new[title]")).to_be_visible()
    return page


def test_the_quit_dialog_says_what_works_and_asks(page: Page, desk: Desk) -> None:
    for button, how in (
        ("Keep in the background", "background"),
        ("Finish, then quit", "finish"),
        ("Stop all and quit", "stop"),
    ):
        page.keyboard.press("Control+q")
        dialog = page.get_by_role("dialog", name=re.compile("Quit .*"))
        expect(dialog).to_contain_text("Work")
        expect(dialog).to_contain_text("running · 30% · three of ten")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        dialog.get_by_role("button", name=button).click()
        expect(dialog).to_have_count(0)
        asked(page, desk, "quit", how)


def test_escape_and_cancel_go_on_and_nothing_comes_back(page: Page, desk: Desk) -> None:
    for way in ("Escape", "Enter"):
        page.keyboard.press("Control+q")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press(way)  # Cancel has the focus
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert desk.asked == []


def test_the_quit_dialog_is_live(page: Page, served: ServedApp, desk: Desk) -> None:
    page.keyboard.press("Control+q")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("30%")
    view = served.only_instance().view
    view.progress(8, 10, "eight of ten")
    expect(dialog).to_contain_text("80% · eight of ten")
    view.go_on.set()
    expect(dialog).to_contain_text("Everything has finished meanwhile.")
    expect(dialog.get_by_role("button")).to_have_text(["Quit", "Cancel"])



def test_a_view_that_asks_something_leaves_the_shells_dialogs_their_keys(page: Page, served: ServedApp) -> None:
    view = served.only_instance().view
    view.html.append(Popup("A question?", answers=("Yes", "No")))
    expect(page.get_by_role("button", name="Yes")).to_be_focused()
    page.keyboard.press("Control+q")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Stop all and quit")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Yes")).to_be_focused()
    page.keyboard.press("Control+f")
    expect(page.locator(".shell-find input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Yes")).to_be_focused()


def test_shortcuts_are_listed(page: Page) -> None:
    page.keyboard.press("F1")
    dialog = page.get_by_role("dialog", name="Shortcuts")
    expect(dialog.get_by_role("row", name="Find in page Ctrl+F")).to_be_visible()
    page.keyboard.press("Control+n")  # not over a dialog
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_about_copies_what_helps(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".shell-menu")
    page.get_by_role("menuitem", name="About").click()
    dialog = page.get_by_role("dialog", name="About")
    expect(dialog).to_contain_text("Test 7")
    dialog.get_by_role("button", name="Copy diagnostics").click()
    expect(page.locator(".shell-notice")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Version: 1.2\nSystem: Test 7\n" in copied


def test_a_view_and_the_menu_copy(desk: Desk, open_page: Open) -> None:
    page = open_page("/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#copy")
    expect(page.locator(".shell-notice")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "a text"
    page.click("#to-text")
    expect(page.get_by_role("heading", name="Text")).to_be_visible()
    page.click(".shell-menu")
    page.get_by_role("menuitem", name="Copy link").click()
    expect(page.locator(".shell-notice")).to_have_count(2)
    assert page.evaluate("navigator.clipboard.readText()") == "everview:/text?a=1"


@pytest.mark.parametrize("clipboard", ["undefined", "{ writeText: () => new Promise(() => {}) }"])
def test_without_a_clipboard_for_pages_the_older_way_is_gone(
    desk: Desk, open_page: Open, clipboard: str
) -> None:
    """Qt's engine has one, which waits forever for a permission."""
    page = open_page("/")
    page.evaluate(f"void Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})")
    page.evaluate("void document.addEventListener('copy', () => (window.copied = String(document.activeElement.value)))")
    page.click("#copy")
    expect(page.locator(".shell-notice")).to_contain_text("Copied")
    assert page.evaluate("copied") == "a text"
    expect(page.locator("#copy")).to_be_focused()


def test_notices_are_said_in_the_right_way_and_dismissed_by_keyboard(desk: Desk, open_page: Open) -> None:
    page = open_page("/")
    page.click("#say")
    page.click("#complain")
    expect(page.locator(".shell-notices [aria-live=polite] .shell-notice")).to_contain_text("A word")
    error = page.locator(".shell-notices [aria-live=assertive] .shell-notice")
    expect(error).to_contain_text("A fault")
    error.get_by_role("button").focus()
    page.keyboard.press("Escape")
    expect(error).to_have_count(0)
    expect(page.locator(".shell-notice").get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".shell-notice")).to_have_count(0)
    expect(page.locator("main")).to_be_focused()
    page.click(".shell-menu")
    page.get_by_role("menuitem", name="Last notices").click()
    items = page.get_by_role("dialog", name="Last notices").get_by_role("listitem")
    expect(items).to_contain_text(["A fault", "A word"])


def test_a_notice_goes_by_itself_but_not_under_the_pointer(desk: Desk, open_page: Open) -> None:
    page = open_page("/")
    page.clock.install()
    page.click("#say")
    notice = page.locator(".shell-notice")
    notice.hover()
    page.clock.run_for(20_000)
    expect(notice).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.run_for(5_000)
    expect(notice).to_be_visible()
    page.clock.run_for(2_000)
    expect(notice).to_have_count(0)
    for _ in range(7):
        page.click("#complain")
    expect(notice).to_have_count(5)
    page.clock.run_for(60_000)
    expect(notice).to_have_count(5)  # errors stay


def test_progress_is_told_now_and_then_not_sixty_times_a_second(page: Page, served: ServedApp) -> None:
    page.clock.install()
    page.reload()  # with the clock from the start
    expect(page.get_by_text("At work")).to_be_visible()
    page.clock.run_for(6_000)
    page.evaluate("""() => {
      window.told = [];
      const region = document.querySelector(".shell-spoken");
      new MutationObserver(() => told.push(region.textContent)).observe(region, { childList: true });
    }""")
    view = served.only_instance().view
    for number in range(100):
        view.progress(number, 100)
        expect(page.locator(".shell-progress")).to_have_attribute("aria-valuenow", str(number))
    page.clock.run_for(11_000)
    told = page.evaluate("told")
    assert told, "nothing was told"
    assert len(told) <= 3, told
    assert told[-1] == "Work: 90%"
