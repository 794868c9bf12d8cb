"""The values that a widget's data can contain: those of JSON that a page reads without loss.

A value is checked when it is assigned, so that the author's line is in the traceback. A frame that
cannot be encoded would affect every window. Threads: any.
"""

from __future__ import annotations

import math
from typing import Any

from everview.errors import AttributeValueError

#: Deepest nesting; JSON encoders recurse on the C stack.
MAX_DEPTH = 64
#: Greater integers are not exact in a page (ECMAScript, Number.MAX_SAFE_INTEGER).
MAX_INTEGER = 2**53


def scalar(value: Any) -> Any:
    """``value`` as a plain type of JSON.

    Raises:
        AttributeValueError: JSON does not have the value.
    """
    kind = type(value)
    if kind is str:
        if not value.isascii():
            _check_text(value)
        return value
    if kind is float:
        if not math.isfinite(value):
            raise AttributeValueError(
                f"widget data cannot hold {value!r}: JSON has no such number. Use None for a gap"
            )
        return value
    if kind is bool or value is None:
        return value
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise AttributeValueError(
                f"widget data cannot hold {value!r}: a page's integers are exact up to 2**53. "
                "Give it as a text"
            )
        return int(value)
    if isinstance(value, float):
        return scalar(float(value))
    if isinstance(value, str):
        return scalar(str.__str__(value))
    raise AttributeValueError(
        f"widget data cannot hold {value!r} ({kind.__name__}): give a text, a finite number, True, "
        "False, None, or a list or dict of these"
    )


def check_key(key: Any) -> str:
    """``key``, if it can be the key of a dict.

    Raises:
        AttributeValueError: it cannot.
    """
    if not isinstance(key, str):
        raise AttributeValueError(
            f"widget data cannot have the key {key!r} ({type(key).__name__}): JSON keys are text. "
            f"Write {str(key)!r}"
        )
    if not key.isascii():
        _check_text(key)
    if key == "__proto__":
        raise AttributeValueError(
            "widget data cannot have the key '__proto__': it is reserved in JavaScript"
        )
    return key


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise AttributeValueError(
            f"widget data cannot hold the text {text[:40]!r}: the lone surrogate at {error.start} "
            "is not a character. text.encode('utf-8', 'replace').decode() removes it"
        ) from None
