"""`Shadow`: an element of a replica, as selectors see it."""

from __future__ import annotations

from everview.testing.page.replica import ReplicaNode


class Shadow:
    """Implements `everview.html.tree.selectors.Selectable` for a node of a replica."""

    __slots__ = ("_node",)

    def __init__(self, node: ReplicaNode) -> None:
        self._node = node

    def __len__(self) -> int:
        return len(self._node.children)

    @property
    def tag_name(self) -> str:
        return self._node.tag

    @property
    def parent(self) -> Shadow | None:
        parent = self._node.parent
        return Shadow(parent) if parent is not None and parent.id else None

    @property
    def previous_element(self) -> Shadow | None:
        return self._sibling(-1)

    @property
    def next_element(self) -> Shadow | None:
        return self._sibling(1)

    def _sibling(self, step: int) -> Shadow | None:
        """The nearest element in that direction; texts are skipped."""
        siblings = self._node.parent.children if self._node.parent is not None else [self._node]
        at = next(i for i, node in enumerate(siblings) if node is self._node) + step
        while 0 <= at < len(siblings):
            if siblings[at].tag:
                return Shadow(siblings[at])
            at += step
        return None

    def get_attribute(self, name: str) -> str | None:
        value = self._node.attributes.get(name)
        return value if isinstance(value, str) else None
