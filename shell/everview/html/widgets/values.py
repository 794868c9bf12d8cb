"""Checks of the values in a widget's data: JSON values that a page reads without loss.

A value is checked when it is assigned, so the traceback of an error shows the line of the author's
code. A value that cannot be encoded would break the frames of every window. Threads: can be called
from any thread.
"""

from __future__ import annotations

import math
from typing import Any

from everview.errors import AttributeValueError

#: The greatest depth of nested containers. JSON encoders recurse on the C stack.
MAX_DEPTH = 64
#: Integers above this limit are not exact in a page (ECMAScript, Number.MAX_SAFE_INTEGER).
MAX_INTEGER = 2**53


def scalar(value: Any) -> Any:
    """Convert ``value`` to a plain JSON type.

    Raises:
        AttributeValueError: ``value`` is not a JSON value.
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
    """Return ``key`` if it can be the key of a dict.

    Raises:
        AttributeValueError: ``key`` cannot be the key of a dict.
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
