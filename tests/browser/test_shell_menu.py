"""Tests of the shell's menu and shortcuts, in a browser and in a simulated native window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from everview import App
from everview.html import HTML
from everview.widgets import Plot
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk, wait_for_desk

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

PRESS = """([selector, init]) => {
  const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
  document.querySelector(selector).dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.fixture
def native(desk: Desk, open_page: Open) -> Page:
    page = open_page(label="w1")
    expect(page.locator(".shell-tasks")).to_be_visible()
    expect(page.locator(".shell-new[title]")).to_be_visible()
    return page


def focused(page: Page) -> str:
    return str(page.evaluate(
        "document.activeElement.getAttribute('aria-label') || document.activeElement.firstChild?.textContent || ''"
    ))  # fmt: skip


def test_menu_can_be_used_with_the_keyboard_only(native: Page) -> None:
    button = native.get_by_role("button", name="Menu")
    button.focus()
    native.keyboard.press("Enter")
    menu = native.get_by_role("menu")
    expect(menu).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    assert focused(native) == "New window"
    native.keyboard.press("ArrowDown")
    assert focused(native) == "Go to …"
    native.keyboard.press("ArrowUp")
    native.keyboard.press("ArrowUp")
    assert focused(native) == "Quit"
    native.keyboard.press("Home")
    assert focused(native) == "New window"
    native.keyboard.press("End")
    assert focused(native) == "Quit"
    native.keyboard.type("re")
    assert focused(native) == "Reload"
    native.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    native.keyboard.press("ArrowUp")
    assert focused(native) == "Quit"


def test_menu_closes_on_an_outside_click_and_on_tab(native: Page) -> None:
    native.click(".shell-menu")
    expect(native.get_by_role("menu")).to_be_visible()
    native.click("h1")
    expect(native.get_by_role("menu")).to_be_hidden()
    native.click(".shell-menu")
    expect(native.get_by_role("menu")).to_be_visible()
    native.keyboard.press("Tab")
    expect(native.get_by_role("menu")).to_be_hidden()
    native.click(".shell-menu")
    native.click(".shell-menu")
    expect(native.get_by_role("menu")).to_be_hidden()


def test_shortcuts_run_the_same_commands_as_the_menu(native: Page, desk: Desk) -> None:
    for item in ("New window", "Close window", "Quit"):
        native.click(".shell-menu")
        native.get_by_role("menuitem", name=item).click()
    for request in (("open", "/"), ("close",), ("quit", "stop")):
        wait_for_desk(native, desk, *request)
    desk.requests.clear()
    native.keyboard.press("Control+n")
    native.keyboard.press("Control+w")
    native.keyboard.press("Control+q")
    for request in (("open", "/"), ("close",), ("quit", "stop")):
        wait_for_desk(native, desk, *request)


def test_engine_does_not_handle_shortcuts_in_a_native_window(native: Page) -> None:
    prevented = {
        key: native.evaluate(PRESS, ["main", {"key": key.removeprefix("^"), "ctrlKey": key[0] == "^"}])
        for key in ("^n", "^w", "^q", "^k", "^f", "^r", "^=", "^+", "^-", "^0", "F1", "F3", "F5", "F11")
        if key not in ("^r", "F5")  # these keys would reload the page
    }  # fmt: skip
    assert all(prevented.values()), prevented


def test_browser_handles_its_own_shortcuts(desk: Desk, open_page: Open) -> None:
    page = open_page()
    expect(page.locator(".shell-new[title]")).to_be_visible()
    for key in "nwqfrp=-0":
        assert not page.evaluate(PRESS, ["main", {"key": key, "ctrlKey": True}]), key
    for key in ("F3", "F5", "F11"):
        assert not page.evaluate(PRESS, ["main", {"key": key}]), key
    page.click(".shell-menu")
    expect(page.get_by_role("menuitem", name="Copy link")).to_be_visible()
    shown = page.get_by_role("menu").locator("[role^=menuitem]").all_inner_texts()
    assert [text for text in shown if "Zoom" in text or "Full" in text or "Print" in text] == []
    assert "Copy link" in shown
    assert "New window" in shown  # the command is in the menu, but has no shortcut
    assert desk.requests == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_typed_text_is_not_a_shortcut(native: Page) -> None:
    for init in (
        {"key": "k", "ctrlKey": True, "isComposing": True},
        {"key": "k", "ctrlKey": True, "altKey": True},
        {"key": "k", "ctrlKey": True, "modifierAltGraph": True},
        {"key": "k", "ctrlKey": True, "shiftKey": True},
        {"key": "k"},
        {"key": "ArrowLeft"},
    ):
        assert not native.evaluate(PRESS, ["#field", init]), init
    # The shell ignores Ctrl+K here, because the view has its own handler for Ctrl+K.
    assert not native.evaluate(PRESS, ["#own", {"key": "k", "ctrlKey": True}])
    native.evaluate("document.querySelector('#area').addEventListener('keydown', e => e.preventDefault())")
    native.evaluate(PRESS, ["#area", {"key": "k", "ctrlKey": True}])
    expect(native.get_by_role("combobox")).to_have_count(0)


def test_shortcuts_work_in_fields_and_on_keyboards_without_latin_letters(native: Page) -> None:
    native.click("#field")
    native.keyboard.type("text")
    assert native.evaluate(PRESS, ["#field", {"key": "л", "code": "KeyK", "ctrlKey": True}])
    expect(native.get_by_role("combobox")).to_be_focused()
    native.keyboard.press("Escape")
    expect(native.locator("#field")).to_be_focused()
    expect(native.locator("#field")).to_have_value("text")


def test_shortcut_that_is_held_down_opens_only_one_window(native: Page, desk: Desk) -> None:
    native.keyboard.down("Control")
    for _ in range(5):
        native.keyboard.down("n")
    native.keyboard.up("n")
    native.keyboard.up("Control")
    wait_for_desk(native, desk, "open", "/")
    native.keyboard.press("Control+w")
    wait_for_desk(native, desk, "close")
    assert desk.requests.count(("open", "/")) == 1


def test_zoom_changes_in_steps_and_is_shown_briefly(native: Page, served: ServedApp) -> None:
    size = native.locator(".shell-size")
    native.keyboard.press("Control+=")
    expect(size).to_have_text("110%")
    native.keyboard.press("Control++")
    expect(size).to_have_text("125%")
    native.keyboard.press("Control+0")
    expect(size).to_have_text("100%")
    native.keyboard.press("Control+-")
    expect(size).to_have_text("90%")
    native.mouse.move(300, 300)
    native.keyboard.down("Control")
    native.mouse.wheel(0, -120)
    native.keyboard.up("Control")
    expect(size).to_have_text("100%")
    expect(size).to_be_empty()
    assert native.evaluate("scrollY") == 0
    native.click(".shell-menu")
    native.get_by_role("menuitem", name="Zoom in").click()
    expect(native.get_by_role("menuitem", name="Actual size")).to_have_text("110%")


def test_full_screen_is_switched_on_and_off(native: Page, served: ServedApp) -> None:
    native.keyboard.press("F11")
    native.click(".shell-menu")
    item = native.get_by_role("menuitemcheckbox", name="Full screen")
    expect(item).to_have_attribute("aria-checked", "true")
    native.keyboard.press("Escape")
    native.keyboard.press("F11")
    native.click(".shell-menu")
    expect(item).to_have_attribute("aria-checked", "false")


def test_chosen_theme_survives_a_reload(native: Page) -> None:
    color = "getComputedStyle(document.documentElement).backgroundColor"
    light = native.evaluate(color)
    native.click(".shell-menu")
    native.get_by_role("menuitemradio", name="Dark theme").click()
    expect(native.locator("html")).to_have_attribute("data-theme", "dark")
    expect(native.get_by_role("menuitemradio", name="Dark theme")).to_have_attribute("aria-checked", "true")
    expect(native.get_by_role("menuitemradio", name="Light theme")).to_have_attribute("aria-checked", "false")
    assert native.evaluate(color) != light
    native.reload()
    expect(native.locator("html")).to_have_attribute("data-theme", "dark")
    native.emulate_media(color_scheme="dark")
    native.click(".shell-menu")
    native.get_by_role("menuitemradio", name="Light theme").click()
    expect(native.locator("html")).to_have_attribute("data-theme", "light")
    assert native.evaluate(color) == light


def test_plot_follows_the_chosen_theme(app: App, served: ServedApp, open_page: Open) -> None:
    @app.route("/")
    def start(request):
        plot = Plot("load")
        plot.extend([0, 1], [1, 3])
        return HTML(plot)

    page = open_page(label="w1")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "1")
    expect(page.locator(".shell-new[title]")).to_be_visible()
    picture = "document.querySelector('canvas').toDataURL()"
    light = page.evaluate(picture)
    page.click(".shell-menu")
    page.get_by_role("menuitemradio", name="Dark theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    dark = page.evaluate(picture)
    assert dark != light
    page.get_by_role("menuitemradio", name="Light theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(picture) == light


def test_show_log_command_sends_a_request_to_the_desktop(native: Page, desk: Desk) -> None:
    native.click(".shell-menu")
    native.get_by_role("menuitem", name="Show log").click()
    expect(native.locator(".shell-notice").filter(has_text="the.log")).to_be_visible()
    assert ("log",) in desk.requests


def test_keys_go_back_and_forward_in_the_history(native: Page) -> None:
    native.click("#to-text")
    expect(native.get_by_role("heading", name="Text")).to_be_visible()
    native.keyboard.press("Alt+ArrowLeft")
    expect(native.get_by_role("heading", name="Start")).to_be_visible()
    native.keyboard.press("Alt+ArrowRight")
    expect(native.get_by_role("heading", name="Text")).to_be_visible()


def test_app_without_tasks_has_no_link_to_tasks(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    def start(request):
        return "alone"

    page = open_page(label="w1")
    expect(page.locator(".shell-new[title]")).to_be_visible()
    expect(page.locator(".shell-tasks")).to_be_hidden()
    page.click(".shell-menu")
    expect(page.get_by_role("menuitem", name="Reload")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Tasks")).to_have_count(0)


def test_print_shows_only_the_view(native: Page) -> None:
    native.emulate_media(media="print")
    expect(native.locator(".shell-bar")).to_be_hidden()
    expect(native.locator("h1")).to_be_visible()


def test_shortcuts_use_the_command_key_on_a_mac(
    desk: Desk, served: ServedApp, chromium: Browser
) -> None:
    page = chromium.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'platform', { value: 'MacIntel' })")
    page.goto(served.address("/", label="w1"))
    expect(page.locator(".shell-new")).to_have_attribute("title", "New window (⌘N)")
    # On a Mac, Control is for editing keys, and the command key with an arrow moves in the line.
    for init in ({"key": "k", "ctrlKey": True}, {"key": "ArrowLeft", "metaKey": True}):
        assert not page.evaluate(PRESS, ["#field", init])
    assert page.evaluate(PRESS, ["#field", {"key": "f", "metaKey": True, "ctrlKey": True}])
    assert page.evaluate(PRESS, ["#field", {"key": "k", "metaKey": True}])
    expect(page.get_by_role("option", name="New window")).to_contain_text("⌘N")
    page.close()
