"""What a handler does to the field that a person is in."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from shell import App, View
from shell.html import HTML, Button, Form, Li, TextInput, Ul


@pytest.mark.parametrize("by", ["submit", "keydown"])
def test_enter_may_clear_the_field_that_the_person_is_in(app: App, open_page, by: str) -> None:
    """As in a chat: the message is sent, and the next can be typed."""

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
