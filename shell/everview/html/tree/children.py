"""`NodeList`: an element's children as a mutable sequence.

Threads: as ``node``. Guarantees: every operation goes by identity; two equal siblings are two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, MutableSequence
from itertools import islice, pairwise
from sys import maxsize
from typing import Any, overload

from everview.html.tree.node import Child, Node, ParentNode, flatten


class NodeList(MutableSequence[Node]):
    """A live view of the children of one element.

    Costs: the ends are constant. An index in the middle and iterating build a list once, and are
    constant per step until the middle changes.
    """

    __slots__ = ("_element",)

    def __init__(self, element: ParentNode) -> None:
        self._element = element

    def __len__(self) -> int:
        return self._element._child_count

    def __iter__(self) -> Iterator[Node]:
        """The children as they are now: a loop body may remove, move and add some."""
        with self._element.lock:
            return iter(self._list().copy())

    def __reversed__(self) -> Iterator[Node]:
        return reversed(self._list())

    def __contains__(self, node: object) -> bool:
        return node in self._element

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NodeList):
            return self._list() == other._list()
        return self._list() == other

    __hash__ = None  # type: ignore[assignment]

    def _list(self) -> list[Node]:
        element = self._element
        with element.lock:
            nodes = element._child_cache
            if nodes is None:
                element._child_cache = nodes = []
                node = element._first_child
                while node is not None:
                    nodes.append(node)
                    node = node._next_sibling
            return nodes

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
        try:
            # Nodes are equal to themselves only.
            return self._list().index(value, start, maxsize if stop is None else stop)
        except ValueError:
            raise ValueError(f"{value!r} is not a child of {self._element!r}") from None

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
        if type(children) is list and self._swap(children):
            return
        nodes: list[Node] = []
        flatten(children, nodes)
        nodes = list(dict.fromkeys(nodes))
        for node in nodes:
            if node._parent_node is not element:
                element._check_hierarchy(node)
        with element.lock:
            old = self._list().copy()
            wanted = set(nodes)
            if wanted.isdisjoint(old):
                document = element._document
                if document is not None and document._watching:
                    element.clear()  # a new radio button would take the choice from an old one
                    element._insert(nodes, None)
                else:
                    # The new ones first: what left is forgotten when they have been shown.
                    element._insert(nodes, None)
                    element._remove_others(old)
                return
            for node in old:
                if node not in wanted:
                    element._remove(node)
            for at in reversed(_to_be_placed(old, nodes)):
                element._insert(nodes[at], nodes[at + 1] if at + 1 < len(nodes) else None)

    def _swap(self, new: list[Any]) -> bool:
        """`replace` where two children change places, or none: a tenth of the time. Whether so."""
        element = self._element
        with element.lock:
            old = self._list()
            if len(new) != len(old):
                return False
            pairs = enumerate(zip(old, new, strict=True))
            places = list(islice((at for at, (a, b) in pairs if a is not b), 3))
            if len(places) == 2:
                first, second = places
                one, other, following = old[first], old[second], old[second]._next_sibling
                if new[first] is not other or new[second] is not one:
                    return False
                element._insert(other, one)
                if second > first + 1:
                    element._insert(one, following)
            return len(places) in (0, 2)

    def __repr__(self) -> str:
        return repr(self._list())


def _to_be_placed(old: list[Node], new: list[Node]) -> list[int]:
    """The indices of the fewest nodes of ``new`` that have to be put in their place.

    The others are in this order in ``old``: the longest increasing subsequence of their positions,
    by patience sorting, O(n log n) (Fredman 1975). Neighbours that stay neighbours are taken as a
    run: most are, and looked at one by one they cost three times as much.
    """
    positions = dict(zip(old, range(len(old)), strict=True))
    order = list(map(positions.get, new))
    runs = [0]
    expected = order[0]
    for at, position in enumerate(order):
        if position != expected:
            runs.append(at)
        expected = None if position is None else position + 1
    #: The smallest position that a sequence of each length ends with, and where in ``new`` it is.
    ends: list[int] = []
    ends_at: list[int] = []
    before = list(range(-1, len(new) - 1))
    for start, end in pairwise([*runs, len(new)]):
        at, first = start, order[start]
        if first is None:
            continue
        run = range(first, first + end - at)
        for position in run:
            if not ends or position > ends[-1]:
                break
            length = bisect_left(ends, position)
            before[at] = ends_at[length - 1] if length else -1
            ends[length], ends_at[length] = position, at
            at += 1
        if at < end:
            before[at] = ends_at[-1] if ends else -1
            ends.extend(run[at - end :])
            ends_at.extend(range(at, end))
    stays = bytearray(len(new))
    at = ends_at[-1] if ends else -1
    while at >= 0:
        stays[at] = 1
        at = before[at]
    return [at for at, stay in enumerate(stays) if not stay]
