"""The rules for values of fields, as one table.

`tests/testing/test_field_rules.py` checks the simulated window and
`tests/browser/test_field_rules.py` checks Chromium, both against this table. docs/protocol.md
("Fields") describes the same rules in words.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from everview import App, View
from everview.html import (
    HTML,
    Button,
    CheckBox,
    DateInput,
    Form,
    InputElement,
    NumberInput,
    Option,
    PasswordInput,
    Range,
    Select,
    Span,
    TextArea,
    TextInput,
)
from everview.runtime.runtime import Runtime
from everview.runtime.windows.messages import Attach, Resync
from everview.runtime.windows.window import Window

#: The visible content of a field: a text, or whether it is checked.
Shown = str | bool


@dataclass(frozen=True)
class FieldCase:
    """A type of field, with the values that a test enters and sets.

    Args:
        make: makes the field, from its keywords.
        typed: what the person enters: text, True to check a box, or the text of an option.
        new: the value that the handler sets.
        shown: what a window shows for ``new``.
        is_typed: whether the window delays a value from the server while the person types.
    """

    make: Callable[..., InputElement]
    typed: Shown
    new: object
    shown: Shown
    is_typed: bool = True


def _select(**keywords: Any) -> InputElement:
    return Select(*(Option(name, value=name) for name in ("one", "two", "three")), **keywords)


FIELDS = {
    "text": FieldCase(TextInput, "abc", "", ""),
    "longer text": FieldCase(TextInput, "abc", "ABC!", "ABC!"),
    "text area": FieldCase(TextArea, "abc", "new", "new"),
    "password": FieldCase(PasswordInput, "abc", "", ""),
    "number": FieldCase(NumberInput, "12", 5, "5"),
    "date": FieldCase(DateInput, "2026-01-02", None, ""),
    "check box": FieldCase(CheckBox, True, False, False, is_typed=False),
    "slider": FieldCase(Range, "51", 7, "7", is_typed=False),
    "select": FieldCase(_select, "two", "three", "three", is_typed=False),
}
#: The handler that sets the value.
HANDLERS = ("change", "submit")
#: Whether the handler sets the value before or after the interruption.
ORDERS = ("before", "after")


#: What happens in each test while a handler runs. Most of these interruptions send a message to the
#: window before the handler ends.
INTERRUPTIONS = (
    "nothing",
    "notice",
    "focus",
    "show",
    "exception",
    "snapshot",
    "other window attaches",
    "link is cut",
)
#: Every field with every handler and order.
CASES = list(itertools.product(FIELDS, HANDLERS, ORDERS))


class Desk(Protocol):
    """The running app of a test, which is either simulated or served."""

    @property
    def runtime(self) -> Runtime: ...

    def do(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function on the server thread."""

    def relink(self, window: Window) -> None:
        """Cut the link of a window, and wait until the page has the view again."""


class FieldsView(View):
    """A view with one field in its own form for each of the `CASES`."""

    is_daemon = True
    desk: Desk
    interruption: str
    #: Whether the handlers of the view set the value of their field.
    sets: bool = True

    def handle_request(self, request):
        self.fields: dict[str, InputElement] = {}
        self.done: list[str] = []
        forms = []
        for name, handler, order in CASES:
            key = key_of(name, handler, order)
            field = FIELDS[name].make(_id=key, aria_label=key)
            self.fields[key] = field
            form = Form(field, Button("Send", type="submit"), _id=f"form-{key}")
            target = field if handler == "change" else form
            target.set_handler(handler, self._handler_of(key, name, order))
            forms.append(form)
        self.mark = Span(_id="mark")
        return HTML(*forms, Button("Other", _id="other"), self.mark)

    def set_from_outside(self, key: str, value: Any) -> None:
        """Set a value outside of handlers, and show the id of the field in ``mark`` in the same
        frame.
        """
        with self.html.lock:
            self.fields[key].value = value
            self.mark.set_text(key)

    def _handler_of(self, key: str, name: str, order: str) -> Callable[[Any], None]:
        def handle(event: Any) -> None:
            field = self.fields[key]
            try:
                if order == "before" and self.sets:
                    field.value = FIELDS[name].new
                self._interrupt(event.window, field)
                if order == "after" and self.sets:
                    field.value = FIELDS[name].new
            finally:
                self.done.append(key)

        return handle

    def _interrupt(self, window: Window, field: InputElement) -> None:
        do, runtime = self.desk.do, self.desk.runtime
        match self.interruption:
            case "nothing":
                return
            case "notice":
                self.notice("sent")
            case "focus":
                self.focus(field)
            case "show":
                self.show()
            case "exception":
                raise ValueError("the handler fails")
            case "snapshot":
                do(runtime.receive, window, Resync())
            case "other window attaches":
                for other in do(lambda: [w for w in runtime.windows if w is not window]):
                    do(runtime.receive, other, Attach(other.url))
            case "link is cut":
                self.desk.relink(window)
            case _:
                raise AssertionError(self.interruption)
        do(lambda: None)  # wait until the server thread has run all earlier calls


def cases_of(interruption: str) -> list[tuple[str, str, str]]:
    """The cases to test. A handler cannot set the value after it has raised an exception."""
    return [case for case in CASES if interruption != "exception" or case[2] == "before"]


def key_of(name: str, handler: str, order: str) -> str:
    """The id and the label of a field."""
    return f"{name} {handler} {order}".replace(" ", "-")


def make_app(app: App) -> None:
    """Give ``app`` the view of the fields."""
    app.route("/")(FieldsView)
