"""What a browser lets a person put into a field: `typed`.

Sources: HTML standard, "The input element" (each type's value sanitization and `badInput`).
Threads: any.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from everview.testing.page.replica import ReplicaNode
from everview.testing.page.visible_page import attribute, kind

#: What a field of a date or time holds when it is filled in.
_DATES = {
    "date": r"\d{4,}-\d\d-\d\d",
    "time": r"\d\d:\d\d(:\d\d(\.\d{1,3})?)?",
    "month": r"\d{4,}-\d\d",
    "week": r"\d{4,}-W\d\d",
    "datetime-local": r"\d{4,}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?",
}


def typed(field: ReplicaNode, value: Any) -> str | None:
    """What the page reports when a person types ``value``; None: it is no value of this field.

    Raises ValueError for what nobody can type there.
    """
    text, what = text_of(value), kind(field)
    if what == "number":
        return text if text == "" or _is_number(text) else None
    if what == "range":
        return _slide(field, text)
    if what in _DATES:
        return text if text == "" or re.fullmatch(_DATES[what], text) else None
    if what == "color":
        if not re.fullmatch("#[0-9a-fA-F]{6}", text):
            raise ValueError(f"a colour is chosen as '#12ab90', not {text!r}")
        return text.lower()
    if what != "textarea":
        text = text.replace("\r", "").replace("\n", "")
    longest = attribute(field, "maxlength")
    return text[: int(longest)] if longest is not None and longest.isdigit() else text


def text_of(value: Any) -> str:
    """``value`` as it is written into a field: dates and times as HTML has them."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def _slide(field: ReplicaNode, text: str) -> str:
    if not _is_number(text):
        raise ValueError(f"a slider is set to a number, not {text!r}")
    least = float(attribute(field, "min") or 0)
    most = float(attribute(field, "max") or 100)
    if least <= float(text) <= most:
        return text
    raise ValueError(f"this slider goes from {least:g} to {most:g}, not to {text}")
