"""`Tabs`: several panels of which each window shows one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from everview.errors import AttributeValueError
from everview.html import Child, Keyword, Widget
from everview.html.elements.tags import Div
from everview.html.tree.element import Element
from everview.html.tree.static_files import Script, StaticFile, StyleSheet


class Tabs(Widget):
    """Several panels, each with a tab that shows it.

        tabs = Tabs(("Overview", overview), ("Log", log), handle_select=self.chosen)
        tabs.add("Details", details)
        tabs.select(2)                    # in every window

    Choosing a tab affects one window only and needs no event; with ``handle_select``,
    ``event.data["index"]`` is the index of the tab. All panels are in the page, so a field in a
    hidden panel keeps its typed text. The supported keys are the arrow keys, Home and End.

    Args:
        panels: ``(title, content)`` of each panel.
        selected: the index of the panel that is shown first.
        label: the name of the tabs for screen readers.
        attributes: as for `Element`.

    Raises:
        AttributeValueError: there is no panel with the index ``selected``.
    """

    __slots__ = ()

    MODULE = Script("static/tabs.js")
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [StyleSheet("static/tabs.css")]
    CLASS_LIST = ("ev-tabs",)

    def __init__(
        self, *panels: tuple[str, Child], selected: int = 0, label: str = "", **attributes: Keyword
    ) -> None:
        # ``turn`` counts the calls of `select`: selecting the same panel again must also be sent.
        data = {"titles": [], "selected": selected, "turn": 0, "label": label}
        super().__init__(data=data, **attributes)
        for title, content in panels:
            self.add(title, content)
        if panels:
            self._check(selected)

    def add(self, title: str, content: Child) -> Element:
        """Add a panel at the end.

        Returns:
            The element that contains ``content``.
        """
        panel = Div(content, _class="ev-tabs-panel", role="tabpanel")
        with self.lock:
            self.append(panel)
            self.data["titles"].append(title)
        return panel

    def remove_panel(self, index: int) -> None:
        """Remove a panel.

        Raises:
            AttributeValueError: there is no panel with this index.
        """
        self._check(index)
        with self.lock:
            self.nodes[index].remove()
            del self.data["titles"][index]

    def set_title(self, index: int, title: str) -> None:
        """Rename a tab."""
        self.data["titles"][index] = title

    def select(self, index: int) -> None:
        """Show a panel in every window.

        Raises:
            AttributeValueError: there is no panel with this index.
        """
        self._check(index)
        with self.lock:
            self.data["selected"] = index
            self.data["turn"] += 1

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self.data["titles"]):
            raise AttributeValueError(f"there is no panel {index}: {self.data['titles']!r}")
