"""Live views of an element's attributes: `Attributes`, `ClassList`, `IdList`, `Style`.

These classes store nothing. They read and write the dictionary with an element's attribute texts.
Threads: the rules of the module ``node`` apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from everview.html.tree.attribute_text import AttributeValue, style_name


class AttributeOwner(Protocol):
    """The part of `Element` that this module uses. Importing `Element` would be circular."""

    _attributes: dict[str, str] | None

    @property
    def lock(self) -> AbstractContextManager[object]: ...
    def get_attribute(self, name: str) -> str | None: ...
    def set_attribute(self, name: str, value: AttributeValue) -> None: ...


class Attributes(MutableMapping[str, Any]):
    """The attributes of an element. Values are text when read; other types can be assigned."""

    __slots__ = ("_element",)

    def __init__(self, element: AttributeOwner) -> None:
        self._element = element

    def __getitem__(self, name: str) -> str:
        value = self._element.get_attribute(name)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value: AttributeValue) -> None:
        self._element.set_attribute(name, value)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self._element.set_attribute(name, None)

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
        return (self._element.get_attribute(self._ATTRIBUTE) or "").split()

    def _write(self, names: list[str]) -> None:
        self._element.set_attribute(self._ATTRIBUTE, names)

    def add(self, *names: str) -> None:
        """Add the names that are not in the list, at the end."""
        with self._element.lock:
            self._write([*self._names(), *names])

    append = add

    def extend(self, names: Iterable[str]) -> None:
        """Add all of ``names``."""
        self.add(*names)

    def remove(self, *names: str) -> None:
        """Remove names. Names that are not in the list are ignored."""
        with self._element.lock:
            self._write([name for name in self._names() if name not in names])

    discard = remove

    def toggle(self, name: str, on: bool | None = None) -> bool:
        """Add or remove ``name``.

        Args:
            name: the name.
            on: whether to add it; None: add it if it is not in the list.

        Returns:
            Whether the name is in the list now.
        """
        with self._element.lock:
            on = name not in self if on is None else on
            (self.add if on else self.remove)(name)
            return on

    def clear(self) -> None:
        """Remove all names."""
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
        return parse_style(self._element.get_attribute("style") or "")

    def __getitem__(self, name: str) -> str:
        return self._read()[style_name(name)]

    def __setitem__(self, name: str, value: str | float | None) -> None:
        with self._element.lock:
            style: dict[str, object] = dict(self._read())
            style[style_name(name)] = value
            self._element.set_attribute("style", style)

    def __delitem__(self, name: str) -> None:
        with self._element.lock:
            style = self._read()
            del style[style_name(name)]
            self._element.set_attribute("style", style)

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return repr(self._read())


def parse_style(text: str) -> dict[str, str]:
    """Split a style text into declarations, at each ``;`` outside quotes and parentheses."""
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
