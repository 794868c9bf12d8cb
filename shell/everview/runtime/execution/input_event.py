"""`InputEvent`: an action of a user at an element of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from everview.html import Element
from everview.runtime.windows.effects import Reply
from everview.runtime.windows.window import Window


class InputEvent:
    """An action of a user at an element of the page.

    Attributes:
        name: The name of the event, for example "click".
        node: The element where it happened.
        data: For a click ``x``, ``y``, modifier keys and the size of the node. For a change the
            value; for several choices their indexes. For a key ``key``, ``code`` and modifier keys.
            For a drop ``x``, ``y``, ``text``, ``urls`` and ``files`` (their ``name``, ``size`` and
            ``type``; a `FileInput` or `FileDrop` receives the files themselves).
        window: The window where it happened.
        number: The number of the event in this window.
        paths: The paths of files that were dropped on a native window; else empty.
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
        # The path is computed once, because a handler may remove nodes of the path before the event
        # reaches the other nodes.
        if self._nodes is None:
            self._nodes = [self.node]
            node = self.node.parent
            while isinstance(node, Element):
                self._nodes.append(node)
                node = node.parent
        return self._nodes

    def reply(self, data: object) -> None:
        """Answer the widget in this window: its ``await this.fire(...)`` returns ``data``.

        The method must be called before the handler ends. Any thread can call it.

        Args:
            data: A value that JSON can represent.
        """
        self.window.post(Reply(self.number, data))

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


def _names(data: object) -> list[object]:
    """The names of the dropped files, as the page reports them."""
    files = data.get("files") if isinstance(data, dict) else None
    if not isinstance(files, list):
        return []
    return [file.get("name") for file in files if isinstance(file, dict)]
