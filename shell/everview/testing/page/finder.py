"""Finding what a test names, as a person would look for it: `find`.

A name is what is written on it or beside it (a label), else a selector. It has to be exactly one
thing: a test that clicks one of two equal buttons would say nothing.

Threads: any, while the page does not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from everview.errors import SelectorError
from everview.html.tree.selectors import matches
from everview.testing.page.page_text import describe
from everview.testing.page.replica import ReplicaNode
from everview.testing.page.shadow import Shadow
from everview.testing.page.visible_page import (
    Sight,
    ancestors,
    attribute,
    is_button,
    is_field,
    listens,
    squeeze,
)

__tracebackhide__ = True  # a failure is shown at the line of the test
Test = Callable[[ReplicaNode], bool]


class NotFoundError(AssertionError):
    """There is nothing of this name, or it cannot be seen."""


class AmbiguousError(NotFoundError):
    """There are several things of this name."""


def is_control(node: ReplicaNode) -> bool:
    """Whether a person clicks it."""
    return (
        is_button(node)
        or is_field(node)
        or node.tag in ("a", "summary", "area")
        or listens(node, "click")
        or attribute(node, "role") in ("button", "tab", "menuitem", "link", "option")
    )


def find(
    sight: Sight,
    target: str | ReplicaNode,
    wanted: Test,
    what: str,
    within: str | ReplicaNode | None = None,
) -> ReplicaNode:
    """The one thing called ``target`` that is seen; ``wanted`` ones are preferred to other texts.

    ``what`` says in errors what was looked for. Raises `NotFoundError`.
    """
    if isinstance(target, ReplicaNode):
        if target not in sight.nodes:
            raise NotFoundError(f"{describe(sight, target)} is not in the page any more")
        return target
    nodes = sight.nodes
    if within is not None:
        holder = find(sight, within, lambda node: True, "part of the page")
        nodes = [node for node in holder.walk() if node.tag and node is not holder]
    hidden: list[ReplicaNode] = []
    for candidates in _levels(sight, nodes, target, wanted):
        shown = [node for node in candidates if not sight.why_hidden(node)]
        hidden += [node for node in candidates if node not in shown]
        if len(shown) == 1:
            return shown[0]
        if shown:
            raise AmbiguousError(_several(sight, target, what, shown))
    if hidden:
        first = hidden[0]
        raise NotFoundError(f"{describe(sight, first)} cannot be seen: {sight.why_hidden(first)}")
    raise NotFoundError(_none(sight, nodes, target, what, wanted))


def find_all(sight: Sight, selector: str) -> list[ReplicaNode]:
    """All nodes that match a selector and are seen. Raises `SelectorError`."""
    return [n for n in sight.nodes if matches(Shadow(n), selector) and not sight.why_hidden(n)]


def _levels(
    sight: Sight, nodes: list[ReplicaNode], target: str, wanted: Test
) -> Iterable[list[ReplicaNode]]:
    name = squeeze(target)
    yield _innermost([n for n in nodes if wanted(n) and name in sight.names(n)])
    yield _innermost([n for n in nodes if squeeze(sight.text(n)) == name]) if name else []
    try:
        yield [node for node in nodes if matches(Shadow(node), target)]
    except SelectorError:
        return


def _innermost(nodes: list[ReplicaNode]) -> list[ReplicaNode]:
    outer = {id(at) for node in nodes for at in ancestors(node) if at is not node}
    return [node for node in nodes if id(node) not in outer]


def _several(sight: Sight, target: str, what: str, shown: list[ReplicaNode]) -> str:
    listed = "\n".join(f"  {describe(sight, node)}" for node in shown[:8])
    return (
        f"there are {len(shown)} things called {target!r} here; say which {what}, with a selector "
        f"or within=...:\n{listed}"
    )


def _none(
    sight: Sight, nodes: list[ReplicaNode], target: str, what: str, wanted: Test
) -> str:  # fmt: skip
    seen = [node for node in nodes if wanted(node) and not sight.why_hidden(node)]
    names = list(dict.fromkeys(name for node in seen for name in sight.names(node)[:1]))
    near = get_close_matches(target, names, 3, 0.5)
    if near:
        hint = f"; did you mean {' or '.join(map(repr, near))}?"
    elif names:
        hint = f"; there are: {', '.join(map(repr, names[:12]))}"
    else:
        hint = ""
    return f"there is no {what} {target!r} here{hint}"
