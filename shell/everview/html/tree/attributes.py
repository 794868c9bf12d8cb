"""Live views of an element's attributes: `Attributes`, `ClassList`, `IdList`, `Style`.

They hold nothing: an element keeps one dictionary of attribute texts, and these read and write it.
Threads: as ``node``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any, Protocol

from everview.html.tree.attribute_text import style_name


class AttributeOwner(Protocol):
    """What these views need of an element."""

    _attributes: dict[str, str] | None

    @property
    def lock(self) -> Any: ...
    def _get_attribute(self, name: str) -> str | None: ...
    def _set_attribute(self, name: str, value: Any) -> None: ...


class Attributes(MutableMapping[str, Any]):
    """All attributes. Values read are text; True, False, None and numbers may be written."""

    __slots__ = ("_element",)

    def __init__(self, element: AttributeOwner) -> None:
        self._element = element

    def __getitem__(self, name: str) -> str:
        value = self._element._get_attribute(name)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        self._element._set_attribute(name, value)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self._element._set_attribute(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._element._attributes or ()))

    def __len__(self) -> int:
        return len(self._element._attributes or ())

    def __repr__(self) -> str:
        return repr(self._element._attributes or {})


class _TokenList:
    """An ordered set of names in one attribute (DOM standard, DOMTokenList)."""

    __slots__ = ("_element",)
    _ATTRIBUTE = ""

    def __init__(self, element: AttributeOwner) -> None:
        self._element = element

    def _names(self) -> list[str]:
        return (self._element._get_attribute(self._ATTRIBUTE) or "").split()

    def _write(self, names: list[str]) -> None:
        try:
            # As `attribute_text` would make it, in a fifth of its steps: most names are texts.
            text: Any = " ".join(dict.fromkeys(names)) or None
        except TypeError:
            text = names
        self._element._set_attribute(self._ATTRIBUTE, text)

    def add(self, *names: str) -> None:
        """Add at the end what is not there yet."""
        with self._element.lock:
            self._write([*self._names(), *names])

    append = add

    def extend(self, names: Iterable[str]) -> None:
        self.add(*names)

    def remove(self, *names: str) -> None:
        """Take names away; one that is not there is no error."""
        with self._element.lock:
            self._write([name for name in self._names() if name not in names])

    discard = remove

    def toggle(self, name: str, on: bool | None = None) -> bool:
        """Add or remove; returns whether it is there now."""
        with self._element.lock:
            on = name not in self if on is None else on
            (self.add if on else self.remove)(name)
            return on

    def clear(self) -> None:
        self._write([])

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __getitem__(self, index: int) -> str:
        return self._names()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Iterable) and self._names() == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._names())


class ClassList(_TokenList):
    """The classes of an element, in order."""

    __slots__ = ()
    _ATTRIBUTE = "class"


class IdList(_TokenList):
    """The ids of an element, in order."""

    __slots__ = ()
    _ATTRIBUTE = "id"


class Style(MutableMapping[str, str]):
    """The inline style as a mapping of property to value: ``node.style["color"] = "red"``."""

    __slots__ = ("_element",)

    def __init__(self, element: AttributeOwner) -> None:
        self._element = element

    def _read(self) -> dict[str, str]:
        return parse_style(self._element._get_attribute("style") or "")

    def __getitem__(self, name: str) -> str:
        return self._read()[style_name(name)]

    def __setitem__(self, name: str, value: Any) -> None:
        with self._element.lock:
            style: dict[str, Any] = dict(self._read())
            style[style_name(name)] = value
            self._element._set_attribute("style", style)

    def __delitem__(self, name: str) -> None:
        with self._element.lock:
            style = self._read()
            del style[style_name(name)]
            self._element._set_attribute("style", style)

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return repr(self._read())


def parse_style(text: str) -> dict[str, str]:
    """The declarations of a style attribute; a ``;`` in quotes or parentheses does not end one."""
    declarations: list[str] = [""]
    quote, depth = "", 0
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        elif character == ";" and depth <= 0:
            declarations.append("")
            continue
        declarations[-1] += character
    pairs = (declaration.partition(":") for declaration in declarations)
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}
