"""User input is not lost before all scripts of a page are loaded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from everview import App, View
from everview.html import DROP, H1, HTML, A, Button, Div, P, TextInput
from tests.support.chromium import DROP_TEXT_AND_FILE
from tests.support.server import wait_until
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk, wait_for_desk

pytestmark = pytest.mark.browser


class Early:
    """A page whose script with the commands is delayed until the test releases it."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.waiting: list[Route] = []
        self.hold()

    def hold(self) -> None:
        def store(route: Route) -> None:
            self.waiting.append(route)

        self.page.route("**/_everview/chrome/commands.js", store)

    def wait_for_request(self) -> None:
        wait_until(lambda: self.page.evaluate("1") and self.waiting, "the script is requested")

    def release(self) -> None:
        self.wait_for_request()
        self.waiting.pop().continue_()
        self.page.unroute("**/_everview/chrome/commands.js")


@pytest.fixture
def early(chromium: Browser) -> Iterator[Early]:
    context = chromium.new_context(viewport={"width": 900, "height": 600})
    yield Early(context)
    context.close()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def served(app: App, desk: Desk) -> Iterator[ServedApp]:
    @app.route("/")
    class Start(View):
        TITLE = "Start"
        is_daemon = True

        def handle_request(self, request):
            self.output = P(_id="output")
            self.button = Button("press", handle_click=self.press)
            return HTML(H1("Start"), A("there", href="/there"), A("far", href="https://example.org/", _id="far"),
                        TextInput(_id="first", autofocus=True), self.button,
                        Div("here", _id="area", events=[DROP], handle_drop=self.dropped),
                        self.output, Div(style="height: 3000px"), P("part", _id="part"))  # fmt: skip

        def press(self, event):
            self.output.set_text("pressed")

        def dropped(self, event):
            names = [file["name"] for file in event.data["files"]]
            self.output.set_text(f"{event.data['text']} {event.data['urls']} {names}")

    @app.route("/there")
    def there(request):
        return HTML(P("there", _id="there"))

    with ServedApp(app, desk) as served:
        yield served


def test_view_is_live_before_the_commands_are_loaded(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/"))
    expect(page.locator("#first")).to_be_focused()
    expect(page).to_have_title("Start")
    page.get_by_role("button", name="press").click()
    expect(page.locator("#output")).to_have_text("pressed")
    early.wait_for_request()


def test_reload_restores_the_scroll_position_before_commands_are_loaded(
    early: Early, served: ServedApp
) -> None:
    page = early.page
    page.goto(served.address("/"))
    expect(page.locator("#part")).to_be_attached()
    early.release()
    expect(page.locator(".shell-bar [aria-current]")).to_have_count(1)
    page.evaluate("scrollTo(0, 700)")
    early.hold()
    page.reload()
    expect(page.locator("#part")).to_be_attached()
    assert page.evaluate("scrollY") == 700
    early.wait_for_request()


def test_title_set_by_a_script_of_the_view_is_kept(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/"))
    expect(page).to_have_title("Start")
    page.evaluate("document.title = 'of the script'")
    early.release()
    expect(page.locator(".shell-bar [aria-current]")).to_have_count(1)
    assert page.title() == "of the script"


@pytest.mark.parametrize(
    "act", [{"modifiers": ["Control"]}, {"modifiers": ["Shift"]}, {"button": "middle"}], ids=str
)
def test_link_clicked_with_a_modifier_opens_another_window_after_loading(
    early: Early, desk: Desk, served: ServedApp, act: dict[str, object]
) -> None:
    page = early.page
    page.goto(served.address("/", label="w1"))
    page.get_by_role("link", name="there").click(**act)  # type: ignore[arg-type]
    early.release()
    wait_for_desk(page, desk, "open", "/there")
    assert page.url.endswith("/")
    assert len(page.context.pages) == 1


def test_clicked_link_is_followed_after_loading(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/"))
    page.evaluate("window.same = true")
    page.get_by_role("link", name="there").click()
    assert page.url.endswith("/")
    early.release()
    expect(page.locator("#there")).to_be_visible()
    page.go_back()
    expect(page.locator("#area")).to_be_visible()
    assert page.evaluate("window.same"), "the page was loaded again"


def test_going_back_before_loading_shows_the_previous_view(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/there"))
    expect(page.locator("#there")).to_be_visible()
    early.release()
    page.get_by_role("link", name="Home").click()
    expect(page.locator("#area")).to_be_visible()
    early.hold()
    page.reload()
    expect(page.locator("#area")).to_be_visible()
    early.wait_for_request()
    page.evaluate("history.back()")
    expect(page).to_have_url(served.server.guard.origin + "/there")
    early.release()
    expect(page.locator("#there")).to_be_visible()


def test_drop_before_loading_is_reported_with_its_data(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/"))
    page.locator("#area").evaluate(DROP_TEXT_AND_FILE)
    # A browser allows reading the data of a real drop only during the event. The event of this test
    # was created by a script, so its data stays readable.
    page.evaluate("void (DataTransfer.prototype.getData = () => { throw new Error('too late') })")
    early.release()
    expect(page.locator("#output")).to_have_text("a <b> text ['https://example.org/'] ['a.txt']")


def test_script_that_failed_to_load_is_requested_again_after_reconnecting(
    early: Early, served: ServedApp
) -> None:
    page = early.page
    page.goto(served.address("/"))
    early.wait_for_request()
    page.get_by_role("link", name="there").click()
    early.waiting.pop().abort()
    page.unroute("**/_everview/chrome/commands.js")
    served.cut_links()  # the page requests the script again after it has reconnected
    expect(page.locator("#there")).to_be_visible()


def test_page_without_access_shows_a_styled_notice(early: Early, served: ServedApp) -> None:
    """The style sheet of the notice must also load in a page without a view."""
    page = early.page
    page.unroute("**/_everview/chrome/commands.js")
    page.goto(served.server.guard.origin + "/")
    notice = page.locator(".shell-offline")
    expect(notice).to_contain_text("no access")
    expect(notice).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
