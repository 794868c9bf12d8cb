"""The state of a window is preserved while other windows change the same view."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from everview import App, View
from everview.html import (
    HTML,
    A,
    Button,
    CheckBox,
    Div,
    Li,
    P,
    Select,
    Span,
    TextArea,
    TextInput,
    Ul,
)
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def page_of_everything(app: App) -> None:
    @app.route("/")
    class Everything(View):
        is_daemon = True

        def handle_request(self, request):
            self.word = Span("-", _id="word")
            self.rows = Ul(
                (Li(f"row {number}") for number in range(200)),
                _id="rows", style={"height": "100px", "overflow": "auto"},
            )  # fmt: skip
            self.text = TextInput("", _id="text")
            self.area = TextArea(_id="area")
            self.upper = TextInput("", _id="upper", handle_change=self.to_upper)
            self.chat = TextInput("", _id="chat", handle_change=self.send)
            self.box = CheckBox(_id="box")
            self.select = Select(values=["a", "b", "c"], _id="select")
            self.output = Div(_id="output")
            return HTML(
                self.word, Button("prepend", handle_click=self.prepend), self.text, self.area,
                self.upper, self.chat, self.box, self.select, self.output, self.rows,
                P(A("elsewhere", href="/elsewhere?a=1")), _id="root",
            )  # fmt: skip

        def prepend(self, event):
            self.rows.prepend(Li("new row"))
            self.word.set_text(f"{self.text.value}|{self.area.value}")

        def to_upper(self, event):
            event.node.value = event.data.upper()

        def send(self, event):
            self.output.append(P(event.data))
            event.node.value = ""

    @app.route("/elsewhere")
    class Elsewhere(View):
        def handle_request(self, request):
            return HTML(P(f"elsewhere {request.GET.get('a')}", _id="else"), A("back", href="/"))


def view_of(served: ServedApp) -> View:
    return next(i.view for i in served.runtime.instances.values() if i.is_daemon)


def test_focus_caret_selection_and_scroll_survive_remote_updates(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page, other = open_page(), open_page()
    page.fill("#area", "some text that is selected")
    page.evaluate("document.querySelector('#area').setSelectionRange(5, 9)")
    page.evaluate("document.querySelector('#rows').scrollTop = 700")
    for number in range(5):
        other.click("text=prepend")
        expect(page.locator("#rows li", has_text="new row")).to_have_count(number + 1)
    view = view_of(served)
    view.rows.nodes[-1].remove()
    view.html.nodes = reversed(list(view.html.nodes))  # the inserted nodes move every sibling
    expect(page.locator("#rows li")).to_have_count(204)
    assert page.evaluate("document.activeElement.id") == "area"
    assert page.evaluate(
        "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
    ) == [5, 9]
    assert page.evaluate("document.querySelector('#rows').scrollTop") > 0


def test_defect_9_page_is_not_reloaded_when_it_reconnects(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page, other = open_page(), open_page()
    page.evaluate("window.loaded = 'once'")
    page.click("#text")
    page.keyboard.type("half-")
    served.cut_links()
    page.keyboard.type("typed")
    other.click("text=prepend")
    expect(page.locator("#rows li")).to_have_count(201)
    expect(other.locator("#text")).to_have_value("half-typed")
    assert page.evaluate("[window.loaded, document.activeElement.id]") == ["once", "text"]
    expect(page.locator("#text")).to_have_value("half-typed")


def test_clicks_while_the_link_is_down_are_handled_once(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page = open_page()
    for _ in range(5):
        served.cut_links()
        page.click("text=prepend")
        page.click("text=prepend")
    expect(page.locator("#rows li")).to_have_count(210)
    expect(page.locator("[data-pending]")).to_have_count(0)
    assert len(view_of(served).rows) == 210


def test_defect_8_change_in_another_window_does_not_interrupt_typing(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page, other = open_page(), open_page()
    page.click("#text")
    page.keyboard.type("mine")
    expect(other.locator("#text")).to_have_value("mine")
    other.fill("#text", "theirs")
    other.click("text=prepend")
    expect(page.locator("#rows li")).to_have_count(201)
    # the page applies the change when the field loses the focus
    expect(page.locator("#text")).to_have_value("mine")
    page.locator("#text").blur()
    expect(page.locator("#text")).to_have_value("theirs")
    page.click("#text")
    page.keyboard.press("End")
    page.keyboard.type("!")
    page.locator("#text").blur()
    expect(other.locator("#text")).to_have_value("theirs!")


def test_handler_of_an_edit_can_change_the_page_during_typing(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page, other = open_page(), open_page()
    page.click("#upper")
    page.keyboard.type("abc")
    expect(page.locator("#upper")).to_have_value("ABC")
    expect(other.locator("#upper")).to_have_value("ABC")
    page.click("#chat")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    expect(page.locator("#chat")).to_have_value("")
    expect(other.locator("#output p")).to_have_text(["hello"])


def test_typed_text_is_sent_before_the_click_that_follows(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page = open_page()
    page.click("#text")
    page.keyboard.type("fast")
    page.click("text=prepend")
    expect(page.locator("#word")).to_have_text("fast|")


def test_half_typed_text_survives_closing_the_window(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page = open_page()
    page.click("#area")
    page.keyboard.type("half-typed\nsecond line")
    page.close(run_before_unload=True)
    again = open_page()
    expect(again.locator("#area")).to_have_value("half-typed\nsecond line")


def test_check_boxes_and_selects_show_the_last_change_immediately(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page, other = open_page(), open_page()
    page.check("#box")
    expect(other.locator("#box")).to_be_checked()
    other.uncheck("#box")
    expect(page.locator("#box")).not_to_be_checked()
    page.select_option("#select", "c")
    expect(other.locator("#select")).to_have_value("c")
    assert view_of(served).select.value == "c"


def test_texts_are_shown_unchanged(app: App, served: ServedApp, open_page: Open) -> None:
    texts = [
        "<b>bold</b>",
        "&amp; & &lt;",
        "  two  blanks",
        "\ttab",
        "a\nb",
        "<script>alert(1)</script>",
    ]

    @app.route("/")
    def show(request):
        return HTML(P(text, title=text) for text in texts)

    page = open_page()
    expect(page.locator("main p")).to_have_count(len(texts))
    assert (
        page.evaluate("[...document.querySelectorAll('main p')].map(p => p.textContent)") == texts
    )
    assert page.evaluate("[...document.querySelectorAll('main p')].map(p => p.title)") == texts


def test_links_and_history_do_not_reload_the_page(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page = open_page()
    page.evaluate("window.loaded = 'once'")
    page.click("text=elsewhere")
    expect(page.locator("#else")).to_have_text("elsewhere 1")
    assert page.url.endswith("/elsewhere?a=1")
    page.go_back()
    expect(page.locator("#rows")).to_be_visible()
    page.go_forward()
    expect(page.locator("#else")).to_be_visible()
    assert page.evaluate("window.loaded") == "once"


def test_reload_keeps_the_instance_of_a_view_that_is_not_a_daemon(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Counts(View):
        def handle_request(self, request):
            self.count = Span(0, _id="count")
            return HTML(self.count, Button("add", handle_click=self.add))

        def add(self, event):
            self.count.set_text(int(self.count.get_text()) + 1)

    page = open_page()
    page.click("text=add")
    expect(page.locator("#count")).to_have_text("1")
    page.reload()
    expect(page.locator("#count")).to_have_text("1")


def test_hanging_page_does_not_delay_other_pages(
    served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    page, hanging = open_page(), open_page()
    expect(hanging.locator("#rows li")).to_have_count(200)
    hanging.evaluate(
        "void setTimeout(() => { const end = Date.now() + 1500; while (Date.now() < end); })"
    )
    view = view_of(served)
    for number in range(300):
        view.word.set_text(f"{number} {'x' * 1000}")
    page.click("text=prepend")
    expect(page.locator("#rows li")).to_have_count(201)
    assert hanging.evaluate("document.querySelectorAll('#rows li').length") in (200, 201)
    expect(hanging.locator("#rows li")).to_have_count(201)


def test_element_is_pending_until_its_handler_ends(
    app: App, served: ServedApp, open_page: Open
) -> None:
    release = threading.Event()

    @app.route("/")
    class Slow(View):
        def handle_request(self, request):
            return HTML(Button("go", handle_click=lambda event: release.wait()))

    page = open_page()
    page.click("text=go")
    expect(page.locator("button[data-pending]")).to_have_count(1)
    release.set()
    expect(page.locator("button[data-pending]")).to_have_count(0)


def test_defect_4_script_error_in_one_window_does_not_affect_others(
    chromium, served: ServedApp, page_of_everything: None, open_page: Open
) -> None:
    context = chromium.new_context()
    broken = context.new_page()
    broken.goto(served.address("/"))
    expect(broken.locator("#rows")).to_be_visible()
    broken.evaluate("void setTimeout(() => { throw new Error('on purpose'); })")
    page = open_page()
    page.click("text=prepend")
    expect(broken.locator("#rows li")).to_have_count(201)
    context.close()


def test_page_without_a_ticket_explains_how_to_get_access(
    served: ServedApp, page_of_everything: None, open_page: Open, chromium
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(served.server.guard.origin + "/")
    expect(page.locator(".shell-offline")).to_contain_text("no access")
    assert page.locator("main > *").count() == 0
    context.close()


def test_duplicated_tab_becomes_another_window(
    served: ServedApp, page_of_everything: None, chromium
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(served.address("/"))
    expect(page.locator("#rows")).to_be_visible()
    with context.expect_page() as opened:
        # A tab opened by a page starts with a copy of its session storage.
        page.evaluate("void window.open(location.href, '_blank')")
    copy = opened.value
    expect(copy.locator("#rows")).to_be_visible()
    copy.click("text=prepend")
    expect(page.locator("#rows li")).to_have_count(201)
    assert len(served.do(lambda: list(served.runtime.windows))) == 2
    context.close()
