"""`ProgressBar`: the progress of one task among several. For a single task, use `View.progress`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from everview.html import Keyword
from everview.html.elements import tags
from everview.html.elements.tags import Output, Span
from everview.html.tree.element import Element
from everview.html.tree.static_files import StaticFile, StyleSheet
from everview.progress import Progress


class ProgressBar(Element, tag="div"):
    """A progress bar with a label.

        bar = ProgressBar("Copying")
        bar.set(3, 10)                    # 30 %
        bar.set(None)                     # at work, with no known end

    Args:
        label: the name of the task, also for screen readers.
        done: as for `set`.
        total: as for `set`.
        attributes: as for `Element`.
    """

    __slots__ = ("_bar", "_label", "_percent")

    CLASS_LIST = ("ev-progress",)
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [StyleSheet("static/progress_bar.css")]

    def __init__(
        self, label: str, done: float | None = 0, total: float = 100, **attributes: Keyword
    ) -> None:
        self._label = Span(label)
        self._percent = Output()
        self._bar = tags.Progress(max=100, aria_label=label)
        super().__init__(self._label, self._percent, self._bar, **attributes)
        self.set(done, total)

    def set(self, done: float | None, total: float = 100, label: str | None = None) -> None:
        """Show the progress. This method is fast enough for every item of a loop.

        Args:
            done: the finished amount; None: unknown.
            total: the whole amount, in the same unit.
            label: a new label; None: no change.
        """
        with self.lock:
            if label is not None:
                self._label.set_text(label)
                self._bar.attributes["aria-label"] = label
            percent = None if done is None else Progress.checked(done, total).percent
            # Without the attribute ``value``, the bar shows work of unknown length.
            self._bar.attributes["value"] = percent
            self._percent.set_text("…" if percent is None else f"{percent} %")
