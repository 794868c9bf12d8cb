"""`InputEvent`: something a person did to a node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from everview.html import Element
from everview.runtime.windows.window import Window


class InputEvent:
    """What happened: ``name`` at ``node``, in ``window``, as its event ``number``.

    ``data``: for a click ``x``, ``y``, modifier keys and the node's size; for a change the value
    (of several choices their places); for a key its ``key``, ``code`` and modifier keys; for a drop
    ``x``, ``y``, ``text``, ``urls`` and ``files`` (their ``name``, ``size`` and ``type``; a
    `FileInput` or `FileDrop` takes the files themselves).
    ``paths``: of a drop on a native window, where its files are on this computer; else empty.
    """

    __slots__ = ("_nodes", "data", "name", "node", "number", "paths", "window")

    def __init__(
        self, name: str, node: Element, data: Any, window: Window, number: int = 0
    ) -> None:
        self.name = name
        self.node = node
        self.data = data
        self.window = window
        self.number = number
        self._nodes: list[Element] | None = None
        self.paths: list[Path] = []
        if name == "drop" and window.dropped:
            names = _names(data)
            self.paths = [path for path in map(Path, window.dropped) if path.name in names]
            window.dropped = []

    def __repr__(self) -> str:
        return f"<InputEvent {self.name} at {self.node!r}, data {self.data!r}>"

    @property
    def nodes(self) -> list[Element]:
        """The elements from the node to the root."""
        # Once: a handler may take its nodes out of the tree, and the event goes on to the others.
        if self._nodes is None:
            self._nodes = [self.node]
            node: Any = self.node.parent
            while node is not None:
                self._nodes.append(node)
                node = node.parent
        return self._nodes

    def reply(self, data: Any) -> None:
        """Answer the widget that fired this, in this window only: ``await this.fire(...)`` there.

        ``data`` is what JSON has. Any thread; later than the handler's end is too late.
        """
        self.window.post({"reply": [self.number, data]})

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


def _names(data: Any) -> list[Any]:
    """The names of the files that a page says were dropped: what was dropped beside it is none."""
    files = data.get("files") if isinstance(data, dict) else None
    if not isinstance(files, list):
        return []
    return [file.get("name") for file in files if isinstance(file, dict)]
