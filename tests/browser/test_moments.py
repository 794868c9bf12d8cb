"""Race conditions in a page: a field removed during typing, a reload, a hidden window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from everview import App, View
from everview.html import HTML, A, B, Button, Div, Option, P, Select, Span, TextInput
from tests.support.server import wait_until
from tests.support.serving import ServedApp

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def form(app: App) -> None:
    @app.route("/")
    class Form(View):
        is_daemon = True

        def handle_request(self, request):
            self.events: list[str] = []
            self.removed = TextInput("", _id="removed", handle_blur=self.note, handle_focus=self.note)
            self.text = TextInput("", _id="text")
            self.a, self.b = Div("a", _id="a"), Div("b", _id="b")
            self.a.append(self.b)
            self.select = Select(_id="select")
            self.rest = Div(_id="rest")
            return HTML(self.removed, self.text, self.a, self.select, self.rest, Span("part", _id="part"),
                        A("to the part", href="#part"), P(A("elsewhere", href="/elsewhere")),
                        Button("remove", handle_keydown=self.remove))  # fmt: skip

        def note(self, event):
            self.events.append(event.name)

        def remove(self, event):
            self.removed.remove()

    @app.route("/elsewhere")
    def elsewhere(request):
        return HTML(P("elsewhere", _id="else"))


def view_of(served: ServedApp) -> View:
    return next(i.view for i in served.runtime.instances.values() if i.is_daemon)


def test_field_removed_during_composition_does_not_affect_other_fields(
    served: ServedApp, form: None, open_page: Open
) -> None:
    page = open_page()
    page.click("#removed")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    view = view_of(served)
    view.removed.remove()
    expect(page.locator("#removed")).to_have_count(0)
    page.click("#text")
    page.keyboard.type("typed")
    page.locator("#text").blur()
    page.wait_for_function("!document.querySelector('[data-pending]')")
    other = open_page()
    expect(other.locator("#text")).to_have_value("typed")


def test_field_removed_by_a_frame_reports_no_blur(
    served: ServedApp, form: None, open_page: Open
) -> None:
    page = open_page()
    page.click("#removed")
    view = view_of(served)
    # Remove the field only after the focus event has arrived. If the field was removed before that,
    # the event would be lost and a notice would report the loss.
    wait_until(lambda: view.events == ["focus"], "the view has handled the focus")
    view.removed.remove()
    expect(page.locator("#removed")).to_have_count(0)
    page.click("#text")
    page.keyboard.type("x")
    page.locator("#text").blur()
    other = open_page()
    expect(other.locator("#text")).to_have_value("x")
    expect(page.locator(".shell-notice")).to_have_count(0)


def test_lost_focus_event_shows_no_notice(
    served: ServedApp, form: None, open_page: Open
) -> None:
    page = open_page()
    expect(page.locator("#removed")).to_be_visible()
    page.evaluate("""() => {
        document.querySelector("main button")
          .dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
        // The page is busy while the server removes the field.
        for (const started = performance.now(); performance.now() - started < 500; );
        document.querySelector("#removed").focus();
    }""")
    expect(page.locator("#removed")).to_have_count(0)
    page.click("#text")
    page.keyboard.type("x")
    page.locator("#text").blur()
    other = open_page()
    expect(other.locator("#text")).to_have_value("x")
    assert view_of(served).events == []  # the field was removed, so its focus event is lost
    expect(page.locator(".shell-notice")).to_have_count(0)


def test_link_clicked_before_its_script_is_loaded_is_followed_later(
    served: ServedApp, form: None, open_page: Open, chromium: Browser
) -> None:
    page = chromium.new_context().new_page()
    waiting: list[Route] = []
    page.route("**/_everview/chrome/commands.js", lambda route: waiting.append(route))  # noqa: PLW0108
    page.goto(served.address("/"))
    expect(page.locator("#removed")).to_be_visible()
    page.evaluate("window.same = true")
    page.get_by_role("link", name="elsewhere").click()
    wait_until(lambda: page.evaluate("1") and waiting, "the script is requested")
    assert page.url.endswith("/")
    waiting[0].continue_()
    expect(page.locator("#else")).to_be_visible()
    assert page.url.endswith("/elsewhere")
    assert page.evaluate("window.same"), "the page was loaded again"
    page.go_back()
    expect(page.locator("#removed")).to_be_visible()
    page.context.close()


def test_unsent_edits_are_sent_when_the_user_goes_back(
    served: ServedApp, form: None, open_page: Open
) -> None:
    page = open_page("/elsewhere")
    # without this wait, the first frame would remove the link that is clicked below
    expect(page.locator("#else")).to_be_visible()
    page.evaluate("void document.querySelector('main').insertAdjacentElement('beforeend',"
                  " Object.assign(document.createElement('a'), {href: '/', id: 'go'})).click()")  # fmt: skip
    expect(page.locator("#text")).to_be_visible()
    page.click("#text")
    page.evaluate("""() => {
        const field = document.querySelector("#text");
        field.value = "just typed";
        field.dispatchEvent(new InputEvent("input", {bubbles: true}));
        history.back();
    }""")
    expect(page.locator("#else")).to_be_visible()
    other = open_page()
    expect(other.locator("#text")).to_have_value("just typed")


def test_reload_with_a_fragment_keeps_access(
    served: ServedApp, form: None, open_page: Open
) -> None:
    page = open_page()
    page.click("text=to the part")
    page.reload()
    expect(page.locator("#part")).to_be_visible()


def test_hidden_window_reports_its_visibility_after_reconnecting(
    served: ServedApp, form: None, open_page: Open
) -> None:
    page = open_page()
    expect(page.locator("#text")).to_be_visible()
    page.evaluate("void Object.defineProperty(document, 'hidden', {get: () => true})")
    served.cut_links()
    view = view_of(served)
    expect(page.locator(".shell-offline")).to_be_hidden()
    view.rest.append(P("new", _id="new"))
    expect(page.locator("#new")).to_be_visible()
    assert served.do(lambda: [w.visible for w in served.runtime.windows]) == [False]


def test_page_applies_a_snapshot_in_which_parent_and_child_are_swapped(
    served: ServedApp, form: None, open_page: Open
) -> None:
    page = open_page()
    expect(page.locator("#a #b")).to_be_visible()
    view = view_of(served)

    def turn() -> None:
        # If the revision of the page is unknown, the next frame is a snapshot.
        for window in served.runtime.windows:
            window.cursor = None
        view.html.insert_before(view.b, view.a)
        view.b.append(Div(view.a, _id="between"))

    served.do(turn)
    expect(page.locator("#b #between #a")).to_be_visible()


def test_rows_inserted_by_one_frame_are_independent_nodes(
    app: App, served: ServedApp, open_page: Open
) -> None:
    @app.route("/")
    class Rows(View):
        is_daemon = True

        def handle_request(self, request):
            self.rows = Div(_id="rows")
            return HTML(self.rows, Button("fill", handle_click=self.fill))

        def fill(self, event):
            self.rows.nodes = [
                P(number, B("-"), B(-number), Button("done", handle_click=self.done), style={"color": "rgb(1, 2, 3)"})
                for number in range(20)
            ]

        def done(self, event):
            event.node.parent.nodes[0].set_text("was done")

    page = open_page()
    page.click("text=fill")
    rows = page.locator("#rows p")
    expect(rows).to_have_text([f"{number}-{-number}done" for number in range(20)])
    view = view_of(served)
    view.rows.nodes[7].nodes[2].set_text("seven")
    expect(rows.nth(7)).to_have_text("7-sevendone")
    rows.nth(12).locator("button").click()
    expect(rows.nth(12)).to_have_text("was done--12done")
    expect(rows.nth(13)).to_have_css("color", "rgb(1, 2, 3)")

    # A snapshot keeps the page's nodes and the focus.
    rows.nth(5).locator("button").focus()
    page.evaluate("window.rowsBefore = [...document.querySelectorAll('#rows p')]")

    def send_snapshot() -> None:
        for window in served.runtime.windows:
            window.cursor = None
        view.rows.nodes[3].nodes[0].set_text("three")

    served.do(send_snapshot)
    expect(rows.nth(3)).to_have_text("three--3done")
    assert page.evaluate("[...document.querySelectorAll('#rows p')].every((row, at) => row === rowsBefore[at])")
    expect(rows.nth(5).locator("button")).to_be_focused()
    expect(rows.nth(4)).to_have_text("4--4done")
    # A page that is loaded now gets the same content.
    expect(open_page().locator("#rows p")).to_have_text(rows.all_text_contents())


def test_list_is_cleared_in_one_step_after_rows_were_moved_and_removed(
    app: App, open_page: Open
) -> None:
    """The list is cleared in one step, because removing 1,000 rows one by one takes 1.5 times as
    long (`benchmarks/table.py`).
    """

    @app.route("/")
    class Rows(View):
        def handle_request(self, request):
            self.rows = Div((P(number) for number in range(300)), _id="rows")
            return HTML(self.rows, Button("mix", handle_click=self.mix), Button("clear", handle_click=self.clear))

        def mix(self, event):
            rows = list(self.rows.nodes)
            rows[1], rows[200] = rows[200], rows[1]
            del rows[5]
            self.rows.nodes = rows

        def clear(self, event):
            self.rows.clear()

    page = open_page()
    page.click("text=mix")
    expect(page.locator("#rows p")).to_have_count(299)
    expect(page.locator("#rows p").nth(1)).to_have_text("200")
    page.evaluate("""() => {
      window.steps = [];
      const observer = new MutationObserver((records) => steps.push(...records.map((one) => one.removedNodes.length)));
      observer.observe(document.getElementById("rows"), { childList: true });
    }""")
    page.click("text=clear")
    expect(page.locator("#rows p")).to_have_count(0)
    assert page.evaluate("steps") == [299]


def test_first_option_of_a_select_is_chosen_by_page_and_server(
    served: ServedApp, form: None, open_page: Open
) -> None:
    page = open_page()
    expect(page.locator("#select")).to_be_visible()
    view = view_of(served)
    view.select.append(Option("one"), Option("two"))
    expect(page.locator("#select option")).to_have_count(2)
    assert page.locator("#select").input_value() == "one"
    assert view.select.value == "one"
    view.select.value = "two"
    expect(page.locator("#select")).to_have_value("two")
    view.select.nodes[1].remove()
    expect(page.locator("#select option")).to_have_count(1)
    assert page.locator("#select").input_value() == "one"
    assert view.select.value == "one"
    view.select.prepend(Option("zero"))
    expect(page.locator("#select option")).to_have_count(2)
    assert page.locator("#select").input_value() == view.select.value


def test_field_moved_out_of_a_cleared_list_keeps_the_focus(
    served: ServedApp, form: None, open_page: Open
) -> None:
    page = open_page()
    expect(page.locator("#part")).to_be_visible()
    view = view_of(served)
    field = TextInput("kept", _id="field", handle_blur=view.note)
    view.rest.nodes = [P(field), P("another")]
    page.click("#field")
    page.evaluate("""() => {
      window.events = [];
      for (const name of ["focusin", "focusout"]) addEventListener(name, () => events.push(name));
    }""")
    with view.rest.lock:
        view.b.append(field)
        view.rest.clear()
        view.rest.append("nothing")
    expect(page.locator("#b > #field")).to_be_focused()
    expect(page.locator("#rest")).to_have_text("nothing")
    assert (page.evaluate("events"), view.events) == ([], [])
