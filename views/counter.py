"""The view Counter: a small daemon view. Its windows share a number and a text."""

from __future__ import annotations

from everview import InputEvent, Request, View
from everview.html import H1, HTML, Button, Div, Label, P, Span, TextArea
from everview.i18n import _
from views import app


@app.route("/counter/", name="counter")
class Counter(View):
    """A number and a text that all windows share, also after they are closed."""

    is_daemon = True
    TITLE = "Counter"

    def handle_request(self, request: Request) -> HTML:
        self.count = Span("10", _id="count")
        self.text = TextArea(_id="text", placeholder=_("Type here: every window shows it."))
        return HTML(
            H1(_("Counter")),
            P(self.count, _class="big"),
            Div(
                Button(_("Decrement"), handle_click=self.decrement),
                Button(_("Increment"), handle_click=self.increment, _class="primary"),
                _class="row",
            ),
            P(Label(_("Shared text"), _for="text")),
            self.text,
        )

    def increment(self, event: InputEvent) -> None:
        self.count.set_text(int(self.count.get_text()) + 1)

    def decrement(self, event: InputEvent) -> None:
        self.count.set_text(int(self.count.get_text()) - 1)
