"""`Tree`: items in items, opened and closed by each window for itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from everview.html.tree.static_files import Script, StaticFile, StyleSheet
from everview.html.widgets.widget import Widget
from everview.i18n import _


class Tree(Widget):
    """A tree to look around and choose in.

        tree = Tree([
            {"label": "src", "open": True, "children": [{"label": "main.py", "id": "src/main.py"}]},
            {"label": "docs", "children": [], "lazy": True},
        ], label="Files", handle_select=self.chosen, handle_open=self.opened)
        tree.items[0]["children"].append({"label": "new.py"})

    An item is a dict: ``label``; ``children``, a list; ``id``, any text that tells it apart
    (default: its place); ``open``, how it starts; ``lazy``: it can be opened though it has no
    children, and ``handle_open`` is to put them there. Change `items` like lists and dicts; what
    changed is sent.

    Events: ``select`` and ``open``, with ``event.data["id"]`` and ``["path"]``, the places from
    the top. With the keyboard: the arrows, Home, End, Enter, ``*``, the first letters of a label.

    Args:
        items: the top items.
        label: what screen readers call the tree.
    """

    __slots__ = ()

    MODULE = Script("static/tree.js")
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [StyleSheet("static/tree.css")]
    CLASS_LIST = ("ev-tree",)

    def __init__(
        self, items: Iterable[Mapping[str, Any]], *, label: str = "", **attributes: Any
    ) -> None:
        super().__init__(data={"label": label or _("Tree"), "items": list(items)}, **attributes)

    @property
    def items(self) -> Any:
        """The top items."""
        return self.data["items"]

    @items.setter
    def items(self, items: Iterable[Mapping[str, Any]]) -> None:
        self.data["items"] = list(items)

    def item(self, path: Iterable[int]) -> Any:
        """The item at ``path``, as events say it. Raises IndexError if there is none any more."""
        children, found = self.items, None
        for place in path:
            found = children[place]
            children = found.get("children", ())
        return found
