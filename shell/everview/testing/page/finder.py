"""Find an element by a name that a person sees, or by a selector.

A name is the text of the element, its label or another accessible name (`VisiblePage.names`). The
result must be unique, because a test cannot choose between two equal buttons.

Threads: can be called from any thread, while the page does not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from everview.errors import SelectorError
from everview.html.tree.selectors import matches
from everview.testing.page.page_text import describe
from everview.testing.page.replica import ReplicaNode
from everview.testing.page.selectable import SelectableNode
from everview.testing.page.visible_page import (
    VisiblePage,
    ancestors,
    attribute,
    is_button,
    is_field,
    listens,
    squeeze,
)

__tracebackhide__ = True  # makes pytest show a failure at the line of the test
Test = Callable[[ReplicaNode], bool]
#: An error lists at most these numbers of elements and names.
MAX_ELEMENTS, MAX_NAMES = 8, 12


class NotFoundError(AssertionError):
    """No visible element has this name."""


class AmbiguousError(NotFoundError):
    """Several visible elements have this name."""


def is_control(node: ReplicaNode) -> bool:
    """Whether the element reacts to a click of a person."""
    return (
        is_button(node)
        or is_field(node)
        or node.tag in ("a", "summary", "area")
        or listens(node, "click")
        or attribute(node, "role") in ("button", "tab", "menuitem", "link", "option")
    )


def find(
    page: VisiblePage,
    target: str | ReplicaNode,
    wanted: Test,
    what: str,
    within: str | ReplicaNode | None = None,
) -> ReplicaNode:
    """Find the visible element that ``target`` names.

    Args:
        page: The page.
        target: A name, a selector, or an element that was found before.
        wanted: Elements for which this is true are preferred to other elements with this text.
        what: The kind of the wanted element, for error messages.
        within: Search only inside this element.

    Raises:
        NotFoundError: No visible element matches.
        AmbiguousError: Several visible elements match.
    """
    if isinstance(target, ReplicaNode):
        if target not in page.nodes:
            raise NotFoundError(f"{describe(page, target)} is no longer in the page")
        return target
    nodes = page.nodes
    if within is not None:
        container = find(page, within, lambda node: True, "element")
        nodes = [node for node in container.walk() if node.tag and node is not container]
    hidden: list[ReplicaNode] = []
    for candidates in _candidates(page, nodes, target, wanted):
        visible = [node for node in candidates if not page.why_hidden(node)]
        hidden += [node for node in candidates if node not in visible]
        if len(visible) == 1:
            return visible[0]
        if visible:
            raise AmbiguousError(_ambiguous(page, target, what, visible))
    if hidden:
        first = hidden[0]
        raise NotFoundError(f"{describe(page, first)} is not visible: {page.why_hidden(first)}")
    raise NotFoundError(_missing(page, nodes, target, what, wanted))


def find_all(page: VisiblePage, selector: str) -> list[ReplicaNode]:
    """All visible elements that match a selector. Raises `SelectorError`."""
    return [
        node
        for node in page.nodes
        if matches(SelectableNode(node), selector) and not page.why_hidden(node)
    ]


def _candidates(
    page: VisiblePage, nodes: list[ReplicaNode], target: str, wanted: Test
) -> Iterable[list[ReplicaNode]]:
    """Return three lists of elements.

    The first list has the wanted elements with this name. The second has all elements with this
    text. The third has the elements that match the selector.
    """
    name = squeeze(target)
    yield _innermost([n for n in nodes if wanted(n) and name in page.names(n)])
    yield _innermost([n for n in nodes if squeeze(page.text(n)) == name]) if name else []
    try:
        yield [node for node in nodes if matches(SelectableNode(node), target)]
    except SelectorError:
        return


def _innermost(nodes: list[ReplicaNode]) -> list[ReplicaNode]:
    outer = {id(at) for node in nodes for at in ancestors(node) if at is not node}
    return [node for node in nodes if id(node) not in outer]


def _ambiguous(page: VisiblePage, target: str, what: str, visible: list[ReplicaNode]) -> str:
    listed = "\n".join(f"  {describe(page, node)}" for node in visible[:MAX_ELEMENTS])
    return (
        f"{len(visible)} elements match {target!r}; choose one {what} with a selector or "
        f"within=...:\n{listed}"
    )


def _missing(
    page: VisiblePage, nodes: list[ReplicaNode], target: str, what: str, wanted: Test
) -> str:
    visible = [node for node in nodes if wanted(node) and not page.why_hidden(node)]
    names = list(dict.fromkeys(name for node in visible for name in page.names(node)[:1]))
    close = get_close_matches(target, names, 3, 0.5)
    if close:
        hint = f"; did you mean {' or '.join(map(repr, close))}?"
    elif names:
        hint = f"; available: {', '.join(map(repr, names[:MAX_NAMES]))}"
    else:
        hint = ""
    return f"no {what} {target!r} found{hint}"
