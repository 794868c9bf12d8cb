"""`Tree`: nested items that each window opens and closes independently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from everview.html import Keyword, Widget
from everview.html.tree.static_files import Script, StaticFile, StyleSheet
from everview.html.widgets.data import DataDict, DataList
from everview.i18n import _


class Tree(Widget):
    """A tree of items. The user can select one item.

        tree = Tree([
            {"label": "src", "open": True, "children": [{"label": "main.py", "id": "src/main.py"}]},
            {"label": "docs", "children": [], "lazy": True},
        ], label="Files", handle_select=self.chosen, handle_open=self.opened)
        tree.items[0]["children"].append({"label": "new.py"})

    An item is a dict with these keys: ``label``; ``children``, a list of items; ``id``, any text
    (default: its path); ``open``, whether it is open at first; ``lazy``, whether it can be opened
    without children, which ``handle_open`` then adds. Change `items` like lists and dicts: only
    changes are sent.

    Events: ``select`` and ``open``, with ``event.data["id"]`` and ``event.data["path"]``, the
    indices from the top. The supported keys are the arrow keys, Home, End, Enter, ``*`` and the
    first letters of a label.

    Args:
        items: the top items.
        label: the name of the tree for screen readers.
        attributes: as for `Element`.
    """

    __slots__ = ()

    MODULE = Script("static/tree.js")
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [StyleSheet("static/tree.css")]
    CLASS_LIST = ("ev-tree",)

    def __init__(
        self, items: Iterable[Mapping[str, Any]], *, label: str = "", **attributes: Keyword
    ) -> None:
        super().__init__(data={"label": label or _("Tree"), "items": list(items)}, **attributes)

    @property
    def items(self) -> DataList:
        """The items at the top level."""
        items: DataList = self.data["items"]
        return items

    @items.setter
    def items(self, items: Iterable[Mapping[str, Any]]) -> None:
        self.data["items"] = list(items)

    def item(self, path: Iterable[int]) -> DataDict:
        """Return the item at a path.

        Args:
            path: the indices from the top, as in the data of an event.

        Raises:
            IndexError: the item does not exist, for example because it was removed.
        """
        children: Any = self.items
        found: DataDict | None = None
        for place in path:
            item: DataDict = children[place]
            children, found = item.get("children", ()), item
        if found is None:
            raise IndexError("a path must have at least one index")
        return found
