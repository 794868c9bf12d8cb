"""`NodeList`: an element's children as a mutable sequence.

Threads: the rules of the module ``node`` apply.
Guarantees: nodes compare by identity, so equal siblings are two nodes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, MutableSequence
from sys import maxsize
from typing import Any, overload

from everview.errors import HierarchyError
from everview.html.tree.node import Child, Node, ParentNode, flatten


class NodeList(MutableSequence[Node]):
    """A live view of the children of one element.

    Access to the first and the last child takes constant time. Iteration and any other index build
    a list. The list is reused until a child is inserted or removed before the last position.
    """

    __slots__ = ("_element",)

    def __init__(self, element: ParentNode) -> None:
        self._element = element

    def __len__(self) -> int:
        return self._element._child_count

    def __iter__(self) -> Iterator[Node]:
        """Iterate over a copy: the body of a loop may insert, move and remove children."""
        return iter(self._copy())

    def __reversed__(self) -> Iterator[Node]:
        return reversed(self._copy())

    def __contains__(self, node: object) -> bool:
        return node in self._element

    def __eq__(self, other: object) -> bool:
        return self._copy() == (other._copy() if isinstance(other, NodeList) else other)

    __hash__ = None  # type: ignore[assignment]

    def _copy(self) -> list[Node]:
        with self._element.lock:
            return self._element._child_list().copy()

    @overload
    def __getitem__(self, index: int) -> Node: ...
    @overload
    def __getitem__(self, index: slice) -> list[Node]: ...
    def __getitem__(self, index: int | slice) -> Node | list[Node]:
        element = self._element
        # Reading a single reference needs no lock.
        if index == 0 and (first := element._first_child) is not None:
            return first
        if index == -1 and (last := element._last_child) is not None:
            return last
        with element.lock:
            return element._child_list()[index]

    def __setitem__(self, index: int | slice, value: Any) -> None:
        element = self._element
        new: list[Node] = []
        # Flatten before acquiring the lock, because this may run an author's generator.
        flatten(value, new)
        with element.lock:
            nodes = self._copy()
            if isinstance(index, slice):
                nodes[index] = new
            else:
                position = range(len(nodes))[index]
                nodes[position : position + 1] = new
            self.replace(nodes)

    def __delitem__(self, index: int | slice) -> None:
        with self._element.lock:
            chosen = self[index]
            for node in chosen if isinstance(chosen, list) else [chosen]:
                self._element._remove_child(node)

    def insert(self, index: int, value: Child) -> None:
        """Insert before position ``index``."""
        new: list[Node] = []
        # Flatten before acquiring the lock, because this may run an author's generator.
        flatten(value, new)
        with self._element.lock:
            count = len(self)
            index = max(0, index + count) if index < 0 else index
            self._element._insert_children(new, self[index] if index < count else None)

    def append(self, value: Child) -> None:
        """Insert at the end."""
        self._element._insert_children(value, None)

    def remove(self, value: Node) -> None:
        """Remove the child ``value``.

        Raises:
            ValueError: ``value`` is not a child of the element.
        """
        self._element.remove(value)

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """The index of the child ``value``.

        Raises:
            ValueError: ``value`` is not a child of the element.
        """
        try:
            return self._copy().index(value, start, maxsize if stop is None else stop)
        except ValueError:
            raise ValueError(f"{value!r} is not a child of {self._element!r}") from None

    def count(self, value: Any) -> int:
        """1 if ``value`` is a child of the element, else 0."""
        return int(value in self)

    def reverse(self) -> None:
        """Reverse the order of the children by moving the nodes."""
        self.replace(list(reversed(self)))

    def sort(self, key: Callable[[Node], Any], reverse: bool = False) -> None:
        """Sort by ``key(node)``. The sort is stable and moves as few nodes as possible."""
        nodes = self._copy()
        nodes.sort(key=key, reverse=reverse)
        self.replace(nodes)

    def extend(self, values: Child) -> None:
        """Insert all of ``values`` at the end."""
        self._element._insert_children(values, None)

    def clear(self) -> None:
        """Remove all children."""
        self._element.clear()

    def replace(self, children: Child) -> None:
        """Make ``children`` the children of the element.

        A node that is already a child stays in the page, with its focus and scroll position. As few
        nodes as possible are moved.

        Raises:
            HierarchyError: a child contains the element, or the tree becomes too deep.
        """
        element = self._element
        nodes: list[Node] = []
        flatten(children, nodes)
        nodes = list(dict.fromkeys(nodes))
        others = [node for node in nodes if node._parent_node is not element]
        for node in others:
            element._check_hierarchy(node)
        with element.lock:
            # Move new nodes here before old children are removed: a new node may be inside an old
            # child and must stay attached.
            document = element._document
            if document is not None:
                moving = [node for node in others if node._document is document]
                element._insert_children(moving, None)
            old = self._copy()
            wanted = set(nodes)
            if wanted.isdisjoint(old):
                element.clear()
                try:
                    element._insert_children(nodes, None)
                except HierarchyError:
                    element._insert_children(old, None)
                    raise
                return
            for node in old:
                if node not in wanted:
                    element._remove_child(node)
            for position in reversed(_positions_to_move(old, nodes)):
                following = nodes[position + 1] if position + 1 < len(nodes) else None
                element._insert_children(nodes[position], following)

    def __repr__(self) -> str:
        return repr(self._copy())


def _positions_to_move(old: list[Node], new: list[Node]) -> list[int]:
    """Return the positions in ``new`` of the smallest set of nodes to move or insert.

    The nodes at the positions that are not returned stay where they are. They form the longest
    subsequence of ``new`` that has the order of ``old``. Patience sorting finds such a longest
    increasing subsequence in O(n log n) (Fredman 1975).
    """
    old_positions = dict(zip(old, range(len(old)), strict=True))
    #: ``ends[k]`` is the smallest old position that can end an increasing subsequence of k + 1
    #: nodes. ``ends_at[k]`` is the position of that node in ``new``.
    ends: list[int] = []
    ends_at: list[int] = []
    #: For each node of ``new``, the position of the node before it in its subsequence, or -1.
    before = [-1] * len(new)
    for position, old_position in enumerate(map(old_positions.get, new)):
        if old_position is None:
            continue
        if not ends or old_position > ends[-1]:  # usual case: the order has not changed
            before[position] = ends_at[-1] if ends else -1
            ends.append(old_position)
            ends_at.append(position)
        else:
            length = bisect_left(ends, old_position)
            before[position] = ends_at[length - 1] if length else -1
            ends[length], ends_at[length] = old_position, position
    stays = set()
    position = ends_at[-1] if ends_at else -1
    while position >= 0:
        stays.add(position)
        position = before[position]
    return [position for position in range(len(new)) if position not in stays]
