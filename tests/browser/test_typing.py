"""Handlers that change the focused field, and edits without a link."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from everview import App, View
from everview.html import HTML, Button, CheckBox, Form, Li, TextInput, Ul
from tests.support.server import wait_until


@pytest.mark.parametrize("by", ["submit", "keydown"])
def test_enter_handler_may_clear_the_focused_field(app: App, open_page, by: str) -> None:
    """The handler of a chat sends the message and clears the field for the next message."""

    @app.route("/")
    class Chat(View):
        is_daemon = True

        def handle_request(self, request):
            self.field = TextInput(_id="text", aria_label="Message")
            if by == "keydown":
                self.field.set_handler("keydown", self.key)
            self.messages = Ul()
            form = Form(self.field, Button("Send", type="submit"), handle_submit=self.send)
            return HTML(form if by == "submit" else self.field, self.messages)

        def key(self, event):
            if event.data["key"] == "Enter":
                self.send(event)

        def send(self, event):
            self.messages.append(Li(self.field.value))
            self.field.value = ""

    page, other = open_page(), open_page()
    page.focus("#text")
    for text in ("first", "second"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(page.locator("li").last).to_have_text(text)
        expect(page.locator("#text")).to_have_value("")
        expect(page.locator("#text")).to_be_focused()
    expect(other.locator("li")).to_have_text(["first", "second"])


def test_typing_without_a_link_stores_one_edit_of_each_field(app: App, served, open_page) -> None:
    """Formerly, the page stored an edit with the whole text at each pause in typing. After an hour,
    the edits were too large to send.

    Other events are stored at their position between the edits.
    """

    @app.route("/")
    class Draft(View):
        def handle_request(self, request):
            self.events = []
            return HTML(TextInput(_id="title", handle_change=self.edit), CheckBox(_id="done", handle_change=self.edit),
                        Button("Note", _id="note", handle_click=self.note))  # fmt: skip

        def edit(self, event):
            self.events.append(event.node.value)

        def note(self, event):
            self.events.append("note")

    page = open_page()
    page.locator("#title").wait_for()
    page.evaluate("""() => {
        window.Socket = WebSocket;
        window.WebSocket = class { static OPEN = 1; readyState = 3; constructor() { setTimeout(() => this.onclose({})); } };
    }""")
    served.cut_links()
    page.locator(".shell-offline").wait_for()
    for text in ("a", "ab", "abc"):
        page.fill("#title", text)
        page.locator("#title").dispatch_event("change")
    page.click("#note")
    for _ in range(3):
        page.click("#done")
    page.fill("#title", "abcd")
    page.locator("#title").blur()
    page.evaluate("() => { window.WebSocket = Socket; }")
    page.locator(".shell-offline").wait_for(state="hidden")
    page.click("#note")
    view = served.only_instance().view
    wait_until(lambda: view.events.count("note") == 2, "all events are handled")
    assert view.events == ["abc", "note", True, "abcd", "note"]
