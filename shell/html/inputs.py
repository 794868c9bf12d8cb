"""Elements a person changes: their ``value`` is what is in the field, in its Python type.

A value is a slot of its own (``.value``, ``.checked``, ``.selected`` on the wire), a property in
the page and never an attribute: an attribute would only be the field's default.

What the page reports goes through `InputElement.receive`, which accepts no more than the field
can hold. What the author sets goes through the ``value`` property.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice
from typing import Any

from shell.errors import AttributeValueError
from shell.html.element import Element
from shell.html.events import CHANGE
from shell.html.node import Child

#: Longest text a page may report for one field, in characters.
MAX_VALUE = 1_000_000


class InputElement(Element):
    """What all fields share.

    ``input_delay`` is how long the page waits, in ms, before it reports typing; leaving the field,
    Enter and any other event report at once.
    """

    __slots__ = ("_value",)
    SLOT = ".value"
    INPUT_TYPE = ""
    TAG_NAME = "input"
    #: What a field without a value holds.
    EMPTY: Any = ""

    def __init__(
        self,
        *children: Child,
        value: Any = None,
        disabled: bool = False,
        readonly: bool = False,
        input_delay: int | None = None,
        **attributes: Any,
    ) -> None:
        self._value: Any = self.EMPTY
        super().__init__(*children)
        if self.INPUT_TYPE:
            self._set_attribute("type", self.INPUT_TYPE)
        self._set_attribute("disabled", disabled)
        self._set_attribute("readonly", readonly)
        self._listen(CHANGE(input_delay) if input_delay is not None else CHANGE)
        self._take_keywords(attributes)
        if value is not None:
            self.value = value

    @property
    def value(self) -> Any:
        """What is in the field."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._set_value(self.clean(value))

    def _set_value(self, value: Any) -> None:
        with self.lock:
            if value != self._value or type(value) is not type(self._value):
                self._value = value
                self._touch(self.SLOT)

    def clean(self, value: Any) -> Any:
        """``value`` as this field holds it. Raises `AttributeValueError`."""
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            raise AttributeValueError(f"{type(self).__name__}.value cannot be {value!r}")
        return str(value)

    def receive(self, data: Any) -> Any:
        """Take what the page reports; returns the value. Raises ValueError for nonsense."""
        if not isinstance(data, str) or len(data) > MAX_VALUE:
            raise ValueError("a text of at most 1,000,000 characters is expected")
        self._set_value(data)
        return data

    @property
    def disabled(self) -> bool:
        return self._get_attribute("disabled") is not None

    @disabled.setter
    def disabled(self, disabled: bool) -> None:
        self._set_attribute("disabled", disabled)

    def _wire_value(self) -> Any:
        return self._value

    def _write_attributes(self) -> dict[str, Any]:
        attributes = super()._write_attributes()
        attributes[self.SLOT] = self._wire_value()
        return attributes

    def _read_slot(self, slot: str) -> Any:
        return self._wire_value() if slot == self.SLOT else super()._read_slot(slot)


class TextInput(InputElement):
    """One line of text."""

    __slots__ = ()
    INPUT_TYPE = "text"

    def __init__(self, value: str | None = None, **attributes: Any) -> None:
        super().__init__(value=value, **attributes)

    def clean(self, value: Any) -> str:
        # As browsers do ("value sanitization", HTML standard): one line has no line breaks.
        text: str = super().clean(value)
        return text.replace("\r", "").replace("\n", "")


class TextArea(TextInput):
    """Several lines of text."""

    __slots__ = ()
    TAG_NAME = "textarea"
    INPUT_TYPE = ""

    def clean(self, value: Any) -> str:
        text: str = InputElement.clean(self, value)
        return text.replace("\r\n", "\n").replace("\r", "\n")


class PasswordInput(TextInput):
    """A secret: what is typed reaches the view, never another window, nor this one again."""

    __slots__ = ()
    INPUT_TYPE = "password"

    def _wire_value(self) -> str | None:
        # Only emptying is sent. The page leaves the field alone for null.
        return None if self._value else ""

    def _shape(self) -> tuple[Any, ...]:
        return (*super()._shape(), bool(self._value))


class NumberInput(InputElement):
    """A number; None while the field is empty or holds what is not one."""

    __slots__ = ()
    INPUT_TYPE = "number"
    EMPTY = None

    def __init__(
        self,
        value: float | None = None,
        min: float | None = None,
        max: float | None = None,
        step: float | str | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(value=value, min=min, max=max, step=step, **attributes)

    def clean(self, value: Any) -> float | None:
        if value is None:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        raise AttributeValueError(f"{type(self).__name__}.value cannot be {value!r}: give a number")

    def receive(self, data: Any) -> float | None:
        text = data if isinstance(data, str) and len(data) <= 400 else ""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        cleaned = value if math.isfinite(value) else None
        self._set_value(cleaned)
        return cleaned

    def _wire_value(self) -> str:
        return "" if self._value is None else f"{self._value:.15g}"


class Range(NumberInput):
    """A slider."""

    __slots__ = ()
    INPUT_TYPE = "range"


class CheckBox(InputElement):
    """A box that is checked or not."""

    __slots__ = ()
    INPUT_TYPE = "checkbox"
    SLOT = ".checked"
    EMPTY = False

    def __init__(self, value: bool | None = None, **attributes: Any) -> None:
        super().__init__(value=value, **attributes)

    def clean(self, value: Any) -> bool:
        return bool(value)

    def receive(self, data: Any) -> bool:
        if data is not True and data is not False:
            raise ValueError("true or false is expected")
        self._set_value(data)
        return data


class Radio(CheckBox):
    """One of several choices: the others are the radios of the same ``name`` in the tree."""

    __slots__ = ()
    INPUT_TYPE = "radio"

    def _set_value(self, value: Any) -> None:
        with self.lock:
            if value:
                for other in self._group():
                    if other is not self:
                        CheckBox._set_value(other, False)
            super()._set_value(value)

    def _group(self) -> list[Radio]:
        name = self._get_attribute("name")
        top = self.root
        if name is None or not isinstance(top, Element):
            return []
        return [
            node
            for node in top._walk()
            if isinstance(node, Radio) and node._get_attribute("name") == name
        ]


class Option(Element):
    """A choice of a `Select`; ``value`` may be any Python value and stays in the process."""

    __slots__ = ("value",)
    TAG_NAME = "option"

    def __init__(self, *children: Child, value: Any = ..., **attributes: Any) -> None:
        """``value`` is the option's text unless it is given; None is a value too."""
        super().__init__(*children, **attributes)
        self.value = self.get_text() if value is ... else value


class Select(InputElement):
    """A choice among `Option` children, or ``values``: ``(value, label)`` or plain values.

    ``value`` is the chosen option's value, or a tuple of values with ``multiple=True``.
    """

    __slots__ = ("_multiple",)
    TAG_NAME = "select"
    SLOT = ".selected"
    EMPTY = ()

    def __init__(
        self,
        *options: Child,
        values: Iterable[Any] = (),
        value: Any = None,
        multiple: bool = False,
        **attributes: Any,
    ) -> None:
        self._multiple = multiple
        made = [
            Option(str(label), value=given)
            for given, label in (v if isinstance(v, tuple) else (v, v) for v in values)
        ]
        super().__init__(*options, *made, multiple=multiple, **attributes)
        if value is not None:
            self.value = value

    def _children_changed(self) -> None:
        # A page chooses anew by itself where options come and go: it is told what is chosen here.
        self._touch(self.SLOT)

    def _chosen(self) -> tuple[Option, ...]:
        """The chosen options that are still there; of a single select always one that can be.

        Source: HTML standard, "selectedness setting algorithm".
        """
        options = self.options
        chosen = tuple(option for option in self._value if option in options)
        if not self._multiple and not chosen:
            enabled = (o for o in options if o._get_attribute("disabled") is None)
            chosen = tuple(islice(enabled, 1))
        self._value = chosen
        return chosen

    @property
    def options(self) -> list[Option]:
        return [node for node in self._walk() if isinstance(node, Option)]

    @property
    def value(self) -> Any:
        chosen = tuple(option.value for option in self._chosen())
        return chosen if self._multiple else (chosen[0] if chosen else None)

    @value.setter
    def value(self, value: Any) -> None:
        wanted = list(value) if self._multiple else [value]
        options = self.options
        for item in wanted:
            if all(option.value != item for option in options):
                known = [option.value for option in options]
                raise AttributeValueError(f"Select has no option {item!r}; it has {known!r}")
        chosen = tuple(option for option in options if option.value in wanted)
        self._set_value(chosen if self._multiple else chosen[:1])

    def receive(self, data: Any) -> Any:
        options = self.options
        if not isinstance(data, list) or not all(
            type(index) is int and 0 <= index < len(options) for index in data
        ):
            raise ValueError("a list of indexes of options is expected")
        chosen = tuple(options[index] for index in dict.fromkeys(data))
        self._set_value(chosen if self._multiple else chosen[:1])
        return self.value

    def _wire_value(self) -> list[int]:
        chosen = self._chosen()
        return [index for index, option in enumerate(self.options) if option in chosen]
