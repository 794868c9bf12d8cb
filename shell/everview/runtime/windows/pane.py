"""`Pane`: the state of one window in a view that several windows share.

    def sort(self, event):
        pane = self.pane()              # the pane of the window of the event
        pane.order = "name"             # any attribute of the author
        pane.show(self.details)         # in this window only
        pane.hide(self.overview)

All windows share one tree. It contains every panel, and each window shows the panels that it chose.
The choice lives as long as the window: it survives a reload and a broken link.

Threads: can be called from any thread.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from everview.errors import ViewError
from everview.html import Element
from everview.runtime.windows.effects import SetHidden
from everview.runtime.windows.window import Window


class Pane:
    """Stores attributes that the author sets, and the nodes that this window shows or hides."""

    def __init__(self, window: Window) -> None:
        # The reference is weak, because the publisher stores a pane only as long as its window
        # exists.
        self._window = weakref.ref(window)
        self._hidden: dict[int, bool] = {}

    if TYPE_CHECKING:
        # Because of these two methods, type checkers accept attributes that the author adds.
        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

    def hide(self, *nodes: Element) -> None:
        """Hide nodes in this window.

        Raises:
            ViewError: a node is not in the tree of the view.
        """
        self._set(nodes, True)

    def show(self, *nodes: Element) -> None:
        """Show nodes in this window, whatever their own ``hidden`` attribute is.

        Raises:
            ViewError: a node is not in the tree of the view.
        """
        self._set(nodes, False)

    def hidden_nodes(self) -> SetHidden | None:
        """The effect that a page needs after a snapshot; None if no node was hidden or shown."""
        pairs = list(self._hidden.items())
        return SetHidden(pairs) if pairs else None

    def _set(self, nodes: tuple[Element, ...], hidden: bool) -> None:
        for node in nodes:
            if node.document is None:
                raise ViewError(f"{node!r} is not in the tree of the view: add it first")
        for node in nodes:
            self._hidden[node.node_id] = hidden
        if (window := self._window()) is not None:
            window.post(SetHidden([(node.node_id, hidden) for node in nodes]))
