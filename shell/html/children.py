"""`NodeList`: an element's children as a mutable sequence.

Threads: as ``node``. Guarantees: every operation goes by identity; two equal siblings are two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, MutableSequence
from typing import Any, overload

from shell.html.node import Child, Node, ParentNode, flatten


class NodeList(MutableSequence[Node]):
    """A live view of the children of one element.

    Costs: the ends and iterating are constant per step; an index in the middle builds a list once
    and is constant until the middle changes.
    """

    __slots__ = ("_element",)

    def __init__(self, element: ParentNode) -> None:
        self._element = element

    def __len__(self) -> int:
        return self._element._child_count

    def __iter__(self) -> Iterator[Node]:
        node = self._element._first_child
        while node is not None:
            following = node._next_sibling
            yield node
            # A loop body may remove the node it was given.
            node = node._next_sibling if node._parent_node is self._element else following

    def __reversed__(self) -> Iterator[Node]:
        return reversed(self._list())

    def __contains__(self, node: object) -> bool:
        return isinstance(node, Node) and node._parent_node is self._element

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NodeList):
            return self._list() == other._list()
        return self._list() == other

    __hash__ = None  # type: ignore[assignment]

    def _list(self) -> list[Node]:
        element = self._element
        with element.lock:
            if element._child_cache is None:
                element._child_cache = list(self)
            return element._child_cache

    @overload
    def __getitem__(self, index: int) -> Node: ...
    @overload
    def __getitem__(self, index: slice) -> list[Node]: ...
    def __getitem__(self, index: int | slice) -> Node | list[Node]:
        element = self._element
        if index == 0 and element._first_child is not None:
            return element._first_child
        if index == -1 and element._last_child is not None:
            return element._last_child
        return self._list()[index]

    def __setitem__(self, index: int | slice, value: Any) -> None:
        element = self._element
        new: list[Node] = []
        flatten(value, new)  # before the lock: it may run an author's generator
        with element.lock:
            if isinstance(index, slice):
                nodes = list(self._list())
                nodes[index] = new
                self.replace(nodes)
            else:
                old = self._list()[index]
                following = old._next_sibling
                if len(new) == 1 and new[0] is old:
                    return
                if old not in new:
                    old.remove()
                while following is not None and following in new:
                    following = following._next_sibling
                element._insert(new, following)

    def __delitem__(self, index: int | slice) -> None:
        with self._element.lock:
            chosen = self[index]
            for node in chosen if isinstance(chosen, list) else [chosen]:
                self._element._remove(node)

    def insert(self, index: int, value: Child) -> None:
        new: list[Node] = []
        flatten(value, new)  # before the lock: it may run an author's generator
        with self._element.lock:
            count = len(self)
            index = max(0, index + count) if index < 0 else index
            self._element._insert(new, self[index] if index < count else None)

    def append(self, value: Child) -> None:
        self._element._insert(value, None)

    def remove(self, value: Node) -> None:
        """Remove this very node; raises ValueError if it is not a child."""
        self._element.remove(value)

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """The position of this very node; raises ValueError if it is not a child."""
        nodes = self._list()
        for position in range(*slice(start, stop).indices(len(nodes))):
            if nodes[position] is value:
                return position
        raise ValueError(f"{value!r} is not a child of {self._element!r}")

    def count(self, value: Any) -> int:
        return int(value in self)

    def reverse(self) -> None:
        """Turn the order around; the nodes move."""
        self.replace(list(reversed(self._list())))

    def sort(self, key: Callable[[Node], Any], reverse: bool = False) -> None:
        """Sort by ``key(node)``; equal ones keep their order, and the fewest nodes are moved."""
        self.replace(sorted(self._list(), key=key, reverse=reverse))

    def extend(self, values: Child) -> None:
        self._element._insert((values,), None)

    def clear(self) -> None:
        self._element.clear()

    def replace(self, children: Child) -> None:
        """Make ``children`` the children: who stays stays in place, the fewest are moved.

        Sorting a table this way moves nodes, so that pages keep focus and scroll in them.
        """
        element = self._element
        nodes: list[Node] = []
        flatten(children, nodes)
        nodes = list(dict.fromkeys(nodes))
        for node in nodes:
            element._check_hierarchy(node)
        with element.lock:
            wanted = set(nodes)
            if wanted.isdisjoint(self):
                element.clear()
                element._insert(nodes, None)
                return
            for node in list(self):
                if node not in wanted:
                    element._remove(node)
            stay = _longest_ordered_run(self, nodes)
            reference: Node | None = None
            for node in reversed(nodes):
                if node not in stay:
                    element._insert(node, reference)
                reference = node

    def __repr__(self) -> str:
        return repr(self._list())


def _longest_ordered_run(old: NodeList, new: list[Node]) -> set[Node]:
    """The largest set of nodes of ``new`` that are already in this order in ``old``.

    Longest increasing subsequence by patience sorting, O(n log n) (Fredman 1975).
    """
    positions = {node: position for position, node in enumerate(old)}
    tails: list[int] = []
    tail_nodes: list[Node] = []
    before: dict[Node, Node | None] = {}
    for node in new:
        position = positions.get(node)
        if position is None:
            continue
        # Most are in order already.
        at = len(tails) if not tails or position > tails[-1] else bisect_left(tails, position)
        before[node] = tail_nodes[at - 1] if at else None
        if at == len(tails):
            tails.append(position)
            tail_nodes.append(node)
        else:
            tails[at] = position
            tail_nodes[at] = node
    stay: set[Node] = set()
    node_or_none = tail_nodes[-1] if tail_nodes else None
    while node_or_none is not None:
        stay.add(node_or_none)
        node_or_none = before[node_or_none]
    return stay
