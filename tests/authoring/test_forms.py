"""``await_form`` waits for a whole form, in plain and ``async`` code."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date

import pytest

from everview import App, View
from everview.html import H1, HTML, Div, Form, P
from everview.runtime.windows.effects import Focus
from everview.testing import SimulatedApp, SimulatedWindow


@dataclass
class Person:
    name: str
    age: int
    born: date | None = None

    def __post_init__(self) -> None:
        if self.age > 150:
            raise ValueError("The age is too high.")


def focused(window: SimulatedWindow) -> list[int]:
    return [effect.node for effect in window.effects if isinstance(effect, Focus)]


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_await_form_returns_the_dataclass(app: App, simulated: SimulatedApp, kind: str) -> None:
    @app.route("/")
    class Plain(View):
        if kind == "plain":

            def handle_request(self, request):
                person = self.await_form(Form(Person))
                return HTML(P(repr(person), _id="done"))

        else:

            async def handle_request(self, request):
                person = await self.await_form(Form(Person))
                return HTML(P(repr(person), _id="done"))

    window = simulated.open()
    window.type("[name=age]", "200")
    window.type("[name=born]", None)  # an incomplete date
    window.event("form", "submit")
    window.wait_until(lambda: "Please enter a date." in window.page())
    window.wait_until(lambda: "Please fill in this field." in window.page())
    name = window.find("[name=name]")
    window.wait_until(lambda: focused(window)[-2:] == [name.id, name.id])
    window.type("[name=name]", "Ann")
    window.type("[name=born]", "1986-01-02")
    assert "Please fill in this field." not in window.page()
    window.event("form", "submit")
    window.wait_until(lambda: "The age is too high." in window.page())
    window.type("[name=age]", "40")
    window.event("form", "submit", wait=False)
    window.wait_until(lambda: window.has("#done"))
    expected = Person("Ann", 40, date(1986, 1, 2))
    assert window.text("#done") == repr(expected)


def test_await_form_returns_none_if_the_form_is_cancelled(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Cancels(View):
        def handle_request(self, request):
            form = Form(Person, cancel="Cancel")
            answer = self.await_form(form, html=HTML(H1("Who?"), Div(form)))
            return HTML(P(repr(answer), _id="done"))

    window = simulated.open()
    assert window.text("h1") == "Who?"
    window.event("form", "reset", wait=False)
    window.wait_until(lambda: window.has("#done"))
    assert window.text("#done") == "None"


def test_slow_dataclass_constructor_does_not_block_other_views(
    app: App, simulated: SimulatedApp
) -> None:
    release = threading.Event()

    @dataclass
    class Slow:
        name: str = "x"

        def __post_init__(self) -> None:
            release.wait()

    @app.route("/")
    class Waits(View):
        def handle_request(self, request):
            answer = self.await_form(Form(Slow))
            return HTML(P(answer.name, _id="done"))

    @app.route("/other")
    def other(request):
        return HTML(P("other", _id="other"))

    window = simulated.open()
    window.event("form", "submit", wait=False)
    assert simulated.open("/other").text("#other") == "other"
    release.set()
    window.wait_until(lambda: window.has("#done"))
