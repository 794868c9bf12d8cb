"""`Tabs`: one of several panels at a time; which one is each window's own choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from everview.errors import AttributeValueError
from everview.html.elements.tags import Div
from everview.html.tree.element import Element
from everview.html.tree.node import Child
from everview.html.tree.static_files import Script, StaticFile, StyleSheet
from everview.html.widgets.widget import Widget


class Tabs(Widget):
    """Panels with a tab for each.

        tabs = Tabs(("Overview", overview), ("Log", log), handle_select=self.chosen)
        tabs.add("Details", details)
        tabs.select(2)                    # in every window

    Choosing a tab is the window's own and asks nobody; where ``handle_select`` is given,
    ``event.data["index"]`` says which. All panels are in the page, so a field in a hidden one keeps
    what was typed. With the keyboard: the arrows, Home and End.

    Args:
        panels: ``(title, content)``.
        selected: the index of the panel that is shown first.
    """

    __slots__ = ()

    MODULE = Script("static/tabs.js")
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [StyleSheet("static/tabs.css")]
    CLASS_LIST = ("ev-tabs",)

    def __init__(
        self, *panels: tuple[str, Child], selected: int = 0, label: str = "", **attributes: Any
    ) -> None:
        # ``turn`` counts the calls of `select`, so that selecting the same again is told, too.
        data = {"titles": [], "selected": selected, "turn": 0, "label": label}
        super().__init__(data=data, **attributes)
        for title, content in panels:
            self.add(title, content)
        if panels:
            self._check(selected)

    def add(self, title: str, content: Child) -> Element:
        """Add a panel at the end; returns it."""
        panel = Div(content, _class="ev-tabs-panel", role="tabpanel")
        with self.lock:
            self.append(panel)
            self.data["titles"].append(title)
        return panel

    def remove_panel(self, index: int) -> None:
        """Take a panel away."""
        self._check(index)
        with self.lock:
            self.nodes[index].remove()
            del self.data["titles"][index]

    def set_title(self, index: int, title: str) -> None:
        """Rename a tab."""
        self.data["titles"][index] = title

    def select(self, index: int) -> None:
        """Show a panel in every window."""
        self._check(index)
        with self.lock:
            self.data["selected"] = index
            self.data["turn"] += 1

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self.data["titles"]):
            raise AttributeValueError(f"there is no panel {index}: {self.data['titles']!r}")
