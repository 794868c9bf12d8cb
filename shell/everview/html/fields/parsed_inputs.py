"""`ParsedInput`: fields whose text stands for a value of another type, with ``min``, ``max``, step.

What a person has typed so far may be no value yet ("1e", half a date). Then ``value`` is None,
``valid`` is False, and the page keeps what was typed: the server never writes over it, only an
author who sets a value does. A text that is one stays as it was typed, too ("1.50" stays "1.50").

Browsers keep a half-typed number or date to themselves, so only the window in which it is typed
shows it; others show the field empty.

Not for: the kinds: ``number_inputs``, ``date_inputs``.
Threads: as ``node``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from everview.errors import AttributeValueError
from everview.html.fields.inputs import InputElement
from everview.html.fields.validity import decimal, off_step
from everview.i18n import _

#: Longest text that can be a value of such a field.
LONGEST = 400


class ParsedInput(InputElement):
    """What they share. ``min``, ``max`` are of the type of ``value``."""

    __slots__ = ("_text", "_unreadable")
    EMPTY = None
    #: What a value is called, for reasons and errors.
    CALLED: ClassVar[str] = "a value"
    #: The step where none is given, and how many units of `number` one step is.
    STEP: ClassVar[Decimal] = Decimal(1)
    STEP_SCALE: ClassVar[Decimal] = Decimal(1)

    def __init__(
        self,
        value: Any = None,
        min: Any = None,
        max: Any = None,
        step: float | str | None = None,
        **attributes: Any,
    ) -> None:
        self._text: str | None = None
        self._unreadable = False
        super().__init__(value=value, min=min, max=max, step=step, **attributes)

    # what the kinds say ------------------------------------------------------------------------

    def parse(self, text: str) -> Any:
        """The value that a text stands for. Raises ValueError."""
        raise NotImplementedError

    def format(self, value: Any) -> str:
        """The text of a value, as HTML writes it."""
        raise NotImplementedError

    def number(self, value: Any) -> Decimal:
        """A value as a number, for comparing and for steps."""
        raise NotImplementedError

    def value_at(self, number: Decimal) -> Any:
        """The value that `number` made this of. Raises ValueError where there is none."""
        raise NotImplementedError

    # value -------------------------------------------------------------------------------------

    def receive(self, data: Any) -> Any:
        # null: there is something in the field that is no value.
        if data is not None and (not isinstance(data, str) or len(data) > LONGEST):
            raise ValueError("a short text is expected, or null")
        text = data or ""
        try:
            value, unreadable = (self.parse(text) if text else None), data is None
        except ValueError:
            value, unreadable = None, True
        with self.lock:
            changed = value != self._value or unreadable or self._unreadable
            self._value, self._unreadable = value, unreadable
            self._text = text if value is not None else None
            if changed:
                self.mark_changed(self.SLOT)
        return value

    def _set_value(self, value: Any) -> None:
        with self.lock:
            if value != self._value or self._unreadable:
                self._value, self._text, self._unreadable = value, None, False
                self.mark_changed(self.SLOT)

    def take_text(self, text: str) -> None:
        try:
            self.value = self.parse(text) if text else None
        except ValueError:
            self.value = None

    def _wire_value(self) -> str | bool | None:
        # false: not empty, but no value; a page in which that was typed leaves it alone.
        if self._unreadable:
            return False
        if self._text is not None:
            return self._text
        return "" if self._value is None else self.format(self._value)

    # attributes --------------------------------------------------------------------------------

    @property
    def min(self) -> Any:
        """The least value, or None."""
        return self._limit("min")

    @min.setter
    def min(self, value: Any) -> None:
        self.set_attribute("min", value)

    @property
    def max(self) -> Any:
        """The greatest value, or None."""
        return self._limit("max")

    @max.setter
    def max(self, value: Any) -> None:
        self.set_attribute("max", value)

    def _limit(self, name: str) -> Any:
        text = self.get_attribute(name)
        try:
            return self.parse(text) if text else None
        except ValueError:
            return None

    def set_attribute(self, name: str, value: Any) -> None:
        if name in ("min", "max") and value is not None and not isinstance(value, str):
            try:
                value = self.format(self.clean(value))
            except AttributeValueError:
                raise AttributeValueError(
                    f"{type(self).__name__}({name}=...) cannot be {value!r}: give {self.CALLED}"
                ) from None
        super().set_attribute(name, value)

    # validity ----------------------------------------------------------------------------------

    def _judge(self) -> str:
        if self._unreadable:
            return _("Please enter {what}.").format(what=_(self.CALLED))
        value = self.value
        if value is None:
            return super()._judge()
        return self._judge_limits(value) or self._judge_step(value)

    def _judge_limits(self, value: Any) -> str:
        least, greatest = self.min, self.max
        if least is not None and value < least:
            return _("Please enter {value} or more.").format(value=self.in_words(least))
        if greatest is not None and value > greatest:
            return _("Please enter {value} or less.").format(value=self.in_words(greatest))
        return ""

    def _judge_step(self, value: Any) -> str:
        step = self._step()
        nearest = step and off_step(self.number(value), self._step_base(), step)
        # 1e300 is no multiple of 0.3, and yet no other float is nearer to one.
        if not nearest or self._is_at(nearest[0], value) or self._is_at(nearest[1], value):
            return ""
        shown = [text for text in map(self._number_in_words, nearest) if text]
        if len(shown) == 2:
            said = _("Please enter a valid value; the nearest are {below} and {above}.")
            return said.format(below=shown[0], above=shown[1])
        said = _("Please enter a valid value; the nearest is {value}.")
        return said.format(value="".join(shown))

    def _step(self) -> Decimal | None:
        """The step in units of `number`; None: any value."""
        text = self.get_attribute("step")
        if text is not None and text.lower() == "any":
            return None
        step = decimal(text)
        return (step if step is not None and step > 0 else self.STEP) * self.STEP_SCALE

    def _step_base(self) -> Decimal:
        least = self.min
        return Decimal(0) if least is None else self.number(least)

    def in_words(self, value: Any) -> str:
        """A value in a sentence."""
        return self.format(value)

    def _is_at(self, number: Decimal, value: Any) -> bool:
        try:
            return bool(self.value_at(number) == value)
        except (ValueError, OverflowError):
            return False

    def _number_in_words(self, number: Decimal) -> str:
        """The value there in words; empty where there is none, or the limits exclude it."""
        try:
            value = self.value_at(number)
        except (ValueError, OverflowError):
            return ""
        return "" if self._judge_limits(value) else self.in_words(value)

    def structure(self) -> tuple[Any, ...]:
        return (*super().structure(), self._unreadable)
