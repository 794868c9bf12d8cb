"""`InputElement`: what a person changes. ``value`` is what is in the field, in its Python type.

A value is a slot of its own (``.value``, ``.checked``, ``.selected`` on the wire), a property in
the page and never an attribute: an attribute would only be the field's default.

What the page reports goes through `InputElement.receive`, which accepts no more than the field
can hold. What the author sets goes through the ``value`` property. Text that is right for the field
but wrong for its rules (``required``, ``pattern`` ...) is kept: ``valid`` and ``reason`` say so.

Not for: the kinds of fields: ``text_inputs``, ``number_inputs``, ``date_inputs``, ``choices``,
``select``.
Threads: as ``node``.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from everview.errors import AttributeValueError
from everview.html.fields.validity import MISSING, Validity
from everview.html.tree.element import Element, Handler
from everview.html.tree.events import CHANGE
from everview.html.tree.node import Child
from everview.i18n import _

#: Longest text a page may report for one field, in characters.
MAX_VALUE = 1_000_000


class InputElement(Validity):
    """What all fields share. ``InputElement(type="date")`` makes the field of that type.

    ``input_delay`` is how long the page waits, in ms, before it reports typing; leaving the field,
    Enter and any other event report at once. ``bind`` is a `Value` that the field shows and edits.
    """

    __slots__ = ("_bound", "_value")
    TAG_NAME = "input"
    SLOT: ClassVar[str] = ".value"
    INPUT_TYPE: ClassVar[str] = ""
    #: What a field without a value holds.
    EMPTY: ClassVar[Any] = ""
    #: The attribute that stands for the value in HTML; it is the value here.
    VALUE_ATTRIBUTE: ClassVar[str] = "value"
    #: The class for each type of ``<input>``.
    TYPES: ClassVar[dict[str, type[InputElement]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if vars(cls).get("INPUT_TYPE"):
            InputElement.TYPES.setdefault(cls.INPUT_TYPE, cls)

    def __new__(cls, *children: Any, **attributes: Any) -> Self:
        kind: Any = cls
        if cls is InputElement:
            given = str(attributes.get("type") or "text").lower()
            if given == "file":
                raise AttributeValueError("files go to a bucket: write FileInput(bucket)")
            # Browsers take an unknown type for text.
            kind = cls.TYPES.get(given, cls.TYPES["text"])
        made: Self = super().__new__(kind)
        return made

    def __init__(
        self,
        *children: Child,
        value: Any = None,
        disabled: bool = False,
        readonly: bool = False,
        input_delay: int | None = None,
        bind: Any = None,
        **attributes: Any,
    ) -> None:
        self._value: Any = self.EMPTY
        self._bound: Any = None
        super().__init__(*children)
        if self.INPUT_TYPE:
            self.set_attribute("type", self.INPUT_TYPE)
        self.set_attribute("disabled", disabled)
        self.set_attribute("readonly", readonly)
        self.listen(CHANGE(input_delay) if input_delay is not None else CHANGE)
        self._set_keywords(attributes)
        if value is not None:
            self.value = value
        if bind is not None:
            self._bound = bind
            bind.bind(self)

    # value -------------------------------------------------------------------------------------

    @property
    def value(self) -> Any:
        """What is in the field."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._set_value(self.clean(value))
        self._tell_bound()

    def _tell_bound(self) -> None:
        if self._bound is not None:
            self._bound.value = self.value

    def _set_value(self, value: Any) -> None:
        with self.lock:
            if value != self._value or type(value) is not type(self._value):
                self._value = value
                self.mark_changed(self.SLOT)

    def show_bound(self) -> None:
        """Show what the `Value` is that this field is bound to."""
        while True:
            value = self._bound.value
            if value != self.value:
                empty = value is None and self.EMPTY == ""
                self._set_value("" if empty else self.clean(value))
            if self._bound.value is value:
                return  # else another thread set it, and may have been overwritten just now

    def clean(self, value: Any) -> Any:
        """``value`` as this field holds it. Raises `AttributeValueError`."""
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            raise self._wrong_type(value, "a text; '' empties it")
        return str(value)

    def _wrong_type(self, value: Any, wanted: str) -> AttributeValueError:
        return AttributeValueError(
            f"{type(self).__name__}.value cannot be {value!r} ({type(value).__name__}): "
            f"give {wanted}"
        )

    def receive(self, data: Any) -> Any:
        """Take what the page reports; returns the value. Raises ValueError for nonsense."""
        if not isinstance(data, str) or len(data) > MAX_VALUE:
            raise ValueError("a text of at most 1,000,000 characters is expected")
        try:
            value = self.clean(data)
        except AttributeValueError as error:
            raise ValueError(f"{data[:60]!r} is no value of this field") from error
        self._set_value(value)
        return self._value

    def event_data(self, value: Any) -> Any:
        """What an event of a change that brought ``value`` has as its data."""
        return value

    def take_text(self, text: str) -> None:
        """Take the value as HTML text writes it: ``<input type="number" value="3">``.

        A text that is no value empties the field, as in browsers.
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
        """What is called for input events of this name, or None."""
        handler = super().get_handler(event)
        if event == "change" and self._bound is not None:
            handler = self._bound.change_handler(self, handler)
        return handler

    # validity ----------------------------------------------------------------------------------

    @property
    def readonly(self) -> bool:
        return self.get_attribute("readonly") is not None

    @readonly.setter
    def readonly(self, readonly: bool) -> None:
        self.set_attribute("readonly", readonly)

    def _is_judged(self) -> bool:
        return not self.readonly and super()._is_judged()

    def _is_missing(self) -> bool:
        return bool(self.value == "" or self.value is None)

    def _judge(self) -> str:
        if self.required and self._is_missing():
            return _(MISSING)
        return ""

    # wire --------------------------------------------------------------------------------------

    def _wire_value(self) -> Any:
        return self._value

    def wire_slots(self) -> dict[str, Any]:
        return {**(super().wire_slots() or {}), self.SLOT: self._wire_value()}

    def read_slot(self, slot: str) -> Any:
        return self._wire_value() if slot == self.SLOT else super().read_slot(slot)


#: ``<input>`` by its name in HTML.
Input = InputElement

__all__ = ["MAX_VALUE", "Element", "Input", "InputElement"]
