"""The view Countdown: a long-running daemon view, which also counts while no window is open."""

from __future__ import annotations

from everview import InputEvent, Request, View
from everview.html import (
    H1,
    HTML,
    Button,
    Div,
    Label,
    Li,
    NumberInput,
    Ol,
    P,
    Progress,
    Section,
    Span,
)
from everview.i18n import _
from views import app

LONGEST = 24 * 60 * 60
MAX_LINES = 200


@app.route("/countdown/", name="countdown")
class Countdown(View):
    """Counts down, also without a window, until it is done or stopped."""

    is_daemon = True
    TITLE = "Countdown"

    def handle_request(self, request: Request) -> None:
        limit = self.ask_for_limit()
        self.stop_wanted = False
        self.left = Span(limit, _id="left")
        self.state = P(_("Counting …"), role="status", _id="state")
        self.bar = Progress(value=0, max=limit, aria_label=_("Counted"))
        self.log = Ol(_class="log", aria_label=_("Log"), _id="log", tabindex=0)
        self.stop_button = Button(_("Stop …"), handle_click=self.confirm_stop, _class="danger")
        self.buttons = Div(self.stop_button, _class="row")
        self.show(
            HTML(
                H1(_("Countdown")),
                P(self.left, _class="big", aria_label=_("Seconds left")),
                self.bar,
                self.state,
                self.buttons,
                Section(self.log, aria_label=_("Log")),
            ),
            title=_("Countdown from {limit}").format(limit=limit),
        )
        self.write(_("Started at {limit}.").format(limit=limit))
        counted = self.count(limit)
        if counted < limit:
            line = _("Stopped after {counted} of {limit}.")
            self.state.set_text(_("Stopped after {counted} s.").format(counted=counted))
        else:
            line = _("Done after {counted} of {limit}.")
            self.state.set_text(_("Done after {counted} s.").format(counted=counted))
        self.write(line.format(counted=counted, limit=limit))
        self.buttons.nodes = [Button(_("Count again"), handle_click=lambda event: self.restart())]

    def ask_for_limit(self) -> int:
        """Wait until the person enters a whole number in the allowed range."""
        field = NumberInput(value=60, min=1, max=LONGEST, step=1, _id="limit")
        start = Button(_("Start"), _class="primary")
        problem = P(role="alert", _id="problem")
        self.show(
            HTML(
                H1(_("Countdown")),
                P(_("It continues when you close its windows. Open it again to see its progress.")),
                Div(Label(_("Seconds"), _for="limit"), field, start, _class="row"),
                problem,
            )
        )
        while True:
            self.await_click(start)
            value = field.value
            if value is not None and value == int(value) and 1 <= value <= LONGEST:
                return int(value)
            problem.set_text(
                _("Enter a whole number of seconds from 1 to {longest}.").format(longest=LONGEST)
            )

    def count(self, limit: int) -> int:
        """Count down once a second. Returns the number of seconds that were counted."""
        for counted in range(limit):
            self.progress(counted, limit, _("{seconds} s left").format(seconds=limit - counted))
            self.sleep(1)
            if self.stop_wanted:
                return counted
            with self.log.lock:
                self.left.set_text(limit - counted - 1)
                self.bar.attributes["value"] = counted + 1
                if (counted + 1) % 10 == 0 or limit <= 20:
                    self.write(f"{limit - counted - 1} left.")
        return limit

    def write(self, line: str) -> None:
        """Add a line to the log; remove the oldest if there are more than `MAX_LINES`."""
        self.log.append(Li(line))
        if len(self.log) > MAX_LINES:
            self.log.nodes[0].remove()

    def confirm_stop(self, event: InputEvent) -> None:
        question = _("Stop the countdown with {seconds} s left?")
        question = question.format(seconds=self.left.get_text())
        if self.ask(question, _("Stop"), _("Keep counting")) == _("Stop"):
            self.stop_wanted = True
            self.state.set_text(_("Stopping …"))
