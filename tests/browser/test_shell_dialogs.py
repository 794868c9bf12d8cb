"""The dialogs of the shell (quit, shortcuts, about), notices, and the clipboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from everview.html import Popup
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk, wait_for_desk

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def page(desk: Desk, open_page: Open) -> Page:
    page = open_page("/work", label="w1")
    expect(page.get_by_text("At work")).to_be_visible()
    expect(page.locator(".shell-new[title]")).to_be_visible()
    return page


def test_quit_dialog_lists_running_tasks_and_offers_choices(page: Page, desk: Desk) -> None:
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
        wait_for_desk(page, desk, "quit", how)


def test_escape_and_cancel_close_the_quit_dialog(page: Page, desk: Desk) -> None:
    for way in ("Escape", "Enter"):
        page.keyboard.press("Control+q")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press(way)  # the button Cancel has the focus
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert desk.requests == []


def test_quit_dialog_shows_the_progress_of_tasks(page: Page, served: ServedApp, desk: Desk) -> None:
    page.keyboard.press("Control+q")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("30%")
    view = served.only_instance().view
    view.progress(8, 10, "eight of ten")
    expect(dialog).to_contain_text("80% · eight of ten")
    view.released.set()
    expect(dialog).to_contain_text("All tasks have finished.")
    expect(dialog.get_by_role("button")).to_have_text(["Quit", "Cancel"])


def test_shell_dialog_over_a_pop_up_receives_the_keys(page: Page, served: ServedApp) -> None:
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


def test_help_lists_the_shortcuts(page: Page) -> None:
    page.keyboard.press("F1")
    dialog = page.get_by_role("dialog", name="Shortcuts")
    expect(dialog.get_by_role("row", name="Find in page Ctrl+F")).to_be_visible()
    page.keyboard.press("Control+n")  # the shortcut is ignored while a dialog is open
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_about_dialog_copies_diagnostics(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".shell-menu")
    page.get_by_role("menuitem", name="About").click()
    dialog = page.get_by_role("dialog", name="About")
    expect(dialog).to_contain_text("Test 7")
    dialog.get_by_role("button", name="Copy diagnostics").click()
    expect(page.locator(".shell-notice")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Version: 1.2\nSystem: Test 7\n" in copied


def test_text_is_copied_to_the_clipboard_by_a_view_and_by_the_menu(
    desk: Desk, open_page: Open
) -> None:
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
def test_copy_without_a_clipboard_api_uses_the_copy_command(
    desk: Desk, open_page: Open, clipboard: str
) -> None:
    """The clipboard of Qt's engine waits forever for a permission."""
    page = open_page("/")
    page.evaluate(f"void Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})")
    page.evaluate("void document.addEventListener('copy', () => (window.copied = String(document.activeElement.value)))")
    page.click("#copy")
    expect(page.locator(".shell-notice")).to_contain_text("Copied")
    assert page.evaluate("copied") == "a text"
    expect(page.locator("#copy")).to_be_focused()


def test_notices_are_announced_and_dismissed_with_the_keyboard(desk: Desk, open_page: Open) -> None:
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


def test_notice_under_the_pointer_does_not_disappear(desk: Desk, open_page: Open) -> None:
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
    expect(notice).to_have_count(5)  # notices of errors do not disappear


def test_progress_is_announced_every_few_seconds(page: Page, served: ServedApp) -> None:
    page.clock.install()
    page.reload()  # load the page again, because it must start with the simulated clock
    expect(page.get_by_text("At work")).to_be_visible()
    page.clock.run_for(6_000)
    page.evaluate("""() => {
      window.announced = [];
      const region = document.querySelector(".shell-spoken");
      new MutationObserver(() => announced.push(region.textContent)).observe(region, { childList: true });
    }""")
    view = served.only_instance().view
    for number in range(100):
        view.progress(number, 100)
        expect(page.locator(".shell-progress")).to_have_attribute("aria-valuenow", str(number))
    page.clock.run_for(11_000)
    announced = page.evaluate("announced")
    assert announced, "no announcement was made"
    assert len(announced) <= 3, announced
    assert announced[-1] == "Work: 90%"
