"""`ParsedInput`: fields whose text is parsed as a value of another type, with limits and steps.

While a value is partly typed ("1e", half a date), ``value`` is None and ``valid`` is False. The
page keeps the typed text until the author sets a value. A complete text is also shown as the user
typed it ("1.50" stays "1.50").

Browsers do not report a partly typed number or date. Only the window in which it is typed shows the
text; other windows show an empty field.

The types of these fields are in ``number_inputs`` and ``date_inputs``.
Threads: the rules of the module ``node`` apply.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from everview.errors import AttributeValueError
from everview.html.fields.inputs import InputElement
from everview.html.fields.validity import decimal, off_step
from everview.html.tree.element import Keyword
from everview.i18n import _

#: The type of the value of a field.
V = TypeVar("V")
#: The greatest length of the text of a value, in characters.
LONGEST = 400


class ParsedInput(InputElement, Generic[V]):
    """Base class of fields with parsed text.

    Args:
        value: the content of the field; None: the field is empty.
        min: the smallest valid value, of the type of ``value``.
        max: the greatest valid value.
        step: the distance between valid values; "any": all values are valid.
        attributes: as for `InputElement`.
    """

    __slots__ = ("_text", "_unreadable")
    EMPTY = None
    #: The noun for a value of this class in error messages, such as "a number".
    CALLED: ClassVar[str] = "a value"
    #: ``STEP`` is the default of ``step``. ``STEP_SCALE`` is the factor from the unit of ``step``
    #: to the unit of `number`.
    STEP: ClassVar[Decimal] = Decimal(1)
    STEP_SCALE: ClassVar[Decimal] = Decimal(1)

    def __init__(
        self,
        value: object = None,
        min: object = None,
        max: object = None,
        step: float | str | None = None,
        **attributes: Keyword,
    ) -> None:
        self._text: str | None = None
        self._unreadable = False
        # Set the limits before the value, because they restrict the value of a slider.
        limits: dict[str, Any] = {"min": min, "max": max, "step": step}
        super().__init__(value=value, **limits, **attributes)

    # methods that subclasses define ------------------------------------------------------------

    def parse(self, text: str) -> V:
        """Parse a text and return its value. Raises ValueError."""
        raise NotImplementedError

    def format(self, value: Any) -> str:
        """Return the text of a value in the format of HTML."""
        raise NotImplementedError

    def number(self, value: Any) -> Decimal:
        """Convert a value to a number, for comparisons and for steps."""
        raise NotImplementedError

    def value_at(self, number: Decimal) -> V:
        """Return the value whose `number` is ``number``. Raises ValueError if there is none."""
        raise NotImplementedError

    # the value of the field --------------------------------------------------------------------

    def receive(self, data: object) -> object:
        # The page sends null if the field contains a text that is not a value.
        if data is not None and (not isinstance(data, str) or len(data) > LONGEST):
            raise ValueError("a short text or null is expected")
        text = data if isinstance(data, str) else ""
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
        # False means that the typed text is not a value. Only the page in which the text was
        # typed shows it.
        if self._unreadable:
            return False
        if self._text is not None:
            return self._text
        return "" if self._value is None else self.format(self._value)

    # attributes for the limits -----------------------------------------------------------------

    @property
    def min(self) -> V | None:
        """The smallest valid value, or None."""
        return self._limit("min")

    @min.setter
    def min(self, value: V | str | None) -> None:
        self.set_attribute("min", value)

    @property
    def max(self) -> V | None:
        """The greatest valid value, or None."""
        return self._limit("max")

    @max.setter
    def max(self, value: V | str | None) -> None:
        self.set_attribute("max", value)

    def _limit(self, name: str) -> V | None:
        text = self.get_attribute(name)
        try:
            return self.parse(text) if text else None
        except ValueError:
            return None

    def set_attribute(self, name: str, value: Any) -> None:
        if name in ("min", "max") and value is not None and not isinstance(value, str):
            try:
                value = self.format(self.clean(value))
            except AttributeValueError as error:
                raise AttributeValueError(
                    f"{type(self).__name__}({name}=...) cannot be used: give {self.CALLED}. {error}"
                ) from None
        super().set_attribute(name, value)

    # validity of the value ---------------------------------------------------------------------

    def _find_reason(self) -> str:
        if self._unreadable:
            return _("Please enter {what}.").format(what=_(self.CALLED))
        value = self.value
        if value is None:
            return super()._find_reason()
        return self._find_limit_reason(value) or self._find_step_reason(value)

    def _find_limit_reason(self, value: Any) -> str:
        least, greatest = self.min, self.max
        if least is not None and value < least:
            return _("Please enter {value} or more.").format(value=self.in_words(least))
        if greatest is not None and value > greatest:
            return _("Please enter {value} or less.").format(value=self.in_words(greatest))
        return ""

    def _find_step_reason(self, value: Any) -> str:
        step = self._step()
        nearest = off_step(self.number(value), self._step_base(), step) if step else None
        # A float may not be an exact multiple of the step (1e300 and 0.3). It is valid if no other
        # float is closer to a multiple.
        if nearest is None or self._is_at(nearest[0], value) or self._is_at(nearest[1], value):
            return ""
        shown = [text for text in map(self._number_in_words, nearest) if text]
        if len(shown) == 2:
            template = _("Please enter a valid value; the nearest are {below} and {above}.")
            return template.format(below=shown[0], above=shown[1])
        template = _("Please enter a valid value; the nearest is {value}.")
        return template.format(value="".join(shown))

    def _step(self) -> Decimal | None:
        """The step in units of `number`; None: every value is valid."""
        text = self.get_attribute("step")
        if text is not None and text.lower() == "any":
            return None
        step = decimal(text)
        return (step if step is not None and step > 0 else self.STEP) * self.STEP_SCALE

    def _step_base(self) -> Decimal:
        least = self.min
        return Decimal(0) if least is None else self.number(least)

    def in_words(self, value: Any) -> str:
        """The text of a value for error messages."""
        return self.format(value)

    def _is_at(self, number: Decimal, value: Any) -> bool:
        try:
            return bool(self.value_at(number) == value)
        except (ValueError, OverflowError):
            return False

    def _number_in_words(self, number: Decimal) -> str:
        """Convert ``number`` to a text for the user; "" if it is outside the limits."""
        try:
            value = self.value_at(number)
        except (ValueError, OverflowError):
            return ""
        return "" if self._find_limit_reason(value) else self.in_words(value)

    def structure(self) -> tuple[Any, ...]:
        return (*super().structure(), self._unreadable)
