"""`Form`: a form for a dataclass, with a label, an input and a place for errors for each field.

    @dataclass
    class Person:
        name: str
        born: date | None = None

    person = self.await_form(Form(Person))

The module ``form_fields`` defines the input for each type. Without a dataclass, `Form` is the plain
HTML element: ``Form(TextInput(name="q"), handle_submit=self.search)``.

The server checks a submitted form: `Form.read` returns an instance of the dataclass, or shows each
error next to its field. A ``ValueError`` of ``__post_init__`` is shown above the fields.

To wait for the form, use ``View.await_form``.
Threads: the rules of the module ``node`` apply. `Form.read` calls ``__post_init__`` without the
lock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from itertools import count
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast, overload

from everview.errors import FormError
from everview.html.elements.tags import Button, Div, Label, P, Small, Span
from everview.html.fields.choices import CheckBox, RadioGroup
from everview.html.fields.form_fields import FormField, FormInput, make_fields
from everview.html.tree.element import Element, Keyword
from everview.html.tree.events import SUBMIT
from everview.html.tree.node import Child, Node
from everview.i18n import _

_numbers = count(1)


class Dataclass(Protocol):
    """The type of an instance of any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


#: ``D`` is the type of a form's result, ``C`` of a dataclass argument, ``I`` of an instance
#: argument.
D = TypeVar("D")
C = TypeVar("C")
I = TypeVar("I", bound=Dataclass)  # noqa: E741


class FormRow(Div):
    """A field with its label, its help text and its error."""

    __slots__ = ("_had_error", "error", "field")

    def __init__(self, field: FormField, prefix: str) -> None:
        self.field = field
        self._had_error = False
        made: FormInput = field.input
        field_id = f"{prefix}-{field.name}"
        self.error = P(_id=f"{field_id}-error", _class="form-error", hidden=True)
        described = [f"{field_id}-help"] if field.help else []
        made.id_list.add(field_id)
        made.attributes["aria-describedby"] = " ".join([*described, f"{field_id}-error"])
        if not isinstance(made, RadioGroup) and "name" not in made.attributes:
            made.attributes["name"] = field.name
        help_text = Small(field.help, _id=described[0], _class="form-help") if described else None
        super().__init__(_class="form-row")
        if isinstance(made, RadioGroup):
            # A label can belong to only one field, so a group of fields has a heading instead.
            heading = Span(field.label, _id=f"{field_id}-label", _class="form-label")
            made.attributes["aria-labelledby"] = heading.id_list[0]
            if made.required:
                made.attributes["aria-required"] = True
            self.append(heading, made, help_text, self.error)
        elif isinstance(made, CheckBox):
            self.append(Label(made, " ", field.label), help_text, self.error)
        else:
            label = Label(field.label, _for=made, _class="form-label")
            self.append(label, made, help_text, self.error)
        self.set_handler("change", self._field_changed)

    def show_error(self, reason: str) -> None:
        """Show the reason why the value is invalid; "": the value is valid."""
        made: FormInput = self.field.input
        with self.lock:
            self._had_error = self._had_error or bool(reason)
            self.error.set_text(reason)
            self.error.set_attribute("hidden", not reason)
            made.set_attribute("aria-invalid", True if reason else None)

    def check(self) -> str:
        """Check the value, and show and return the error; "": no error."""
        reason: str = self.field.input.reason
        if not reason:
            try:
                self.field.read()
            except ValueError as error:
                reason = str(error)
        self.show_error(reason)
        return reason

    def _field_changed(self, event: Any) -> Any:
        # Show no error before the first attempt to submit: it would disturb the user while typing.
        if self._had_error:
            self.check()
        return event

    @property
    def focus_target(self) -> Element:
        """The element that gets the focus for this field."""
        made: FormInput = self.field.input
        return made.query_selector("input") or made if isinstance(made, RadioGroup) else made


class Form(Element, Generic[D], tag="form"):
    """A form for a dataclass, or a plain HTML form.

    Args:
        children: the first one is a dataclass or an instance of it. The form shows the values
            of an instance. More children are placed above the buttons. Without a dataclass, all
            children are placed in the form unchanged.
        fields: the names of the fields to show; default: all.
        submit: the text of the button that submits the form.
        cancel: the text of the cancel button; "": no such button.
        attributes: as for `Element`.

    Raises:
        FormError: there is no input for the type of a field, or a name in ``fields`` is unknown.
    """

    __slots__ = ("_class_made", "_error", "_given", "_rows")

    @overload
    def __init__(
        self: Form[C],
        dataclass: type[C],
        /,
        *children: Child,
        fields: Iterable[str] | None = None,
        submit: str = "OK",
        cancel: str = "",
        **attributes: Keyword,
    ) -> None: ...
    @overload
    def __init__(
        self: Form[I],
        instance: I,
        /,
        *children: Child,
        fields: Iterable[str] | None = None,
        submit: str = "OK",
        cancel: str = "",
        **attributes: Keyword,
    ) -> None: ...
    @overload
    def __init__(
        self: Form[None], child: Child = None, /, *children: Child, **attributes: Keyword
    ) -> None: ...
    def __init__(
        self,
        shown: Any = None,
        /,
        *children: Any,
        fields: Any = None,
        submit: Any = "OK",
        cancel: Any = "",
        **attributes: Any,
    ) -> None:
        self._rows: dict[str, FormRow] = {}
        self._class_made: type[Any] | None = None
        self._given: Any = None
        self._error = P(_class="form-error", role="alert", hidden=True)
        if not dataclasses.is_dataclass(shown):
            super().__init__(shown, *children, **attributes)
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
            # The buttons report no events: the page reports the events of the form instead.
            button.events = ()
        super().__init__(
            self._error, self._rows.values(), children,
            Div(buttons, _class="row form-buttons"),
        )  # fmt: skip
        # Without this attribute, the browser's messages would replace our errors.
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

    # reading the values ------------------------------------------------------------------------

    @overload
    def __getitem__(self, index: int) -> Node: ...
    @overload
    def __getitem__(self, index: slice) -> list[Node]: ...
    @overload
    def __getitem__(self, index: str) -> FormInput: ...
    def __getitem__(self, index: str | int | slice) -> FormInput | Node | list[Node]:
        """Return the input of a field by its name. An index or a slice returns children."""
        if isinstance(index, str):
            if index not in self._rows:
                raise KeyError(index)
            return self._rows[index].field.input
        return super().__getitem__(index)

    @property
    def inputs(self) -> dict[str, FormInput]:
        """The inputs by the names of their fields."""
        return {name: row.field.input for name, row in self._rows.items()}

    @property
    def focus_target(self) -> Element:
        """The element that gets the focus: the first field with an error, or the first field."""
        rows = list(self._rows.values())
        row = next((row for row in rows if not row.error.hidden), rows[0] if rows else None)
        return self if row is None else row.focus_target

    def check(self) -> bool:
        """Check all fields, and show the errors. Return True if there are no errors."""
        with self.lock:
            self.show_error("")
            return not [row for row in self._rows.values() if row.check()]

    def read(self) -> D | None:
        """Check the form and return its values.

        Returns:
            An instance of the dataclass; None if there are errors, which are then shown.

        Raises:
            FormError: the form has no dataclass.
        """
        if self._class_made is None:
            raise FormError("this form has no dataclass: read its fields, or write Form(MyClass)")
        if not self.check():
            return None
        values = {name: row.field.read() for name, row in self._rows.items()}
        try:
            if self._given is not None:
                return cast("D", dataclasses.replace(self._given, **values))
            return cast("D", self._class_made(**values))
        except ValueError as error:
            self.show_error(str(error) or _("This cannot be accepted."))
            return None

    def show_error(self, reason: str, field: str | None = None) -> None:
        """Show an error that the view found: ``form.show_error("This name is taken", "name")``.

        Args:
            reason: the text; "" removes the error.
            field: the name of a field; None: the error is about the whole form.
        """
        if field is not None:
            self._rows[field].show_error(reason)
            return
        with self.lock:
            self._error.set_text(reason)
            self._error.set_attribute("hidden", not reason)

    # methods for `View.await_form` -------------------------------------------------------------

    @property
    def endings(self) -> tuple[str, ...]:
        """The names of the events that can submit or cancel the form."""
        return tuple(name for name in ("submit", "reset") if self.listens_to(name))

    def answer(self, event: Any) -> tuple[bool, D | None]:
        """Return whether ``event`` ends the form, and the new instance (None after "cancel")."""
        if event.name == "reset":
            return True, None
        answer = self.read()
        return answer is not None, answer
