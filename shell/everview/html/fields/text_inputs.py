"""Fields for text: one line, several lines, and texts in a format.

A text with the wrong format (``"ann@"`` in an ``EmailInput``) is stored as the value, so no typed
text is lost; ``valid`` is then False. Fields whose value is not a text are in other modules.
Threads: the rules of the module ``node`` apply.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from everview.html.fields.inputs import InputElement
from everview.html.fields.validity import fits_pattern, is_email, is_url, length, whole_number
from everview.html.tree.element import Keyword
from everview.i18n import _

_BLANKS = " \t\n\f\r"
_COLOR = re.compile(r"#[0-9a-f]{6}")


class TextInput(InputElement):
    """A field for one line of text."""

    __slots__ = ()
    INPUT_TYPE = "text"

    PYTHON_TYPES: ClassVar[tuple[type, ...]] = (str, Decimal, Path, UUID)

    def __init__(self, value: str | None = None, **attributes: Keyword) -> None:
        super().__init__(value=value, **attributes)

    @property
    def value(self) -> str:
        """The text."""
        text: str = self._value
        return text

    @value.setter
    def value(self, value: str | float) -> None:
        self._assign(value)

    def clean(self, value: Any) -> str:
        # Remove line breaks, as browsers do ("value sanitization", HTML standard).
        text: str = super().clean(value)
        return text.replace("\r", "").replace("\n", "")

    def _find_reason(self) -> str:
        text = self.value
        if not text:
            return super()._find_reason()
        shortest = whole_number(self.get_attribute("minlength"))
        if shortest is not None and length(text) < shortest:
            template = _("Please use at least {count} characters ({now} now).")
            return template.format(count=shortest, now=length(text))
        longest = whole_number(self.get_attribute("maxlength"))
        if longest is not None and length(text) > longest:
            template = _("Please use at most {count} characters ({now} now).")
            return template.format(count=longest, now=length(text))
        if reason := self._find_format_reason(text):
            return reason
        pattern = self.get_attribute("pattern")
        if pattern is not None and not self._fits_pattern(pattern, text):
            hint = self.get_attribute("title")
            template = _("Please match the requested format: {hint}.")
            return template.format(hint=hint) if hint else _("Please match the requested format.")
        return ""

    def _find_format_reason(self, text: str) -> str:
        """The reason why a non-empty text has the wrong format; "" if the format is right."""
        return ""

    def _fits_pattern(self, pattern: str, text: str) -> bool:
        return fits_pattern(pattern, text)


class TextArea(TextInput):
    """A field for several lines of text."""

    __slots__ = ()
    TAG_NAME = "textarea"
    INPUT_TYPE = ""

    def clean(self, value: Any) -> str:
        text: str = InputElement.clean(self, value)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _fits_pattern(self, pattern: str, text: str) -> bool:
        return True  # `pattern` has no effect on a text area


class PasswordInput(TextInput):
    """A field for a password. The view receives the password, but no window does."""

    __slots__ = ()
    INPUT_TYPE = "password"

    def _wire_value(self) -> str | None:
        # If the sent value is "", the page empties the field. If it is null, the page does nothing.
        return None if self._value else ""

    def structure(self) -> tuple[Any, ...]:
        return (*super().structure(), bool(self._value))


class SearchInput(TextInput):
    """A field for search words."""

    __slots__ = ()
    INPUT_TYPE = "search"


class TelInput(TextInput):
    """A field for a telephone number. The format differs by country and is not checked."""

    __slots__ = ()
    INPUT_TYPE = "tel"


class EmailInput(TextInput):
    """A field for an e-mail address; with ``multiple=True``, for several, separated by commas."""

    __slots__ = ()
    INPUT_TYPE = "email"

    @property
    def _multiple(self) -> bool:
        return self.get_attribute("multiple") is not None

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if self._multiple:
            return ",".join(part.strip(_BLANKS) for part in text.split(","))
        return text.strip(_BLANKS)

    def _addresses(self, text: str) -> list[str]:
        return text.split(",") if self._multiple else [text]

    def _find_format_reason(self, text: str) -> str:
        wrong = next((part for part in self._addresses(text) if not is_email(part)), None)
        if wrong is None:
            return ""
        if self._multiple:
            return _("{text} is not an e-mail address.").format(text=repr(wrong))
        return _("Please enter an e-mail address, like ann@example.org.")

    def _fits_pattern(self, pattern: str, text: str) -> bool:
        return all(fits_pattern(pattern, part) for part in self._addresses(text))


class UrlInput(TextInput):
    """A field for an absolute URL."""

    __slots__ = ()
    INPUT_TYPE = "url"

    def clean(self, value: Any) -> str:
        return super().clean(value).strip(_BLANKS)

    def _find_format_reason(self, text: str) -> str:
        return "" if is_url(text) else _("Please enter a URL, like https://example.org.")


class ColorInput(TextInput):
    """A field for a colour. ``value`` is ``"#rrggbb"`` in lower case and never empty."""

    __slots__ = ()
    INPUT_TYPE = "color"
    EMPTY = "#000000"

    def clean(self, value: Any) -> str:
        text = super().clean(value).lower()
        if not _COLOR.fullmatch(text):
            raise self._wrong_type(value, "a colour like '#12ab90'")
        return text

    def take_text(self, text: str) -> None:
        self._assign(text if _COLOR.fullmatch(text.lower()) else self.EMPTY)


class HiddenInput(TextInput):
    """A text that is hidden in the page and cannot be edited."""

    __slots__ = ()
    INPUT_TYPE = "hidden"

    def clean(self, value: Any) -> str:
        text: str = InputElement.clean(self, value)
        return text

    def receive(self, data: object) -> object:
        raise ValueError("a hidden field cannot be edited")

    def _is_checked_for_validity(self) -> bool:
        return False


class ButtonInput(TextInput):
    """``<input type="button">``: a button with the text ``value``. Prefer `Button`."""

    __slots__ = ()
    INPUT_TYPE = "button"

    def receive(self, data: object) -> object:
        raise ValueError("a button cannot be edited")

    def _is_checked_for_validity(self) -> bool:
        return False


class Submit(ButtonInput):
    """``<input type="submit">``: a button that submits its form."""

    __slots__ = ()
    INPUT_TYPE = "submit"


class Reset(ButtonInput):
    """A button for the event ``reset`` of its form. The view's handler must reset the values."""

    __slots__ = ()
    INPUT_TYPE = "reset"


class ImageInput(ButtonInput):
    """``<input type="image">``: a picture that submits its form."""

    __slots__ = ()
    INPUT_TYPE = "image"
