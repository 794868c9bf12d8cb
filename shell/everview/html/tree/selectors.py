"""CSS selectors over the tree: ``div > .row a[href^="http"]:first-child, #menu``.

The supported selectors (Selectors Level 4) are: type, ``*``, ``#id``, ``.class``, ``[attr]`` with
``= ~= |= ^= $= *=``, the combinators descendant, ``>``, ``+``, ``~``, lists, ``:not()``,
``:first-child``, ``:last-child``, ``:empty``. Anything else raises `SelectorError`. Events do not
use selectors: they reach their node by its id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import Protocol, TypeAlias, TypeVar

from everview.errors import SelectorError


class Selectable(Protocol):
    """The methods of elements that selectors use. Simulated pages implement them, too."""

    @property
    def tag_name(self) -> str: ...
    @property
    def parent(self) -> Selectable | None: ...
    @property
    def previous_element(self) -> Selectable | None: ...
    @property
    def next_element(self) -> Selectable | None: ...
    def get_attribute(self, name: str) -> str | None: ...
    def __len__(self) -> int:
        """The number of children, texts included."""
        ...


E = TypeVar("E", bound=Selectable)
Test: TypeAlias = Callable[[Selectable], bool]
#: The compound selectors of one selector, the last one first, each with the combinator before it.
Complex: TypeAlias = tuple[tuple[Test, str], ...]

_NAME = r"-?[A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*"
_TOKEN = rf"""(?P<combinator>\s*[>+~,]\s*|\s+)
    |(?P<type>\*|{_NAME})
    |\#(?P<id>[\w\u0080-\uffff-]+)
    |\.(?P<class>{_NAME})
    |\[\s*(?P<attribute>[\w:-]+)\s*(?:(?P<operator>[~|^$*]?=)\s*
        (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w-]+))\s*)?\]
    |:not\((?P<not>[^()]+)\)
    |:(?P<pseudo>first-child|last-child|empty)"""
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, given: value == given,
    "~=": lambda value, given: given in value.split(),
    "|=": lambda value, given: value == given or value.startswith(given + "-"),
    "^=": lambda value, given: bool(given) and value.startswith(given),
    "$=": lambda value, given: bool(given) and value.endswith(given),
    "*=": lambda value, given: bool(given) and given in value,
}


def select(elements: Iterable[E], selector: str) -> Iterator[E]:
    """Yield the elements that match ``selector``, in the same order. Raises `SelectorError`."""
    alternatives = parse(selector)
    return (
        element
        for element in elements
        if any(_matches(element, alternative) for alternative in alternatives)
    )


def matches(element: Selectable, selector: str) -> bool:
    """Whether ``element`` matches. Raises `SelectorError`."""
    return any(_matches(element, alternative) for alternative in parse(selector))


@cache
def _token() -> re.Pattern[str]:
    """Compile at the first use: compiling the ranges of letters takes 10 ms."""
    return re.compile(_TOKEN, re.VERBOSE)


@lru_cache(maxsize=512)
def parse(selector: str) -> tuple[Complex, ...]:
    """Parse a selector list and return its alternatives. Raises `SelectorError`."""
    text = selector.strip()
    alternatives: list[Complex] = []
    compounds: list[tuple[list[Test], str]] = [([], "")]
    position = 0
    while position < len(text):
        token = _token().match(text, position)
        if token is None:
            raise SelectorError(f"selector {selector!r} is not supported at {text[position:]!r}")
        position = token.end()
        combinator = token["combinator"]
        if combinator is None:
            compounds[-1][0].append(_simple(token))
            continue
        if not compounds[-1][0]:
            raise SelectorError(f"selector {selector!r} has a combinator with nothing before it")
        if combinator.strip() == ",":
            alternatives.append(_finish(compounds))
            compounds = [([], "")]
        else:
            compounds.append(([], combinator.strip() or " "))
    if not compounds[-1][0]:
        raise SelectorError(f"selector {selector!r} is empty or ends with a combinator")
    alternatives.append(_finish(compounds))
    return tuple(alternatives)


def _finish(compounds: list[tuple[list[Test], str]]) -> Complex:
    def every(tests: list[Test]) -> Test:
        return lambda element: all(test(element) for test in tests)

    return tuple((every(tests), combinator) for tests, combinator in reversed(compounds))


def _simple(token: re.Match[str]) -> Test:
    if (name := token["type"]) is not None:
        return lambda element: name == "*" or element.tag_name.lower() == name.lower()
    if (id_ := token["id"]) is not None:
        return lambda element: id_ in _names(element, "id")
    if (class_ := token["class"]) is not None:
        return lambda element: class_ in _names(element, "class")
    if (inner := token["not"]) is not None:
        refused = parse(inner)
        return lambda element: not any(_matches(element, alternative) for alternative in refused)
    if (pseudo := token["pseudo"]) is not None:
        return _pseudo(pseudo)
    attribute, operator = token["attribute"], token["operator"]
    if operator is None:
        return lambda element: element.get_attribute(attribute) is not None
    given = next((token[k] for k in ("double", "single", "bare") if token[k] is not None), "")
    compare = _OPERATORS[operator]

    def test(element: Selectable) -> bool:
        value = element.get_attribute(attribute)
        return value is not None and compare(value, given)

    return test


def _names(element: Selectable, attribute: str) -> list[str]:
    return (element.get_attribute(attribute) or "").split()


def _pseudo(name: str) -> Test:
    if name == "empty":
        return lambda element: len(element) == 0
    if name == "first-child":
        return lambda element: element.previous_element is None
    return lambda element: element.next_element is None


def _matches(element: Selectable, compounds: Complex) -> bool:
    test, _ = compounds[0]
    return test(element) and _matches_rest(element, compounds, 0)


def _matches_rest(element: Selectable, compounds: Complex, index: int) -> bool:
    """Whether the rest of the selector matches the elements around ``element``.

    The compound selector at ``index`` has already matched ``element``.
    """
    combinator = compounds[index][1]
    if not combinator:
        return True
    test = compounds[index + 1][0]
    candidate: Selectable | None = element
    while candidate is not None:
        candidate = candidate.parent if combinator in " >" else candidate.previous_element
        if (
            candidate is not None
            and test(candidate)
            and _matches_rest(candidate, compounds, index + 1)
        ):
            return True
        if combinator in ">+":
            return False
    return False
