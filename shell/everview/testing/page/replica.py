"""`Replica` stores the nodes of a page in Python.

The replica applies frames like the client's ``replica.js``.

The replica stores the same data as a real page, and gets ids only from frames. It raises
`ReplicaError` if a real page would request a snapshot. Simulated windows and the property tests
use the replica.

Threads: only one thread at a time may use a replica.
"""

from __future__ import annotations

import copy
from typing import Any


class ReplicaError(AssertionError):
    """A frame does not fit the state of the replica."""


class ReplicaNode:
    """A node of the replica; ``tag`` is "" for a text node."""

    __slots__ = ("attributes", "children", "id", "parent", "tag", "text")

    def __init__(self, node_id: int, tag: str, text: str = "") -> None:
        self.id = node_id
        self.tag = tag
        self.text = text
        self.attributes: dict[str, Any] = {}
        self.children: list[ReplicaNode] = []
        self.parent: ReplicaNode | None = None

    def plain(self) -> tuple[object, ...]:
        """The node with its id, attributes and children, as plain data for comparisons."""
        if not self.tag:
            return (self.id, self.text)
        attributes = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self.attributes.items()
        }
        return (self.id, self.tag, attributes, [child.plain() for child in self.children])

    def get_text(self) -> str:
        """The text of the node and of everything in it."""
        return self.text + "".join(child.get_text() for child in self.children)

    def walk(self) -> list[ReplicaNode]:
        """The node and everything in it, in document order."""
        found: list[ReplicaNode] = []
        stack: list[ReplicaNode] = [self]
        while stack:
            node = stack.pop()
            found.append(node)
            stack.extend(reversed(node.children))
        return found


class Replica:
    """The state of one page."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self.root = ReplicaNode(0, "main")
        self.nodes: dict[int, ReplicaNode] = {0: self.root}
        self.meta: dict[str, Any] = {}
        self.revision: int | None = None
        self._next = 0

    def plain(self) -> tuple[object, ...]:
        """The part of the page that a person can see, as plain data for comparisons."""
        return (self.meta, self.root.plain())

    def apply(self, frame: dict[str, Any]) -> None:
        """Apply a snapshot or a delta. Raises `ReplicaError`."""
        if "tree" in frame:
            self._reset()
            self._insert(self.root, None, frame["tree"])
        elif frame["from"] != self.revision:
            raise ReplicaError(f"frame from {frame['from']} does not fit revision {self.revision}")
        for node_id, change in frame.get("set", ()):
            self._set(self._known(node_id), change)
        replaced: list[tuple[ReplicaNode, ReplicaNode | None]] = []
        for parent_id, after, *stream in frame.get("put", ()):
            parent = self._known(parent_id)
            anchor = self._known(after) if after else None
            if anchor is not None and anchor.parent is not parent:
                raise ReplicaError(f"{after} is not a child of {parent_id}")
            last = self._insert(parent, anchor, stream)
            if after is None:
                replaced.append((parent, last))
        # Remove nodes after all insertions, so that a node which moved to another place is not
        # removed.
        leaving = [self.nodes[node_id] for node_id in frame.get("del", ()) if node_id in self.nodes]
        for parent, last in replaced:
            leaving += parent.children[parent.children.index(last) + 1 if last else 0 :]
        for node in leaving:
            self._unlink(node)
            for removed in node.walk():
                self.nodes.pop(removed.id, None)
        self.meta.update(frame.get("meta", {}))
        self.revision = frame["to"]

    def _known(self, node_id: int) -> ReplicaNode:
        if node_id not in self.nodes:
            raise ReplicaError(f"node {node_id} is unknown")
        return self.nodes[node_id]

    @staticmethod
    def _set(node: ReplicaNode, change: Any) -> None:
        if isinstance(change, str):
            node.text = change
            return
        for name, value in change.items():
            if name == "$" and isinstance(value, list):
                apply_changes(node.attributes["$"], value)
            elif name == "$":
                node.attributes["$"] = copy.deepcopy(value)
            elif (value is None and not name.startswith(".")) or (name == "@" and not value):
                node.attributes.pop(name, None)
            else:
                node.attributes[name] = value

    @staticmethod
    def _unlink(node: ReplicaNode) -> None:
        if node.parent is not None:
            node.parent.children.remove(node)
            node.parent = None

    def _insert(
        self, parent: ReplicaNode, anchor: ReplicaNode | None, stream: list[Any]
    ) -> ReplicaNode | None:
        """Insert the nodes of ``stream`` after ``anchor`` (None: first). Returns the last node."""
        for item in stream:
            if isinstance(item, int):
                self._next = item
                continue
            node = self._make(item, parent)
            # Compute the position now, because `_make` may have moved siblings into the node.
            self._unlink(node)
            at = 0 if anchor is None else parent.children.index(anchor) + 1
            parent.children.insert(at, node)
            node.parent = parent
            anchor = node
        return anchor

    def _make(self, item: Any, parent: ReplicaNode) -> ReplicaNode:
        if isinstance(item, list) and isinstance(item[0], int):
            known = self._known(item[0])
            ancestor: ReplicaNode | None = parent
            while ancestor is not None:
                if ancestor is known:
                    raise ReplicaError(f"node {known.id} would be inserted into itself")
                ancestor = ancestor.parent
            return known
        if self._next in self.nodes:
            raise ReplicaError(f"node {self._next} is already known")
        is_text = isinstance(item, str)
        tag = "" if is_text else item[0].rpartition(":")[2]  # the tag without its namespace
        node = ReplicaNode(self._next, tag, item if is_text else "")
        self._next += 1
        self.nodes[node.id] = node
        # Set the parent before the children are added, so that the check for cycles works.
        node.parent = parent
        rest = [] if is_text else item[1:]
        if rest and isinstance(rest[0], dict):
            self._set(node, rest[0])
            rest = rest[1:]
        self._insert(node, None, rest)
        node.parent = None
        return node


def apply_changes(widget: dict[str, Any], changes: list[dict[str, Any]]) -> None:
    """Apply changes to the data of a widget, like the client's ``data.js``."""
    for change in changes:
        holder: Any = widget
        key: Any = "data"
        for step in change.get("at", ()):
            holder, key = holder[key], step
        if "all" in change:
            holder[key] = copy.deepcopy(change["all"])
            continue
        target = holder[key]
        if isinstance(target, dict):
            target.update(copy.deepcopy(change.get("set", {})))
            for name in change.get("del", ()):
                target.pop(name, None)  # the key may have been added and removed between two frames
            continue
        if len(target) < change.get("keep", 0):
            raise ReplicaError(f"a list of {len(target)} items cannot keep {change['keep']}")
        del target[change.get("keep", len(target)) :]
        if len(target) < change.get("drop", 0):
            raise ReplicaError(f"a list of {len(target)} items cannot drop {change['drop']}")
        del target[: change.get("drop", 0)]
        for index, value in change.get("set", ()):
            if not 0 <= index < len(target):
                raise ReplicaError(f"a list of {len(target)} items has no item {index}")
            target[index] = copy.deepcopy(value)
        target.extend(copy.deepcopy(change.get("push", [])))
