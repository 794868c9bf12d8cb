"""`Shadow`: a replica's node as selectors see an element."""

from __future__ import annotations

from typing import Any

from everview.html.tree.node import ParentNode
from everview.testing.page.replica import ReplicaNode


class Shadow(ParentNode):
    """Answers what `selectors.matches` asks, from the replica. Not part of any tree."""

    __slots__ = ("_of",)

    def __init__(self, of: ReplicaNode) -> None:
        # No tree, so nothing of a node's own: what is asked is looked up.
        self._of = of
        self._child_count = len(of.children)

    @property
    def tag_name(self) -> str:
        return self._of.tag

    @property
    def parent(self) -> ParentNode | None:
        parent = self._of.parent
        return Shadow(parent) if parent is not None and parent.id else None

    def _above(self) -> ParentNode | None:
        return Shadow(self._of.parent) if self._of.parent is not None else None

    @property
    def _previous_sibling(self) -> Any:  # type: ignore[override]  # looked up, never set
        return self._beside(-1)

    @property
    def _next_sibling(self) -> Any:  # type: ignore[override]  # looked up, never set
        return self._beside(1)

    def _beside(self, step: int) -> Shadow | None:
        """The nearest element in that direction; texts are passed over."""
        siblings = self._of.parent.children if self._of.parent is not None else []
        at = next((i for i, node in enumerate(siblings) if node is self._of), len(siblings)) + step
        while 0 <= at < len(siblings):
            if siblings[at].tag:
                return Shadow(siblings[at])
            at += step
        return None

    def _get_attribute(self, name: str) -> str | None:
        value = self._of.attributes.get(name)
        return value if isinstance(value, str) else None
