"""CSS selectors over the tree: ``div > .row a[href^="http"]:first-child, #menu``.

Covers (Selectors Level 4): type, ``*``, ``#id``, ``.class``, ``[attr]`` with ``= ~= |= ^= $= *=``,
the combinators descendant, ``>``, ``+``, ``~``, lists, ``:not()``, ``:first-child``,
``:last-child``, ``:empty``. Anything else raises `SelectorError`.
Not for: events; those reach their node by id, without a search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from everview.errors import SelectorError
from everview.html.tree.node import ParentNode

Test = Callable[["ParentNode"], bool]
#: Simple selectors with the combinator that stands before them, last compound first.
Complex = tuple[tuple[Test, str], ...]

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


def select(top: ParentNode, selector: str) -> Iterator[ParentNode]:
    """ParentNodes below ``top`` that match, in document order."""
    alternatives = parse(selector)
    for node in top._walk():
        if (
            node is not top
            and isinstance(node, ParentNode)
            and any(_matches(node, alternative) for alternative in alternatives)
        ):
            yield node


def matches(element: ParentNode, selector: str) -> bool:
    """Whether ``element`` matches."""
    return any(_matches(element, alternative) for alternative in parse(selector))


@cache
def _token() -> re.Pattern[str]:
    """Compiled for the first selector: its ranges of letters take 10 ms of a start."""
    return re.compile(_TOKEN, re.VERBOSE)


@lru_cache(maxsize=512)
def parse(selector: str) -> tuple[Complex, ...]:
    """The alternatives of a selector list. Raises `SelectorError`."""
    text = selector.strip()
    alternatives: list[Complex] = []
    compounds: list[tuple[list[Test], str]] = [([], "")]
    position = 0
    while position < len(text):
        token = _token().match(text, position)
        if token is None:
            raise SelectorError(f"selector {selector!r} is not understood at {text[position:]!r}")
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
        return lambda element: element._get_attribute(attribute) is not None
    given = next((token[k] for k in ("double", "single", "bare") if token[k] is not None), "")
    compare = _OPERATORS[operator]

    def test(element: ParentNode) -> bool:
        value = element._get_attribute(attribute)
        return value is not None and compare(value, given)

    return test


def _names(element: ParentNode, attribute: str) -> list[str]:
    return (element._get_attribute(attribute) or "").split()


def _pseudo(name: str) -> Test:
    if name == "empty":
        return lambda element: len(element) == 0
    if name == "first-child":
        return lambda element: _sibling(element, "_previous_sibling") is None
    return lambda element: _sibling(element, "_next_sibling") is None


def _sibling(element: ParentNode, direction: str) -> ParentNode | None:
    node = getattr(element, direction) if element._above() is not None else None
    while node is not None and not isinstance(node, ParentNode):
        node = getattr(node, direction)
    return node


def _matches(element: ParentNode, compounds: Complex) -> bool:
    test, _ = compounds[0]
    return test(element) and _matches_rest(element, compounds, 0)


def _matches_rest(element: ParentNode, compounds: Complex, index: int) -> bool:
    combinator = compounds[index][1]
    if not combinator:
        return True
    test = compounds[index + 1][0]
    step = "parent" if combinator in " >" else "_previous_sibling"
    once = combinator in ">+"
    candidate: ParentNode | None = element
    while candidate is not None:
        candidate = (
            candidate.parent if step == "parent" else _sibling(candidate, "_previous_sibling")
        )
        if (
            candidate is not None
            and test(candidate)
            and _matches_rest(candidate, compounds, index + 1)
        ):
            return True
        if once:
            return False
    return False
