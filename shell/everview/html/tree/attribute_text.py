"""The text of an attribute, made from a Python value: True, False, None, a number, a dict, a list.

Some HTML attributes are true if they are present (``disabled``). Others have a word for true and a
word for false (``draggable``, ``aria-hidden``). Authors write True and False for both kinds.

Attributes are refused by ``safety`` and accessed through ``attributes``.
Threads: the functions are pure and can be called from any thread.
Source: HTML standard, "Attributes" index, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from everview.errors import AttributeValueError

#: A style: a text, or a mapping from property to value.
StyleValue: TypeAlias = str | Mapping[str, str | float | None] | None
#: A value for an attribute. Mappings are for ``style``, other iterables for ``class`` and ``id``.
AttributeValue: TypeAlias = str | float | Mapping[str, object] | Iterable[object] | None

#: Attributes that are true if present, with any text: ``disabled="false"`` is disabled.
BOOLEAN = frozenset(
    """allowfullscreen async autofocus autoplay checked controls default defer disabled
    formnovalidate inert ismap itemscope loop multiple muted nomodule novalidate open playsinline
    readonly required reversed selected""".split()
)
_TRUE_FALSE = ("true", "false")
_ON_OFF = ("on", "off")
#: Attributes that have a word for true and a word for false.
_WORDS = {
    "draggable": _TRUE_FALSE, "contenteditable": _TRUE_FALSE, "spellcheck": _TRUE_FALSE,
    "writingsuggestions": _TRUE_FALSE, "translate": ("yes", "no"), "autocomplete": _ON_OFF,
    "autocapitalize": _ON_OFF, "autocorrect": _ON_OFF,
}  # fmt: skip


def attribute_name(keyword: str) -> str:
    """Convert a keyword to an attribute name: ``_class`` to ``class``, ``data_x`` to ``data-x``."""
    return keyword.strip("_").replace("_", "-")


def attribute_text(name: str, value: AttributeValue) -> str | None:
    """Convert ``value`` to the text of the attribute ``name``; None: the attribute is absent.

    Raises:
        AttributeValueError: a value of this type cannot be converted to text.
    """
    if value is None:
        return None
    if isinstance(value, str):
        # Return a plain str: a subclass, such as a member of an enum, may be encoded differently.
        return value if type(value) is str else str.__str__(value)
    if isinstance(value, bool):
        if words := _words_of(name):
            return words[0] if value else words[1]
        return "" if value else None
    if isinstance(value, (int, float)):
        if name in BOOLEAN:
            return "" if value else None
        return number_text(value)
    if name == "style" and isinstance(value, Mapping):
        return style_text(value) or None
    if name in ("class", "id") and isinstance(value, Iterable):
        names = (str(item) for item in value if item is not None and item is not False)
        return " ".join(dict.fromkeys(names)) or None
    raise AttributeValueError(
        f"the attribute {name!r} cannot be {value!r} ({type(value).__name__}): "
        "give a text, a number, True, False or None"
    )


def number_text(number: float) -> str:
    """Convert ``number`` to text.

    Raises:
        AttributeValueError: Python refuses to convert integers of more than 4,300 digits.
    """
    try:
        return str(number)
    except ValueError:
        raise AttributeValueError("the number has too many digits for a text") from None


def _words_of(name: str) -> tuple[str, str] | None:
    return _TRUE_FALSE if name.startswith(("aria-", "data-")) else _WORDS.get(name)


def style_text(style: Mapping[Any, object]) -> str:
    """Convert ``{"font_size": "2em"}`` to ``font-size: 2em``; a property that is None is left out.

    Raises:
        AttributeValueError: a value is neither a text nor a number.
    """
    declarations = []
    for name, value in style.items():
        if value is None:
            continue
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            raise AttributeValueError(
                f"the style {name!r} cannot be {value!r} ({type(value).__name__}): "
                "give a text, a number or None"
            )
        declarations.append(f"{style_name(name)}: {value}")
    return "; ".join(declarations)


def style_name(name: str) -> str:
    """Convert ``font_size`` to ``font-size``; a custom property (``--a_b``) keeps its name."""
    return name if name.startswith("--") else name.replace("_", "-")
