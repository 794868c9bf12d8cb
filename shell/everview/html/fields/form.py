"""`Form`: a form of a dataclass, with labels, the natural input for each field, errors beside them.

    @dataclass
    class Person:
        name: str
        born: date | None = None

    person = self.await_form(Form(Person))

Which input a type gets is told in ``form_fields``. Without a dataclass it is HTML's plain element:
``Form(TextInput(name="q"), handle_submit=self.search)``.

Submitting is judged in the process: `Form.read` gives the dataclass, or shows what is wrong next
to its field. A ``ValueError`` of the dataclass's ``__post_init__`` is shown above the fields.

Not for: waiting (``View.await_form``).
Threads: as ``node``. `Form.read` calls ``__post_init__``, so it takes no lock around it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from itertools import count
from typing import Any

from everview.errors import FormError
from everview.html.elements.tags import Button, Div, Label, P, Small, Span
from everview.html.fields.choices import CheckBox, RadioGroup
from everview.html.fields.form_fields import FormField, make_fields
from everview.html.tree.element import Element
from everview.html.tree.events import SUBMIT
from everview.html.tree.node import Child
from everview.i18n import _

_numbers = count(1)


class FormRow(Div):
    """A field with its label, its help and its error."""

    __slots__ = ("_error", "_was_wrong", "field")

    def __init__(self, field: FormField, prefix: str) -> None:
        self.field = field
        self._was_wrong = False
        made: Element = field.input
        field_id = f"{prefix}-{field.name}"
        self._error = P(_id=f"{field_id}-error", _class="form-error", hidden=True)
        described = [f"{field_id}-help"] if field.help else []
        made.id_list.add(field_id)
        made.attributes["aria-describedby"] = " ".join([*described, f"{field_id}-error"])
        if not isinstance(made, RadioGroup) and "name" not in made.attributes:
            made.attributes["name"] = field.name
        help_text = Small(field.help, _id=described[0], _class="form-help") if described else None
        super().__init__(_class="form-row")
        if isinstance(made, RadioGroup):
            # A label is for one field; a group is named by its heading.
            heading = Span(field.label, _id=f"{field_id}-label", _class="form-label")
            made.attributes["aria-labelledby"] = heading.id_list[0]
            if made.required:
                made.attributes["aria-required"] = True
            self.append(heading, made, help_text, self._error)
        elif isinstance(made, CheckBox):
            self.append(Label(made, " ", field.label), help_text, self._error)
        else:
            label = Label(field.label, _for=made, _class="form-label")
            self.append(label, made, help_text, self._error)
        self.set_handler("change", self._field_changed)

    def show_error(self, reason: str) -> None:
        """Show why the field is wrong; "" where it is right."""
        made: Element = self.field.input
        with self.lock:
            self._was_wrong = self._was_wrong or bool(reason)
            self._error.set_text(reason)
            self._error.set_attribute("hidden", not reason)
            made.set_attribute("aria-invalid", True if reason else None)

    def check(self) -> str:
        """Judge the field, show and return what is wrong."""
        reason: str = self.field.input.reason
        if not reason:
            try:
                self.field.read()
            except ValueError as error:
                reason = str(error)
        self.show_error(reason)
        return reason

    def _field_changed(self, event: Any) -> Any:
        # Not before it was submitted once: nobody likes to be told off while typing.
        if self._was_wrong:
            self.check()
        return event

    @property
    def focus_target(self) -> Element:
        """What gets the focus for this field."""
        made: Element = self.field.input
        return made.query_selector("input") or made if isinstance(made, RadioGroup) else made


class Form(Element, tag="form"):
    """A form of a dataclass (or of an instance, whose values it shows), or plain HTML.

    ``fields`` names those to show; ``submit`` and ``cancel`` are what is written on the buttons
    (no cancel button without; it is HTML's reset button). Further children come above the buttons.

    Raises `FormError` for a dataclass with a type that no input holds.
    """

    __slots__ = ("_class_made", "_error", "_given", "_rows")

    def __init__(
        self,
        *children: Child,
        fields: Iterable[str] | None = None,
        submit: str = "OK",
        cancel: str = "",
        **attributes: Any,
    ) -> None:
        self._rows: dict[str, FormRow] = {}
        self._class_made: type[Any] | None = None
        self._given: Any = None
        self._error = P(_class="form-error", role="alert", hidden=True)
        shown: Any = children[0] if children else None
        if not dataclasses.is_dataclass(shown):
            super().__init__(*children, **attributes)
            return
        made: Any = shown if isinstance(shown, type) else type(shown)
        self._class_made = made
        self._given = None if made is shown else shown
        prefix = f"form-{next(_numbers)}"
        for field in make_fields(made, fields):
            self._fill_in(field)
            self._rows[field.name] = FormRow(field, prefix)
        buttons = [Button(submit, type="submit", _class="primary")]
        if cancel:
            buttons.append(Button(cancel, type="reset"))
        for button in buttons:
            button.events = ()  # the form tells that it was submitted or reset
        super().__init__(
            self._error, self._rows.values(), children[1:],
            Div(buttons, _class="row form-buttons"),
        )  # fmt: skip
        # The page's own bubbles would come before our errors, and in place of them.
        self._set_keywords({"novalidate": True, "_class": "form", **attributes})
        self.listen(SUBMIT, *(("reset",) if cancel else ()))

    def _fill_in(self, field: FormField) -> None:
        if self._given is not None:
            field.write(getattr(self._given, field.name))
            return
        assert self._class_made is not None
        declared = {field.name: field for field in dataclasses.fields(self._class_made)}[field.name]
        if declared.default is not dataclasses.MISSING:
            field.write(declared.default)
        elif declared.default_factory is not dataclasses.MISSING:
            field.write(declared.default_factory())

    # reading -----------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        """The input of the field with this name; with a number, the child."""
        if isinstance(key, str):
            if key not in self._rows:
                raise KeyError(key)
            return self._rows[key].field.input
        return super().__getitem__(key)

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs by the names of their fields."""
        return {name: row.field.input for name, row in self._rows.items()}

    @property
    def focus_target(self) -> Element:
        """What should get the focus: the first field that shows an error, or the first of all."""
        rows = list(self._rows.values())
        row = next((row for row in rows if not row._error.hidden), rows[0] if rows else None)
        return self if row is None else row.focus_target

    def check(self) -> bool:
        """Judge all fields, show what is wrong beside them; whether all are right."""
        with self.lock:
            self.show_error("")
            return not [row for row in self._rows.values() if row.check()]

    def read(self) -> Any:
        """The dataclass that was filled in; None if something is wrong, which is shown then."""
        if self._class_made is None:
            raise FormError("this form has no dataclass: read its fields, or write Form(MyClass)")
        if not self.check():
            return None
        values = {name: row.field.read() for name, row in self._rows.items()}
        try:
            if self._given is not None:
                return dataclasses.replace(self._given, **values)
            return self._class_made(**values)
        except ValueError as error:
            self.show_error(str(error) or _("This cannot be accepted."))
            return None

    def show_error(self, reason: str, field: str | None = None) -> None:
        """Show what is wrong with the whole form, or with one field; "" takes it back.

        For what only the view knows: ``form.show_error("This name is taken", "name")``.
        """
        if field is not None:
            self._rows[field].show_error(reason)
            return
        with self.lock:
            self._error.set_text(reason)
            self._error.set_attribute("hidden", not reason)

    # waiting, for `View.await_form` ------------------------------------------------------------

    @property
    def endings(self) -> tuple[str, ...]:
        """The names of the events that may end the form."""
        return tuple(name for name in ("submit", "reset") if self.listens_to(name))

    def answer(self, event: Any) -> tuple[bool, Any]:
        """Whether an event ends the form, and with what: the dataclass, or None if cancelled."""
        if event.name == "reset":
            return True, None
        answer = self.read()
        return answer is not None, answer
