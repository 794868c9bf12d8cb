"""Rules for the values that a browser lets a person enter into a field.

Source: HTML standard, "The input element": value sanitization and ``badInput`` of each type.

Threads: can be called from any thread.
"""

from __future__ import annotations

import datetime
import re

from everview.testing.page.replica import ReplicaNode
from everview.testing.page.visible_page import attribute, kind

#: The types of values that a test can type into a field.
Typed = str | int | float | datetime.date | datetime.time

#: The patterns of complete values in fields for dates and times.
_DATES = {
    "date": r"\d{4,}-\d\d-\d\d",
    "time": r"\d\d:\d\d(:\d\d(\.\d{1,3})?)?",
    "month": r"\d{4,}-\d\d",
    "week": r"\d{4,}-W\d\d",
    "datetime-local": r"\d{4,}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?",
}


def reported_value(field: ReplicaNode, value: Typed) -> str | None:
    """The value that a page reports after a person typed ``value``.

    Returns:
        The text of the value; None if the typed text is not a value of this field.

    Raises:
        ValueError: A person cannot enter this value in a browser.
    """
    text, field_type = typed_text(value), kind(field)
    if field_type == "number":
        return text if text == "" or _is_number(text) else None
    if field_type == "range":
        return _slider_value(field, text)
    if field_type in _DATES:
        return text if text == "" or re.fullmatch(_DATES[field_type], text) else None
    if field_type == "color":
        if not re.fullmatch("#[0-9a-fA-F]{6}", text):
            raise ValueError(f"a colour must be like '#12ab90', not {text!r}")
        return text.lower()
    if field_type != "textarea":
        text = text.replace("\r", "").replace("\n", "")
    longest = attribute(field, "maxlength")
    return text[: int(longest)] if longest is not None and longest.isdigit() else text


def typed_text(value: Typed) -> str:
    """Convert ``value`` to text. Dates and times get the format of HTML."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def _slider_value(field: ReplicaNode, text: str) -> str:
    if not _is_number(text):
        raise ValueError(f"the value of a slider must be a number, not {text!r}")
    least = float(attribute(field, "min") or 0)
    most = float(attribute(field, "max") or 100)
    if least <= float(text) <= most:
        return text
    raise ValueError(f"the value of this slider must be from {least:g} to {most:g}, not {text}")
