"""Tests of the data of keyboard and drop events, and of nodes that are hidden in one window."""

from __future__ import annotations

from playwright.sync_api import expect

from everview import App, View
from everview.html import DROP, HTML, KEYUP, Button, Div, P
from tests.support.chromium import DROP_TEXT_AND_FILE


def test_drop_event_contains_the_dropped_data(app: App, open_page) -> None:
    @app.route("/")
    class Drops(View):
        def handle_request(self, request):
            self.output = P(_id="output")
            return HTML(Div("here", _id="area", events=[DROP]), self.output)

        def handle_input_event(self, event):
            files = [(f["name"], f["size"], f["type"]) for f in event.data["files"]]
            self.output.set_text(
                f"{event.name} {event.data['text']} {event.data['urls']} {files} "
                f"{event.data['x']},{event.data['y']}"
            )

    page = open_page()
    page.locator("#area").evaluate(DROP_TEXT_AND_FILE)
    expect(page.locator("#output")).to_have_text(
        "drop a <b> text ['https://example.org/'] [('a.txt', 5, 'text/plain')] 5,6"
    )
    assert page.evaluate("[dragoverPrevented, dropPrevented]") == [True, True]


def test_keyup_events_are_reported(app: App, open_page) -> None:
    @app.route("/")
    class Keys(View):
        def handle_request(self, request):
            self.output = P(_id="output")
            area = Div("here", _id="area", tabindex=0, events=[KEYUP], handle_keydown=self.down)
            return HTML(area, self.output)

        def down(self, event):
            self.output.append(f"down {event.data['key']} {event.data['shift']}; ")

        def handle_input_event(self, event):
            self.output.append(f"{event.name} {event.data['key']}; ")

    page = open_page()
    page.focus("#area")
    page.keyboard.press("Shift+KeyA")
    expect(page.locator("#output")).to_have_text(
        "down Shift True; down A True; keyup A; keyup Shift;"
    )


def test_nodes_hidden_in_one_window_stay_hidden_after_a_reload(app: App, open_page) -> None:
    @app.route("/")
    class Panels(View):
        is_daemon = True

        def handle_request(self, request):
            self.one, self.two = P("first panel"), P("second panel", hidden=True)
            return HTML(self.one, self.two, Button("Turn", handle_click=self.turn))

        def turn(self, event):
            self.pane().hide(self.one)
            self.pane().show(self.two)

    page, other = open_page(), open_page()
    expect(other.get_by_text("first panel")).to_be_visible()
    page.get_by_role("button", name="Turn").click()
    for _ in range(2):
        expect(page.get_by_text("second panel")).to_be_visible()
        expect(page.get_by_text("first panel")).to_be_hidden()
        page.reload()
    expect(other.get_by_text("first panel")).to_be_visible()
    expect(other.get_by_text("second panel")).to_be_hidden()
