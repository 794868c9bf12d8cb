"""`Pane`: what one window has for itself of a view that all windows share.

    def sort(self, event):
        pane = self.pane()              # of the window of the event
        pane.order = "name"             # any attribute: the author's own
        pane.show(self.details)         # in this window only
        pane.hide(self.overview)

The tree stays one for all: every panel is in it, and a window shows the ones it chose. That is kept
as long as the window lives, over a reload and a link that broke.

Threads: any.
"""

from __future__ import annotations

import weakref
from typing import Any

from everview.errors import ViewError
from everview.html import Element
from everview.runtime.windows.window import Window


class Pane:
    """Holds whatever attributes an author sets, and which nodes this window shows or hides."""

    def __init__(self, window: Window) -> None:
        # Weakly: panes are kept by their windows, and go with them.
        self._window = weakref.ref(window)
        self._hidden: dict[int, bool] = {}

    def hide(self, *nodes: Element) -> None:
        """Hide nodes in this window. Raises `ViewError` for one that is not shown by the view."""
        self._set(nodes, True)

    def show(self, *nodes: Element) -> None:
        """Show nodes in this window, whatever their own ``hidden`` says."""
        self._set(nodes, False)

    def _set(self, nodes: tuple[Element, ...], hidden: bool) -> None:
        for node in nodes:
            if node.document is None:
                raise ViewError(f"{node!r} is not part of what the view shows: put it there first")
        for node in nodes:
            self._hidden[node.node_id] = hidden
        if (window := self._window()) is not None:
            window.post({"hidden": [[node.node_id, hidden] for node in nodes]})

    def current_effects(self) -> list[dict[str, Any]]:
        """What a page that was told the whole tree has to know."""
        pairs = [[node_id, hidden] for node_id, hidden in list(self._hidden.items())]
        return [{"hidden": pairs}] if pairs else []
