"""What a person does in the moment before all scripts of the page are there: it waits, and is not lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from everview import App, View
from everview.html import DROP, H1, HTML, A, Button, Div, P, TextInput
from tests.support.chromium import DROP_TEXT_AND_FILE
from tests.support.server import wait_until
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk, asked

pytestmark = pytest.mark.browser


class Early:
    """A page whose later scripts come when the test says so."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.held: list[Route] = []
        self.holds()

    def holds(self) -> None:
        def hold(route: Route) -> None:
            self.held.append(route)

        self.page.route("**/_everview/chrome/commands.js", hold)

    def is_asked(self) -> None:
        """The later scripts are on their way."""
        wait_until(lambda: self.page.evaluate("1") and self.held, "the script is asked for")

    def goes_on(self) -> None:
        self.is_asked()
        self.held.pop().continue_()
        self.page.unroute("**/_everview/chrome/commands.js")


@pytest.fixture
def early(chromium: Browser) -> Iterator[Early]:
    context = chromium.new_context(viewport={"width": 900, "height": 600})
    yield Early(context)
    context.close()


@pytest.fixture
def served(app: App) -> Iterator[ServedApp]:
    @app.route("/")
    class Start(View):
        TITLE = "Start"
        is_daemon = True

        def handle_request(self, request):
            self.said = P(_id="said")
            self.button = Button("press", handle_click=self.press)
            return HTML(H1("Start"), A("there", href="/there"), A("far", href="https://example.org/", _id="far"),
                        TextInput(_id="first", autofocus=True), self.button,
                        Div("here", _id="area", events=[DROP], handle_drop=self.dropped),
                        self.said, Div(style="height: 3000px"), P("part", _id="part"))  # fmt: skip

        def press(self, event):
            self.said.set_text("pressed")

        def dropped(self, event):
            names = [file["name"] for file in event.data["files"]]
            self.said.set_text(f"{event.data['text']} {event.data['urls']} {names}")

    @app.route("/there")
    def there(request):
        return HTML(P("there", _id="there"))

    with ServedApp(app) as served:
        yield served


def test_a_view_is_live_without_the_rest(early: Early, served: ServedApp) -> None:
    """It has its title, its focus, its place; and what is pressed and typed is heard of."""
    page = early.page
    page.goto(served.address("/"))
    expect(page.locator("#first")).to_be_focused()
    expect(page).to_have_title("Start")
    page.get_by_role("button", name="press").click()
    expect(page.locator("#said")).to_have_text("pressed")
    early.is_asked()


def test_a_reload_shows_the_place_it_was_at(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/"))
    expect(page.locator("#part")).to_be_attached()
    early.goes_on()
    expect(page.locator(".shell-bar [aria-current]")).to_have_count(1)
    page.evaluate("scrollTo(0, 700)")
    early.holds()
    page.reload()
    expect(page.locator("#part")).to_be_attached()
    assert page.evaluate("scrollY") == 700
    early.is_asked()


def test_a_title_of_a_script_of_the_view_stays(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/"))
    expect(page).to_have_title("Start")
    page.evaluate("document.title = 'of the script'")
    early.goes_on()
    expect(page.locator(".shell-bar [aria-current]")).to_have_count(1)
    assert page.title() == "of the script"


@pytest.mark.parametrize(
    "act", [{"modifiers": ["Control"]}, {"modifiers": ["Shift"]}, {"button": "middle"}], ids=str
)
def test_a_link_that_opens_one_more_window_does(
    early: Early, app: App, served: ServedApp, act: dict[str, object]
) -> None:
    desk = Desk()
    served.do(lambda: setattr(served.runtime, "platform", desk))
    page = early.page
    page.goto(served.address("/", label="w1"))
    page.get_by_role("link", name="there").click(**act)  # type: ignore[arg-type]
    early.goes_on()
    asked(page, desk, "open", "/there")
    assert page.url.endswith("/")
    assert len(page.context.pages) == 1


def test_a_link_is_followed_and_the_way_back_is_there(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/"))
    page.evaluate("window.same = true")
    page.get_by_role("link", name="there").click()
    assert page.url.endswith("/")
    early.goes_on()
    expect(page.locator("#there")).to_be_visible()
    page.go_back()
    expect(page.locator("#area")).to_be_visible()
    assert page.evaluate("window.same"), "the page was loaded anew"


def test_who_goes_back_is_where_he_went(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/there"))
    expect(page.locator("#there")).to_be_visible()
    early.goes_on()
    page.get_by_role("link", name="Home").click()
    expect(page.locator("#area")).to_be_visible()
    early.holds()
    page.reload()
    expect(page.locator("#area")).to_be_visible()
    early.is_asked()
    page.evaluate("history.back()")
    expect(page).to_have_url(served.server.guard.origin + "/there")
    early.goes_on()
    expect(page.locator("#there")).to_be_visible()


def test_what_is_dropped_is_all_there(early: Early, served: ServedApp) -> None:
    page = early.page
    page.goto(served.address("/"))
    page.locator("#area").evaluate(DROP_TEXT_AND_FILE)
    # What was dropped can be read only while it is dropped; a script's own could be for ever.
    page.evaluate("void (DataTransfer.prototype.getData = () => { throw new Error('too late') })")
    early.goes_on()
    expect(page.locator("#said")).to_have_text("a <b> text ['https://example.org/'] ['a.txt']")


def test_the_rest_is_asked_for_again_when_the_server_was_away(
    early: Early, served: ServedApp
) -> None:
    page = early.page
    page.goto(served.address("/"))
    early.is_asked()
    page.get_by_role("link", name="there").click()
    early.held.pop().abort()
    page.unroute("**/_everview/chrome/commands.js")
    served.cut_links()  # and what waits for it goes on when the link is back
    expect(page.locator("#there")).to_be_visible()


def test_a_page_without_a_right_says_so_in_red(early: Early, served: ServedApp) -> None:
    """No view ever comes to it, so the style of the notice has to come without one."""
    page = early.page
    page.unroute("**/_everview/chrome/commands.js")
    page.goto(served.server.guard.origin + "/")
    notice = page.locator(".shell-offline")
    expect(notice).to_contain_text("no access")
    expect(notice).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
