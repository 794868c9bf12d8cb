"""`SelectableNode` lets selectors match nodes of a replica."""

from __future__ import annotations

from everview.testing.page.replica import ReplicaNode


class SelectableNode:
    """Implements `everview.html.tree.selectors.Selectable` for a node of a replica."""

    __slots__ = ("_node",)

    def __init__(self, node: ReplicaNode) -> None:
        self._node = node

    def __len__(self) -> int:
        """The number of children, including text nodes."""
        return len(self._node.children)

    @property
    def tag_name(self) -> str:
        return self._node.tag

    @property
    def parent(self) -> SelectableNode | None:
        parent = self._node.parent
        return SelectableNode(parent) if parent is not None and parent.id else None

    @property
    def previous_element(self) -> SelectableNode | None:
        return self._sibling(-1)

    @property
    def next_element(self) -> SelectableNode | None:
        return self._sibling(1)

    def _sibling(self, step: int) -> SelectableNode | None:
        """The nearest sibling element in a direction. Text nodes are skipped."""
        siblings = self._node.parent.children if self._node.parent is not None else [self._node]
        at = next(i for i, node in enumerate(siblings) if node is self._node) + step
        while 0 <= at < len(siblings):
            if siblings[at].tag:
                return SelectableNode(siblings[at])
            at += step
        return None

    def get_attribute(self, name: str) -> str | None:
        value = self._node.attributes.get(name)
        return value if isinstance(value, str) else None
