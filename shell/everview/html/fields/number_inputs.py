"""Numbers: `NumberInput` (a number or None) and `Range`, a slider (always a float).

A whole number above 2**53 that no float represents exactly is stored as an int, so that an
identifier of 64 bits keeps all of its digits.

Threads: the rules of the module ``node`` apply.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from numbers import Real
from typing import Any

from everview.html.fields.parsed_inputs import ParsedInput
from everview.html.tree.element import Keyword
from everview.i18n import N_

#: The syntax of numbers in the HTML standard ("valid floating-point number"); float() accepts more.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DIGITS = re.compile(r"[+-]?\d+", re.ASCII)
#: Floats represent every whole number up to this limit exactly.
_EXACT = 2.0**53


class NumberInput(ParsedInput[float]):
    """A field for a number. ``value`` is a float, or None while the field contains no number.

    A whole number above 2**53 is an int if a float would change its digits.

    Every number is valid unless ``step`` is given. (In HTML, only whole numbers are valid by
    default.)

    Args:
        value: the number; None: the field is empty.
        min: the smallest valid number.
        max: the greatest valid number.
        step: the distance between valid numbers.
        attributes: as for `InputElement`.
    """

    __slots__ = ()
    INPUT_TYPE = "number"
    CALLED = N_("a number")
    PYTHON_TYPES = (int, float)

    def __init__(
        self,
        value: float | None = None,
        min: float | None = None,
        max: float | None = None,
        step: float | str | None = "any",
        **attributes: Keyword,
    ) -> None:
        super().__init__(value=value, min=min, max=max, step=step, **attributes)

    @property  # type: ignore[override]  # the setter of the base class takes any value
    def value(self) -> float | None:
        """The number; None while the field is empty or its text is not a number."""
        number: float | None = self._value
        return number

    @value.setter
    def value(self, value: float | None) -> None:
        self._assign(value)

    def clean(self, value: Any) -> float | None:
        if value is None:
            return None
        if not isinstance(value, bool) and isinstance(value, (Real, Decimal)):
            try:
                number = float(value)
            except (ValueError, OverflowError):  # float() refuses a signalling NaN and 10**400
                number = math.nan
            if math.isfinite(number):
                whole: Any = math.trunc(value)
                return whole if whole == value and whole != number else number
        raise self._wrong_type(value, "a finite number, or None to empty the field")

    def parse(self, text: str) -> float:
        if not _NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
            raise ValueError(f"{text!r} is not a number")
        if abs(number) >= _EXACT and (_DIGITS.fullmatch(text) or self._has_whole_steps()):
            exact = Decimal(text)
            if int(exact) == exact and int(exact) != number:
                return int(exact)
        return number

    def _has_whole_steps(self) -> bool:
        step = self._step()
        return step is not None and step == step.to_integral_value()

    def format(self, value: Any) -> str:
        if isinstance(value, int):
            return str(value)
        number = float(value)
        # The text of a number without needless zeros: 3, not 3.0.
        return str(int(number)) if number.is_integer() and abs(number) < 1e21 else repr(number)

    def number(self, value: Any) -> Decimal:
        return Decimal(value) if isinstance(value, int) else Decimal(repr(float(value)))

    def value_at(self, number: Decimal) -> float:
        found = self.clean(number)
        assert found is not None
        return found

    def _is_at(self, number: Decimal, value: Any) -> bool:
        if isinstance(value, float):
            # Compare as floats, as Chromium does: many decimal numbers round to the same float.
            return float(number) == value
        return super()._is_at(number, value)


class Range(NumberInput):
    """A slider, by default from 0 to 100 in steps of 1. ``value`` is always a float.

    As in browsers, a value outside the limits is replaced by the nearest limit, and a value between
    two steps by the nearest step. If no value is set, the slider is in the middle.

    Args:
        value: the position; None: the middle.
        min: the lower limit.
        max: the upper limit.
        step: the distance between positions; "any": every position.
        attributes: as for `InputElement`.
    """

    __slots__ = ()
    INPUT_TYPE = "range"

    def __init__(
        self,
        value: float | None = None,
        min: float | None = None,
        max: float | None = None,
        step: float | str | None = None,
        **attributes: Keyword,
    ) -> None:
        super().__init__(value=value, min=min, max=max, step=step, **attributes)

    @property
    def value(self) -> float:
        """The position of the slider."""
        least = 0.0 if self.min is None else self.min
        greatest = max(least, 100.0 if self.max is None else self.max)
        value = least + (greatest - least) / 2 if self._value is None else self._value
        value = min(max(value, least), greatest)
        step = self._step()
        if step is not None:
            base, top = self._step_base(), self.number(greatest)
            steps = ((self.number(value) - base) / step).to_integral_value("ROUND_HALF_UP")
            at = base + steps * step
            value = float(at if at <= top else at - step)
        return float(max(value, least))

    @value.setter
    def value(self, value: float | None) -> None:
        self._assign(value)

    def clean(self, value: Any) -> float | None:
        number = super().clean(value)
        return None if number is None else float(number)

    def parse(self, text: str) -> float:
        return float(super().parse(text))

    def value_at(self, number: Decimal) -> float:
        return float(number)

    def receive(self, data: object) -> float:
        super().receive(data)
        self._unreadable = False
        self._text = None
        return self.value

    def set_attribute(self, name: str, value: Any) -> None:
        super().set_attribute(name, value)
        if name in ("min", "max", "step"):
            self.mark_changed(self.SLOT)  # the new limits may have moved the slider

    def _wire_value(self) -> str:
        return self.format(self.value)

    def _find_reason(self) -> str:
        return ""
