"""The menu of the shell and its shortcuts, in a browser and in what takes itself for a native window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from everview import App
from everview.html import HTML
from everview.widgets import Plot
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk, asked

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


def test_the_menu_is_used_with_the_keyboard_alone(native: Page) -> None:
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


def test_the_menu_closes_when_one_clicks_elsewhere_or_goes_on_with_tab(native: Page) -> None:
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


def test_shortcuts_do_what_the_menu_says(native: Page, desk: Desk) -> None:
    for item in ("New window", "Close window", "Quit"):
        native.click(".shell-menu")
        native.get_by_role("menuitem", name=item).click()
    for ask in (("open", "/"), ("close",), ("quit", "stop")):
        asked(native, desk, *ask)
    desk.asked.clear()
    native.keyboard.press("Control+n")
    native.keyboard.press("Control+w")
    native.keyboard.press("Control+q")
    for ask in (("open", "/"), ("close",), ("quit", "stop")):
        asked(native, desk, *ask)


def test_each_shortcut_of_a_native_window_is_taken_from_its_engine(native: Page) -> None:
    taken = {
        key: native.evaluate(PRESS, ["main", {"key": key.removeprefix("^"), "ctrlKey": key[0] == "^"}])
        for key in ("^n", "^w", "^q", "^k", "^f", "^r", "^=", "^+", "^-", "^0", "F1", "F3", "F5", "F11")
        if key not in ("^r", "F5")  # they load the page again
    }  # fmt: skip
    assert all(taken.values()), taken


def test_in_a_browser_its_own_keys_are_left_to_it(desk: Desk, open_page: Open) -> None:
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
    assert "New window" in shown  # without its key
    assert desk.asked == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_what_is_typed_is_no_shortcut(native: Page) -> None:
    for init in (
        {"key": "k", "ctrlKey": True, "isComposing": True},
        {"key": "k", "ctrlKey": True, "altKey": True},
        {"key": "k", "ctrlKey": True, "modifierAltGraph": True},
        {"key": "k", "ctrlKey": True, "shiftKey": True},
        {"key": "k"},
        {"key": "ArrowLeft"},
    ):
        assert not native.evaluate(PRESS, ["#field", init]), init
    # What the view keeps for itself.
    assert not native.evaluate(PRESS, ["#own", {"key": "k", "ctrlKey": True}])
    native.evaluate("document.querySelector('#area').addEventListener('keydown', e => e.preventDefault())")
    native.evaluate(PRESS, ["#area", {"key": "k", "ctrlKey": True}])
    expect(native.get_by_role("combobox")).to_have_count(0)


def test_shortcuts_work_while_one_types_and_on_keyboards_without_latin_letters(native: Page) -> None:
    native.click("#field")
    native.keyboard.type("text")
    assert native.evaluate(PRESS, ["#field", {"key": "л", "code": "KeyK", "ctrlKey": True}])
    expect(native.get_by_role("combobox")).to_be_focused()
    native.keyboard.press("Escape")
    expect(native.locator("#field")).to_be_focused()
    expect(native.locator("#field")).to_have_value("text")


def test_a_key_that_is_held_opens_one_window(native: Page, desk: Desk) -> None:
    native.keyboard.down("Control")
    for _ in range(5):
        native.keyboard.down("n")
    native.keyboard.up("n")
    native.keyboard.up("Control")
    asked(native, desk, "open", "/")
    native.keyboard.press("Control+w")
    asked(native, desk, "close")
    assert desk.asked.count(("open", "/")) == 1


def test_zoom_goes_in_steps_and_is_shown_for_a_moment(native: Page, served: ServedApp) -> None:
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


def test_full_screen_is_turned_on_and_off(native: Page, served: ServedApp) -> None:
    native.keyboard.press("F11")
    native.click(".shell-menu")
    item = native.get_by_role("menuitemcheckbox", name="Full screen")
    expect(item).to_have_attribute("aria-checked", "true")
    native.keyboard.press("Escape")
    native.keyboard.press("F11")
    native.click(".shell-menu")
    expect(item).to_have_attribute("aria-checked", "false")


def test_the_theme_is_chosen_and_survives_a_reload(native: Page) -> None:
    colour = "getComputedStyle(document.documentElement).backgroundColor"
    light = native.evaluate(colour)
    native.click(".shell-menu")
    native.get_by_role("menuitemradio", name="Dark theme").click()
    expect(native.locator("html")).to_have_attribute("data-theme", "dark")
    expect(native.get_by_role("menuitemradio", name="Dark theme")).to_have_attribute("aria-checked", "true")
    expect(native.get_by_role("menuitemradio", name="Light theme")).to_have_attribute("aria-checked", "false")
    assert native.evaluate(colour) != light
    native.reload()
    expect(native.locator("html")).to_have_attribute("data-theme", "dark")
    native.emulate_media(color_scheme="dark")
    native.click(".shell-menu")
    native.get_by_role("menuitemradio", name="Light theme").click()
    expect(native.locator("html")).to_have_attribute("data-theme", "light")
    assert native.evaluate(colour) == light


def test_a_plot_follows_the_theme_that_is_chosen(app: App, served: ServedApp, open_page: Open) -> None:
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


def test_show_log_is_asked_of_the_desktop(native: Page, desk: Desk) -> None:
    native.click(".shell-menu")
    native.get_by_role("menuitem", name="Show log").click()
    expect(native.locator(".shell-notice").filter(has_text="the.log")).to_be_visible()
    assert ("log",) in desk.asked


def test_the_way_back_by_keys(native: Page) -> None:
    native.click("#to-text")
    expect(native.get_by_role("heading", name="Text")).to_be_visible()
    native.keyboard.press("Alt+ArrowLeft")
    expect(native.get_by_role("heading", name="Start")).to_be_visible()
    native.keyboard.press("Alt+ArrowRight")
    expect(native.get_by_role("heading", name="Text")).to_be_visible()


def test_an_app_without_tasks_has_no_link_to_them(app: App, served: ServedApp, open_page: Open) -> None:
    @app.route("/")
    def start(request):
        return "alone"

    page = open_page(label="w1")
    expect(page.locator(".shell-new[title]")).to_be_visible()
    expect(page.locator(".shell-tasks")).to_be_hidden()
    page.click(".shell-menu")
    expect(page.get_by_role("menuitem", name="Reload")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Tasks")).to_have_count(0)


def test_print_shows_the_view_alone(native: Page) -> None:
    native.emulate_media(media="print")
    expect(native.locator(".shell-bar")).to_be_hidden()
    expect(native.locator("h1")).to_be_visible()


def test_on_a_mac_it_is_the_command_key(desk: Desk, served: ServedApp, chromium: Browser) -> None:
    page = chromium.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'platform', { value: 'MacIntel' })")
    page.goto(served.address("/", label="w1"))
    expect(page.locator(".shell-new")).to_have_attribute("title", "New window (⌘N)")
    # Control is the editing keys' there, and the command key with an arrow goes to the line's end.
    for init in ({"key": "k", "ctrlKey": True}, {"key": "ArrowLeft", "metaKey": True}):
        assert not page.evaluate(PRESS, ["#field", init])
    assert page.evaluate(PRESS, ["#field", {"key": "f", "metaKey": True, "ctrlKey": True}])
    assert page.evaluate(PRESS, ["#field", {"key": "k", "metaKey": True}])
    expect(page.get_by_role("option", name="New window")).to_contain_text("⌘N")
    page.close()
