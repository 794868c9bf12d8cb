"""`InputEvent`: something a person did to a node."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shell.html import Element
from shell.runtime.window import Window


@dataclass(frozen=True, eq=False)
class InputEvent:
    """What happened: ``name`` at ``node``, in ``window``.

    ``data``: for a click ``x``, ``y``, modifier keys and the node's size; for a change the value.

    ``nodes`` goes from the node to the root.
    """

    name: str
    node: Element
    data: Any
    window: Window

    @cached_property
    def nodes(self) -> list[Element]:
        # Once: a handler may take its nodes out of the tree, and the event goes on to the others.
        nodes: list[Element] = []
        node: Any = self.node
        while isinstance(node, Element):
            nodes.append(node)
            node = node.parent
        return nodes

    @property
    def tag_name(self) -> str:
        return self.node.tag_name

    @property
    def id_list(self) -> list[str]:
        return list(self.node.id_list)

    @property
    def class_list(self) -> list[str]:
        return list(self.node.class_list)

    def node_has_id(self, name: str) -> bool:
        return name in self.node.id_list

    def node_has_class(self, name: str) -> bool:
        return name in self.node.class_list
