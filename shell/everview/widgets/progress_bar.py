"""`ProgressBar`: how far one of several pieces of work is. A view's own is `View.progress`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from everview.html.elements import tags
from everview.html.elements.tags import Output, Span
from everview.html.tree.element import Element
from everview.html.tree.static_files import StaticFile, StyleSheet
from everview.progress import Progress


class ProgressBar(Element, tag="div"):
    """A labelled bar.

        bar = ProgressBar("Copying")
        bar.set(3, 10)                    # 30 %
        bar.set(None)                     # at work, nobody knows for how long

    Args:
        label: what is done; screen readers read it.
        done, total: as in `set`.
    """

    __slots__ = ("_bar", "_label", "_percent")

    CLASS_LIST = ("ev-progress",)
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [StyleSheet("static/progress_bar.css")]

    def __init__(
        self, label: str, done: float | None = 0, total: float = 100, **attributes: Any
    ) -> None:
        self._label = Span(label)
        self._percent = Output()
        self._bar = tags.Progress(max=100, aria_label=label)
        super().__init__(self._label, self._percent, self._bar, **attributes)
        self.set(done, total)

    def set(self, done: float | None, total: float = 100, label: str | None = None) -> None:
        """``done`` of ``total``; None: unknown. Cheap enough for every item of a loop."""
        with self.lock:
            if label is not None:
                self._label.set_text(label)
                self._bar.attributes["aria-label"] = label
            percent = None if done is None else Progress(done, total).percent
            # Without a value the bar shows that work is going on.
            self._bar.attributes["value"] = percent
            self._percent.set_text("…" if percent is None else f"{percent} %")
