"""`InputElement`: a field that the user edits. ``value`` is its content as a Python value.

The value of a field has its own slot (``.value``, ``.checked``, ``.selected``). The page sets it as
a property and never as an attribute, because the attribute is only the default of the field.

`InputElement.receive` handles values from the page and accepts only valid content. Authors set the
``value`` property. A text that breaks a rule of the field (``required``, ``pattern`` ...) is
stored; ``valid`` and ``reason`` report the error.

A new type of field needs a class with ``INPUT_TYPE`` (and ``PYTHON_TYPES``, if forms use it) and
its name in ``everview.html``. If browsers treat the text of such a field in a special way, the
type also needs a line in ``client/replica/fields.js`` and in ``testing/person/input_rules.py``.

The types of fields are in ``text_inputs``, ``number_inputs``, ``date_inputs``, ``choices`` and
``select``.
Threads: the rules of the module ``node`` apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self

from everview.errors import AttributeValueError
from everview.html.fields.validity import MISSING, Validity
from everview.html.tree.attribute_text import number_text
from everview.html.tree.element import Handler, Keyword
from everview.html.tree.events import CHANGE
from everview.html.tree.node import Child
from everview.i18n import _

#: Longest text that a page may report for one field, in characters.
MAX_VALUE = 1_000_000


class TooLongError(ValueError):
    """The page reported a text of more than `MAX_VALUE` characters."""


class Binding(Protocol):
    """The methods of `Value` that fields use. Importing `Value` would be a circular import."""

    value: Any

    def bind(self, field: InputElement) -> None: ...
    def change_handler(self, field: InputElement, handler: Handler | None) -> Handler: ...


class InputElement(Validity):
    """Base class of fields. ``InputElement(type="date")`` makes the field of that type.

    Args:
        children: as for `Element`.
        value: the content of the field; None: the field is empty.
        attributes: as for `Element`, and two more keywords. ``bind=`` is a `Value` that the field
            shows and edits. ``input_delay=`` is the time in ms that the page waits for more input
            before it reports a change. The page does not wait when the field loses the focus, on
            Enter, and before any other event.

    Raises:
        AttributeValueError: the field cannot contain the value.
    """

    __slots__ = ("_bound", "_value")
    TAG_NAME = "input"
    SLOT: ClassVar[str] = ".value"
    INPUT_TYPE: ClassVar[str] = ""
    #: The Python types for which `Form` uses this class.
    PYTHON_TYPES: ClassVar[tuple[type, ...]] = ()
    #: The value of an empty field.
    EMPTY: ClassVar[object] = ""
    #: The attribute for the default value in HTML. In Everview, it sets the value.
    VALUE_ATTRIBUTE: ClassVar[str] = "value"
    #: The class for each type of ``<input>``.
    TYPES: ClassVar[dict[str, type[InputElement]]] = {}
    #: The class that `Form` uses for each Python type.
    BY_PYTHON_TYPE: ClassVar[dict[type, type[InputElement]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if vars(cls).get("INPUT_TYPE"):
            InputElement.TYPES.setdefault(cls.INPUT_TYPE, cls)
        for python_type in vars(cls).get("PYTHON_TYPES", ()):
            InputElement.BY_PYTHON_TYPE.setdefault(python_type, cls)

    def __new__(cls, *children: Any, **attributes: Any) -> Self:
        kind: Any = cls
        if cls is InputElement:
            given = str(attributes.get("type") or "text").lower()
            if given == "file":
                raise AttributeValueError("a file input needs a bucket: write FileInput(bucket)")
            # Browsers treat an unknown type as text.
            kind = cls.TYPES.get(given, cls.TYPES["text"])
        made: Self = super().__new__(kind)
        return made

    def __init__(self, *children: Child, value: object = None, **attributes: Keyword) -> None:
        self._value: Any = self.EMPTY
        self._bound: Binding | None = None
        keywords: dict[str, Any] = dict(attributes)
        delay, bind = keywords.pop("input_delay", None), keywords.pop("bind", None)
        super().__init__(*children)
        if self.INPUT_TYPE:
            self.set_attribute("type", self.INPUT_TYPE)
        self.listen(CHANGE(delay) if delay is not None else CHANGE)
        self._set_keywords(keywords)
        if value is not None:
            self.value = value
        if bind is not None:
            self._bound = bind
            bind.bind(self)

    # the value of the field --------------------------------------------------------------------

    @property
    def value(self) -> object:
        """The content of the field."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._assign(value)

    def _assign(self, value: object) -> None:
        """Set the value from Python, not from a page. Raises `AttributeValueError`."""
        self._set_value(self.clean(value))
        self._update_bound()

    def _update_bound(self) -> None:
        if self._bound is not None:
            self._bound.value = self.value

    def _set_value(self, value: Any) -> None:
        with self.lock:
            if value != self._value or type(value) is not type(self._value):
                self._value = value
                self.mark_changed(self.SLOT)

    def show_bound(self) -> None:
        """Show the current value of the `Value` to which this field is bound."""
        assert self._bound is not None
        while True:
            value = self._bound.value
            if value != self.value:
                empty = value is None and self.EMPTY == ""
                self._set_value("" if empty else self.clean(value))
            if self._bound.value is value:
                return
            # Another thread has set a newer value: show that value.

    def clean(self, value: Any) -> Any:
        """Check ``value``, and convert it to the form in which it is stored.

        Raises:
            AttributeValueError: the field cannot contain ``value``.
        """
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            raise self._wrong_type(value, "a text; '' empties the field")
        return str(value) if isinstance(value, str) else number_text(value)

    def _wrong_type(self, value: object, wanted: str) -> AttributeValueError:
        try:
            shown = repr(value)
        except ValueError:  # repr() refuses integers with too many digits
            shown = "this number"
        return AttributeValueError(
            f"{type(self).__name__}.value cannot be {shown} ({type(value).__name__}): "
            f"give {wanted}"
        )

    def receive(self, data: object) -> object:
        """Store a value from the page, and return it as a Python value.

        Raises:
            ValueError: the field cannot contain such a value.
        """
        if not isinstance(data, str):
            raise ValueError("a text is expected")  # noqa: TRY004  (wrong data of a page)
        if len(data) > MAX_VALUE:
            raise TooLongError(f"a text of at most {MAX_VALUE:,} characters is expected")
        try:
            value = self.clean(data)
        except AttributeValueError as error:
            raise ValueError(f"{data[:60]!r} is not a value of this field") from error
        with self.lock:
            self._set_value(value)
            if self._wire_value() not in (None, data):
                # The page still shows the text that it reported, for example with blanks around it.
                self.mark_changed(self.SLOT)
        return self._value

    def event_data(self, value: object) -> object:
        """Return the event data that reports a change to ``value``."""
        return value

    def take_text(self, text: str) -> None:
        """Set the value from HTML text: ``<input type="number" value="3">``.

        As in browsers, a text that is not a valid value empties the field.
        """
        self.value = text

    def set_attribute(self, name: str, value: Any) -> None:
        if name != self.VALUE_ATTRIBUTE:
            super().set_attribute(name, value)
        elif isinstance(value, str):
            self.take_text(value)
        else:
            self._set_value(self.EMPTY if value is None else self.clean(value))

    def get_handler(self, event: str) -> Handler | None:
        handler = super().get_handler(event)
        if event == "change" and self._bound is not None:
            handler = self._bound.change_handler(self, handler)
        return handler

    # validity of the value ---------------------------------------------------------------------

    @property
    def readonly(self) -> bool:
        """Whether the field cannot be edited."""
        return self.get_attribute("readonly") is not None

    @readonly.setter
    def readonly(self, readonly: bool) -> None:
        self.set_attribute("readonly", readonly)

    def _is_checked_for_validity(self) -> bool:
        return not self.readonly and super()._is_checked_for_validity()

    def _is_missing(self) -> bool:
        return bool(self.value == "" or self.value is None)

    def _find_reason(self) -> str:
        if self.required and self._is_missing():
            return _(MISSING)
        return ""

    # slots for frames --------------------------------------------------------------------------

    def _wire_value(self) -> object:
        return self._value

    def wire_slots(self) -> Mapping[str, object]:
        return {**(super().wire_slots() or {}), self.SLOT: self._wire_value()}

    def read_slot(self, slot: str) -> object:
        return self._wire_value() if slot == self.SLOT else super().read_slot(slot)


#: An alias of `InputElement`: the name of the tag in HTML.
Input = InputElement
