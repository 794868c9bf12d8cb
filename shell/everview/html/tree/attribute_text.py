"""What an attribute's text is for a Python value: True, False, None, numbers, dicts, lists.

In HTML some attributes are true by being there (``disabled``), others by a word (``draggable``,
``aria-hidden``); authors write True and False for both.

Not for: what is refused (``safety``), live access to attributes (``attributes``).
Threads: any; pure functions.
Source: HTML standard, "Attributes" index, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from everview.errors import AttributeValueError

#: True by being there; their value says nothing, ``disabled="false"`` is disabled.
BOOLEAN = frozenset(
    """allowfullscreen async autofocus autoplay checked controls default defer disabled
    formnovalidate inert ismap itemscope loop multiple muted nomodule novalidate open playsinline
    readonly required reversed selected""".split()
)
_TRUE_FALSE = ("true", "false")
_ON_OFF = ("on", "off")
#: True and false by words.
_WORDS = {
    "draggable": _TRUE_FALSE, "contenteditable": _TRUE_FALSE, "spellcheck": _TRUE_FALSE,
    "writingsuggestions": _TRUE_FALSE, "translate": ("yes", "no"), "autocomplete": _ON_OFF,
    "autocapitalize": _ON_OFF, "autocorrect": _ON_OFF,
}  # fmt: skip


def attribute_name(keyword: str) -> str:
    """``_class`` -> ``class``, ``data_x`` -> ``data-x``."""
    return keyword.strip("_").replace("_", "-")


def attribute_text(name: str, value: Any) -> str | None:
    """``value`` as the text of the attribute ``name``; None: the attribute is absent.

    Raises `AttributeValueError` for a type that has no text of its own.
    """
    if value is None:
        return None
    if isinstance(value, str):
        # A plain str: a subclass (an enum's member, say) may encode as something else.
        return value if type(value) is str else str.__str__(value)
    if isinstance(value, bool):
        if words := _words_of(name):
            return words[0] if value else words[1]
        return "" if value else None
    if isinstance(value, (int, float)):
        if name in BOOLEAN:
            return "" if value else None
        return str(value)
    if name == "style" and isinstance(value, Mapping):
        return style_text(value) or None
    if name in ("class", "id") and isinstance(value, Iterable):
        names = (str(item) for item in value if item is not None and item is not False)
        return " ".join(dict.fromkeys(names)) or None
    raise AttributeValueError(
        f"the attribute {name!r} cannot be {value!r} ({type(value).__name__}): "
        "give a text, a number, True, False or None"
    )


def _words_of(name: str) -> tuple[str, str] | None:
    return _TRUE_FALSE if name.startswith(("aria-", "data-")) else _WORDS.get(name)


def style_text(style: Mapping[str, Any]) -> str:
    """``{"font_size": "2em"}`` as ``font-size: 2em``; None leaves a property out.

    Raises `AttributeValueError` for a value that is no text or number.
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
    """``font_size`` -> ``font-size``; a custom property keeps its name, which may have a _."""
    return name if name.startswith("--") else name.replace("_", "-")
