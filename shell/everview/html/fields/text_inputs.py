"""Fields that hold text: one line, several, and the kinds whose text has a form.

A text of the wrong form (``EmailInput`` with ``"ann@"``) stays the value: nothing typed is lost,
and ``valid`` is False. Not for: values of other types.
Threads: as ``node``.
"""

from __future__ import annotations

import re
from typing import Any

from everview.html.fields.inputs import InputElement
from everview.html.fields.validity import fits_pattern, is_email, is_url, length, whole_number
from everview.i18n import _

_BLANKS = " \t\n\f\r"
_COLOR = re.compile(r"#[0-9a-f]{6}")


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

    def _judge(self) -> str:
        text: str = self.value
        if not text:
            return super()._judge()
        shortest = whole_number(self.get_attribute("minlength"))
        if shortest is not None and length(text) < shortest:
            said = _("Please use at least {count} characters ({now} now).")
            return said.format(count=shortest, now=length(text))
        longest = whole_number(self.get_attribute("maxlength"))
        if longest is not None and length(text) > longest:
            said = _("Please use at most {count} characters ({now} now).")
            return said.format(count=longest, now=length(text))
        if reason := self._judge_form(text):
            return reason
        pattern = self.get_attribute("pattern")
        if pattern is not None and not self._fits_pattern(pattern, text):
            hint = self.get_attribute("title")
            said = _("Please match the requested format: {hint}.")
            return said.format(hint=hint) if hint else _("Please match the requested format.")
        return ""

    def _judge_form(self, text: str) -> str:
        """What is wrong with a text that is not empty, for this kind of field."""
        return ""

    def _fits_pattern(self, pattern: str, text: str) -> bool:
        return fits_pattern(pattern, text)


class TextArea(TextInput):
    """Several lines of text."""

    __slots__ = ()
    TAG_NAME = "textarea"
    INPUT_TYPE = ""

    def clean(self, value: Any) -> str:
        text: str = InputElement.clean(self, value)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _fits_pattern(self, pattern: str, text: str) -> bool:
        return True  # a text area has no pattern


class PasswordInput(TextInput):
    """A secret: what is typed reaches the view, never another window, nor this one again."""

    __slots__ = ()
    INPUT_TYPE = "password"

    def _wire_value(self) -> str | None:
        # Only emptying is sent. The page leaves the field alone for null.
        return None if self._value else ""

    def structure(self) -> tuple[Any, ...]:
        return (*super().structure(), bool(self._value))


class SearchInput(TextInput):
    """Words to search for."""

    __slots__ = ()
    INPUT_TYPE = "search"


class TelInput(TextInput):
    """A telephone number; countries write them in too many ways to judge one."""

    __slots__ = ()
    INPUT_TYPE = "tel"


class EmailInput(TextInput):
    """An e-mail address; several, with commas between them, with ``multiple=True``."""

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

    def _judge_form(self, text: str) -> str:
        wrong = next((part for part in self._addresses(text) if not is_email(part)), None)
        if wrong is None:
            return ""
        if self._multiple:
            return _("{text} is no e-mail address.").format(text=repr(wrong))
        return _("Please enter an e-mail address, like ann@example.org.")

    def _fits_pattern(self, pattern: str, text: str) -> bool:
        return all(fits_pattern(pattern, part) for part in self._addresses(text))


class UrlInput(TextInput):
    """An absolute URL."""

    __slots__ = ()
    INPUT_TYPE = "url"

    def clean(self, value: Any) -> str:
        return super().clean(value).strip(_BLANKS)

    def _judge_form(self, text: str) -> str:
        return "" if is_url(text) else _("Please enter a URL, like https://example.org.")


class ColorInput(TextInput):
    """A colour: ``"#rrggbb"`` in small letters; never empty."""

    __slots__ = ()
    INPUT_TYPE = "color"
    EMPTY = "#000000"

    def clean(self, value: Any) -> str:
        text = super().clean(value).lower()
        if not _COLOR.fullmatch(text):
            raise self._wrong_type(value, "a colour like '#12ab90'")
        return text

    def take_text(self, text: str) -> None:
        self.value = text if _COLOR.fullmatch(text.lower()) else self.EMPTY


class HiddenInput(TextInput):
    """A text that is in the page and not seen. Nobody can change it there."""

    __slots__ = ()
    INPUT_TYPE = "hidden"

    def clean(self, value: Any) -> str:
        text: str = InputElement.clean(self, value)
        return text

    def receive(self, data: Any) -> Any:
        raise ValueError("nobody can type into a hidden field")

    def _is_judged(self) -> bool:
        return False


class ButtonInput(TextInput):
    """``<input type="button">``: ``value`` is what is written on it. Prefer `Button`."""

    __slots__ = ()
    INPUT_TYPE = "button"

    def receive(self, data: Any) -> Any:
        raise ValueError("nobody can type into a button")

    def _is_judged(self) -> bool:
        return False


class Submit(ButtonInput):
    """``<input type="submit">``: submits the form it is in."""

    __slots__ = ()
    INPUT_TYPE = "submit"


class Reset(ButtonInput):
    """``<input type="reset">``: reported as ``reset`` of its form; the values stay the view's."""

    __slots__ = ()
    INPUT_TYPE = "reset"


class ImageInput(ButtonInput):
    """``<input type="image">``: a picture that submits the form it is in."""

    __slots__ = ()
    INPUT_TYPE = "image"
