"""Numbers: `NumberInput` (a float or None) and `Range`, a slider (always a float).

Threads: as ``node``.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from numbers import Real
from typing import Any

from everview.html.fields.parsed_inputs import ParsedInput
from everview.i18n import N_

#: HTML standard, "valid floating-point number"; Python's float() takes much more.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class NumberInput(ParsedInput):
    """A number; None while the field is empty or holds what is none.

    Any number is valid unless ``step`` is given: a float is what ``value`` is, though HTML's own
    default is whole numbers.
    """

    __slots__ = ()
    INPUT_TYPE = "number"
    CALLED = N_("a number")

    def __init__(
        self,
        value: float | None = None,
        min: float | None = None,
        max: float | None = None,
        step: float | str | None = "any",
        **attributes: Any,
    ) -> None:
        super().__init__(value=value, min=min, max=max, step=step, **attributes)

    def clean(self, value: Any) -> float | None:
        if value is None:
            return None
        if not isinstance(value, bool) and isinstance(value, (Real, Decimal)):
            number = float(value)
            if math.isfinite(number):
                return number
        raise self._wrong_type(value, "a finite number, or None to empty it")

    def parse(self, text: str) -> float:
        if not _NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
            raise ValueError(f"{text!r} is no number")
        return number

    def format(self, value: Any) -> str:
        number = float(value)
        # As a person writes it: 3, not 3.0.
        return str(int(number)) if number.is_integer() and abs(number) < 1e21 else repr(number)

    def number(self, value: Any) -> Decimal:
        return Decimal(repr(float(value)))

    def value_at(self, number: Decimal) -> float:
        return float(number)


class Range(NumberInput):
    """A slider, from 0 to 100 by steps of 1 unless told otherwise.

    It always has a value: what is outside comes to the nearest end, what is between steps to the
    nearest step, and what was never set is the middle, as in browsers.
    """

    __slots__ = ()
    INPUT_TYPE = "range"

    def __init__(
        self,
        value: float | None = None,
        min: float | None = None,
        max: float | None = None,
        step: float | str | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(value=value, min=min, max=max, step=step, **attributes)

    @property
    def value(self) -> float:
        """Where the slider is."""
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
    def value(self, value: Any) -> None:
        self._set_value(self.clean(value))
        self._tell_bound()

    def receive(self, data: Any) -> float:
        super().receive(data)
        self._unreadable = False
        self._text = None
        return self.value

    def set_attribute(self, name: str, value: Any) -> None:
        super().set_attribute(name, value)
        if name in ("min", "max", "step"):
            self.mark_changed(self.SLOT)  # the slider may be elsewhere now

    def _wire_value(self) -> str:
        return self.format(self.value)

    def _judge(self) -> str:
        return ""
