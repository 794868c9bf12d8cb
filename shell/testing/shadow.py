"""`Shadow`: a replica's node as selectors see an element."""

from __future__ import annotations

from shell.html.node import ParentNode
from shell.testing.replica import ReplicaNode


class Shadow(ParentNode):
    """Answers what `selectors.matches` asks. Not part of any tree."""

    __slots__ = ("_of",)

    def __init__(self, of: ReplicaNode) -> None:
        super().__init__()
        self._of = of
        self._count = len(of.children)

    @property
    def tag_name(self) -> str:
        return self._of.tag

    @property
    def parent(self) -> ParentNode | None:
        parent = self._of.parent
        return Shadow(parent) if parent is not None and parent.id else None

    def _get_attribute(self, name: str) -> str | None:
        value = self._of.attributes.get(name)
        return value if isinstance(value, str) else None

    def same_as(self, other: object) -> bool:
        return isinstance(other, Shadow) and other._of is self._of
