"""Fields of the simulated window follow the table in tests/support/field_rules.py."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from everview import App, View
from everview.html import HTML, Button, Form, TextInput
from everview.runtime.windows.window import Window
from everview.testing import Clock, PersonWindow, SimulatedApp
from tests.support.field_rules import (
    FIELDS,
    INTERRUPTIONS,
    FieldsView,
    cases_of,
    key_of,
    make_app,
)


class SimulatedDesk:
    """`Desk` with one simulated window of a person."""

    def __init__(self, app: SimulatedApp, window: PersonWindow) -> None:
        self.runtime = app.runtime
        self.do = app.do
        self.window = window

    def relink(self, window: Window) -> None:
        self.window.window.drop()
        self.window.window.reconnect()


def enter(window: PersonWindow, key: str, value: str | bool) -> None:
    """Enter a value into a field like a person."""
    if value is True:
        window.check(f"#{key}")
    elif window.find(f"#{key}").tag == "select":
        window.choose(f"#{key}", str(value))
    else:
        window.type(f"#{key}", value)


@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_field_has_the_server_value_when_its_handler_is_done(interruption: str) -> None:
    app = App(__file__)
    make_app(app)
    with SimulatedApp(app, Clock()) as running:
        window, other = running.open_window(), running.open_window()
        view: Any = running.instance(window.window).view
        assert isinstance(view, FieldsView)
        view.desk, view.interruption = SimulatedDesk(running, window), interruption
        wrong = []
        for name, handler, order in cases_of(interruption):
            key = key_of(name, handler, order)
            enter(window, key, FIELDS[name].typed)
            if handler == "submit":
                window.submit(f"#form-{key}")
            running.wait_for(lambda key=key: key in view.done)
            window.wait_for(lambda: True)
            shown = window.value(f"#{key}"), other.value(f"#{key}")
            # Passwords need no exception: the server sends them to no window, and both fields are
            # empty.
            if shown != (FIELDS[name].shown,) * 2 or view.fields[key].value != FIELDS[name].new:
                wrong.append((key, shown, view.fields[key].value))
        assert wrong == []


def test_value_from_outside_waits_while_the_person_types() -> None:
    app = App(__file__)
    make_app(app)
    with SimulatedApp(app, Clock()) as running:
        window = running.open_window()
        view: Any = running.instance(window.window).view
        view.desk, view.interruption, view.sets = SimulatedDesk(running, window), "nothing", False
        for name, case in FIELDS.items():
            key = key_of(name, "change", "after")
            enter(window, key, case.typed)
            window.wait_for(lambda key=key: key in view.done)
            view.set_from_outside(key, case.new)
            window.wait_for(lambda key=key: window.text("#mark") == key)
            assert window.value(f"#{key}") == (case.typed if case.is_typed else case.shown), key
            window.click("#other")
            assert window.value(f"#{key}") == case.shown, key


def test_second_submit_is_not_sent_while_the_first_is_pending() -> None:
    app = App(__file__)
    received: list[str] = []

    @app.route("/")
    class Slow(View):
        def handle_request(self, request):
            self.field = TextInput(_id="text")
            return HTML(Form(self.field, Button("Send", type="submit"), handle_submit=self.send))

        def send(self, event):
            received.append(self.field.value)
            go_on.wait(10)

    go_on = threading.Event()
    with SimulatedApp(app, Clock()) as running:
        window = running.open_window()
        user = window._input
        (form,) = window.find_all("form")
        user.submit(form, None)
        user.submit(form, None)
        user.type(window.find("#text"), "new")
        user.submit(form, None)
        go_on.set()
        window.wait_for(lambda: len(received) == 2)
        window.submit()
        assert received == ["", "new", "new"]
