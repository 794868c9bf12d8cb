"""If the server refuses an event, the link stays open, and the event is not sent again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from everview import App, RedirectResponse, View
from everview.html import H1, HTML, A, Button, Form, P, TextArea, TextInput
from tests.support.server import wait_until
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
INSERT = "text => document.execCommand('insertText', false, text)"


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch, served: ServedApp) -> list[str]:
    """One window id for each link that was opened."""
    opened: list[str] = []
    connect = served.runtime.connect

    def counted(window_id: str, *arguments: Any, **keywords: Any) -> Any:
        opened.append(window_id)
        return connect(window_id, *arguments, **keywords)

    monkeypatch.setattr(served.runtime, "connect", counted)
    return opened


@pytest.fixture
def fields(app: App) -> None:
    @app.route("/")
    class Fields(View):
        is_daemon = True

        def handle_request(self, request):
            self.line = TextInput(_id="line", handle_change=lambda event: None)
            self.area = TextArea(_id="area")
            self.count = P("0", _id="count")
            return HTML(self.line, self.area, self.count, Button("Add", _id="add", handle_click=self.add))

        def add(self, event):
            self.count.set_text(int(self.count.get_text()) + 1)


def still_works(page: Page, links: list[str]) -> None:
    """Check that a click is handled, and that the page has not opened a second link."""
    before = int(page.locator("#count").inner_text())
    page.click("#add")
    expect(page.locator("#count")).to_have_text(str(before + 1))
    assert len(links) == 1


@pytest.mark.parametrize("text", ["x\ud83d", "\udc00x", "\\ud83d \ud83d", "a\ud83d\ud83d\ude00"])
def test_lone_surrogate_arrives_as_replacement_character(
    served: ServedApp, fields: None, open_page: Open, links: list[str], text: str
) -> None:
    page = open_page()
    page.focus("#line")
    # Playwright cannot transfer lone surrogates.
    page.evaluate("codes => document.execCommand('insertText', false, String.fromCharCode(...codes))",
                  [int.from_bytes(text.encode("utf-16-le", "surrogatepass")[i:i + 2], "little")
                   for i in range(0, len(text.encode("utf-16-le", "surrogatepass")), 2)])  # fmt: skip
    still_works(page, links)
    expected = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert served.only_instance().view.line.value == expected
    expect(page.locator("#line")).to_have_value(expected)


@pytest.mark.parametrize("script", ["'\"'.repeat(5_000_000)", "'漢'.repeat(3_000_000)", "'x'.repeat(1_000_001)"])
def test_too_long_text_is_refused_once_with_a_notice(
    served: ServedApp, fields: None, open_page: Open, links: list[str], script: str
) -> None:
    page, other = open_page(), open_page(user="owner")
    page.focus("#area")
    page.keyboard.type("before ")
    wait_until(lambda: served.only_instance().view.area.value == "before ", "the text arrives")
    # Set the value directly, because Chromium needs minutes to insert some million characters with
    # execCommand.
    page.evaluate(f"""() => {{
        const area = document.querySelector("#area");
        area.value += {script};
        area.dispatchEvent(new Event("input", {{ bubbles: true }}));
    }}""")
    # Chromium needs several seconds for a text of this length on a busy machine.
    expect(page.locator(".shell-notice", has_text="too long")).to_have_count(1, timeout=20_000)
    expect(page.locator("#area")).to_have_value("before ")
    expect(other.locator("#area")).to_have_value("before ")
    assert served.only_instance().view.area.value == "before "
    before = len(links)
    page.click("#add")
    expect(page.locator("#count")).to_have_text("1")
    assert len(links) == before == 2


def test_event_that_breaks_the_link_is_not_sent_again(
    served: ServedApp, fields: None, open_page: Open, links: list[str], monkeypatch: Any
) -> None:
    """The page and the server may have different limits, for example after an update."""
    page = open_page()
    page.locator("#area").wait_for()
    page.evaluate("() => { window.Blob = class { size = 0; }; }")
    page.evaluate("""() => {
        const area = document.querySelector("#area");
        area.value = "漢".repeat(3_000_000);
        area.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    expect(page.locator(".shell-notice", has_text="too long")).to_have_count(1, timeout=20_000)
    expect(page.locator("#area")).to_have_value("")
    page.click("#add")
    expect(page.locator("#count")).to_have_text("1")
    assert len(links) <= 4


def test_double_click_on_submit_submits_once(app: App, served: ServedApp, open_page: Open) -> None:
    @app.route("/")
    class Submits(View):
        def handle_request(self, request):
            self.count = 0
            self.texts = []
            self.field, self.ended = TextInput(_id="text"), P("0", _id="ended")
            return HTML(self.ended, Form(self.field, Button("Send", _id="send", type="submit"), handle_submit=self.send))

        def send(self, event):
            self.texts.append(self.field.value)
            go_on.wait(10)
            self.ended.set_text(len(self.texts))

    go_on = threading.Event()

    page = open_page()
    page.fill("#text", "one")
    page.dblclick("#send")
    view = served.only_instance().view
    wait_until(lambda: view.texts, "the form was submitted")
    # A form with a changed text can be submitted again while the first submit is pending.
    page.focus("#text")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    go_on.set()
    expect(page.locator("#ended")).to_have_text("2")
    page.click("#send")
    wait_until(lambda: len(view.texts) == 3, "the form is submitted again")
    assert view.texts == ["one", "onetwo", "onetwo"]


def test_change_without_input_is_sent_before_submit(
    app: App, served: ServedApp, open_page: Open
) -> None:
    """Autofill may cause only a change event, without an input event."""

    @app.route("/")
    class Login(View):
        def handle_request(self, request):
            self.texts = []
            self.field = TextInput(_id="text", handle_change=lambda event: self.texts.append(event.data))
            return HTML(Form(self.field, handle_submit=lambda event: self.texts.append("submit")))

    page = open_page()
    page.locator("#text").evaluate("""field => {
        field.value = "filled";
        field.dispatchEvent(new Event("change", { bubbles: true }));
        field.form.requestSubmit();
    }""")
    view = served.only_instance().view
    wait_until(lambda: "submit" in view.texts, "the form was submitted")
    assert view.texts == ["filled", "submit"]
    # A change event is not sent if its value was already sent.
    page.locator("#text").dispatch_event("change")
    page.locator("form").evaluate("form => form.requestSubmit()")
    wait_until(lambda: view.texts.count("submit") == 2, "the form was submitted again")
    assert view.texts == ["filled", "submit", "submit"]


def test_undo_works_after_a_handler_changed_the_text(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Smileys(View):
        def handle_request(self, request):
            self.texts = []
            self.field = TextInput(_id="text", handle_change=self.change)
            return HTML(self.field)

        def change(self, event):
            self.texts.append(event.data)
            if len(self.texts) == 1:
                self.field.value = self.field.value.replace(":)", "☺")

    page = open_page()
    page.focus("#text")
    page.keyboard.type("well :) done")
    expect(page.locator("#text")).to_have_value("well ☺ done")
    page.keyboard.type("!")
    expect(page.locator("#text")).to_have_value("well ☺ done!")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator("#text")).to_have_value("well :) done")
    view = served.only_instance().view
    wait_until(lambda: view.field.value == "well :) done", "the server has the text")


@pytest.mark.parametrize("url", ["/a", "/self"])
def test_redirect_loop_ends_with_a_page_that_names_it(
    app: App, served: ServedApp, open_page: Open, url: str
) -> None:
    calls = []

    def redirect(path: str, target: str) -> None:
        @app.route(path)
        class Redirecting(View):
            def handle_request(self, request):
                calls.append(path)
                return RedirectResponse(target)

    redirect("/a", "/b")
    redirect("/b", "/a")
    redirect("/self", "/self")

    @app.route("/")
    class Home(View):
        def handle_request(self, request):
            return HTML(H1("Welcome"))

    page = open_page(url)
    expect(page.locator("main")).to_contain_text("redirects too often")
    assert len(calls) <= 21
    count = len(calls)
    page.click("main a")
    expect(page.locator("h1")).to_have_text("Welcome")
    assert len(calls) == count


@pytest.mark.parametrize("go", ["link", "redirect"])
def test_address_that_is_refused_shows_a_page_and_keeps_the_link(
    app: App, served: ServedApp, open_page: Open, links: list[str], go: str
) -> None:
    @app.route("/")
    class Home(View):
        def handle_request(self, request):
            return HTML(H1("Welcome"), Button("Go", _id="redirect", handle_click=self.go),
                        A("Long", _id="link", href="/?" + "x" * 5000))  # fmt: skip

        def go(self, event):
            self.redirect("/.//x")

    page = open_page()
    page.click(f"#{go}")
    expect(page.locator("main")).to_contain_text("too long or not valid")
    page.click("main a[href='/']")
    expect(page.locator("h1")).to_have_text("Welcome")
    assert len(links) == 1
