"""`Log`: lines of text as they come, 100,000 a second, the newest `max_lines` of them kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from everview.errors import AttributeValueError
from everview.html.tree.static_files import Script, StaticFile, StyleSheet
from everview.html.widgets.widget import Widget
from everview.i18n import _

#: A line is a pixel row in the page, and pages are at most some 16 million pixels high.
MOST_LINES = 500_000
#: Longest line; the rest is cut off, so that one line cannot be a frame of megabytes.
MOST_CHARACTERS = 10_000


class Log(Widget):
    """Lines that a person follows, or scrolls back in.

        log = Log(label="Build")
        log.append("compiling …")            # from any thread; never waits
        print("done", file=log)              # it is a text file to write to, too

    The page follows the end until a person scrolls up, and then offers to go on. Only the lines in
    view are in the page's tree. A line may come after dropping some: of those beyond ``max_lines``
    a tenth is kept for a while, so that not every line moves all others.

    Args:
        max_lines: lines that are kept; at most 500,000.
        label: what screen readers call it.
        height: lines that are shown at once.
    """

    __slots__ = ("_partial", "max_lines")

    MODULE = Script("static/log.js")
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [StyleSheet("static/log.css")]
    CLASS_LIST = ("ev-log",)

    def __init__(
        self,
        lines: Iterable[str] = (),
        *,
        max_lines: int = 10_000,
        label: str = "",
        height: int = 15,
        **attributes: Any,
    ) -> None:
        if not 1 <= max_lines <= MOST_LINES:
            raise AttributeValueError(f"max_lines={max_lines!r} must be 1 to {MOST_LINES}")
        self.max_lines = max_lines
        self._partial = ""
        data = {"label": label or _("Log"), "height": height, "lines": []}
        super().__init__(data=data, **attributes)
        self.extend(lines)

    def append(self, *lines: object) -> None:
        """Add lines. A text with line breaks is several lines."""
        kept = self.data["lines"]
        for line in lines:
            text = _clean(str(line))
            if "\n" in text:
                self.extend(text.split("\n"))
                continue
            with self.lock:
                kept.append(text[:MOST_CHARACTERS])
                if len(kept) > self.max_lines * 1.1:
                    self._trim()

    def extend(self, lines: Iterable[object], /) -> None:
        """Add several lines, in one change."""
        texts = [
            text[:MOST_CHARACTERS]
            for line in lines
            for text in _clean(str(line)).split("\n")
        ][-self.max_lines :]  # fmt: skip
        with self.lock:
            self.data["lines"].extend(texts)
            self._trim()

    def write(self, text: str) -> int:
        """Add text as to a file: what follows the last line break waits for the next."""
        with self.lock:
            *lines, self._partial = (self._partial + text).split("\n")
            if len(self._partial) > MOST_CHARACTERS:
                lines.append(self._partial)
                self._partial = ""
            if lines:
                self.extend(lines)
        return len(text)

    def flush(self) -> None:
        """Nothing to do: this is here for who writes to it as to a file."""

    def clear(self) -> None:
        """Take all lines away."""
        with self.lock:
            self._partial = ""
            self.data["lines"].clear()

    @property
    def lines(self) -> list[str]:
        """The lines that are kept, the oldest first."""
        kept: list[str] = self.data["lines"][-self.max_lines :]
        return kept

    def _trim(self) -> None:
        lines = self.data["lines"]
        over = len(lines) - self.max_lines
        if over > 0:
            del lines[:over]


def _clean(text: str) -> str:
    """``text`` as UTF-8 has it: programs' output may hold bytes that are no characters."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
