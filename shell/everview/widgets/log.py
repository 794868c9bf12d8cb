"""`Log`: the newest lines of a text that grows, up to 100,000 lines a second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from everview.errors import AttributeValueError
from everview.html import Keyword, Widget
from everview.html.tree.static_files import Script, StaticFile, StyleSheet
from everview.i18n import _

#: The greatest ``max_lines``. It is limited, because pages are at most 16 million pixels high.
MOST_LINES = 500_000
#: The greatest length of a line. Longer lines are cut off, because one line could make a frame of
#: megabytes.
MOST_CHARACTERS = 10_000


class Log(Widget):
    """Lines of text that the user can follow and scroll.

        log = Log(label="Build")
        log.append("compiling …")            # from any thread; it never waits
        print("done", file=log)              # it is also a text file for writing

    The page scrolls to each new line until the user scrolls up. A button then returns to the newest
    line. Only the visible lines are in the page's tree. When the log has a tenth more lines than
    ``max_lines``, it drops all surplus lines at once. Dropping one line for each new line would
    move all other lines each time.

    Args:
        lines: the first lines.
        max_lines: the number of lines to store; at most 500,000.
        label: the name for screen readers.
        height: the number of visible lines.
        attributes: as for `Element`.

    Raises:
        AttributeValueError: ``max_lines`` is out of range.
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
        **attributes: Keyword,
    ) -> None:
        if not 1 <= max_lines <= MOST_LINES:
            raise AttributeValueError(f"max_lines={max_lines!r} must be 1 to {MOST_LINES}")
        self.max_lines = max_lines
        self._partial = ""
        data = {"label": label or _("Log"), "height": height, "lines": []}
        super().__init__(data=data, **attributes)
        self.extend(lines)

    def append(self, *lines: object) -> None:
        """Add lines. A text with line breaks makes several lines."""
        stored = self.data["lines"]
        for line in lines:
            text = _clean(str(line))
            if "\n" in text:
                self.extend(text.split("\n"))
                continue
            with self.lock:
                stored.append(text[:MOST_CHARACTERS])
                if len(stored) > self.max_lines * 1.1:
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
        """Add text, as to a file. Text after the last line break appears with the next line break.

        Returns:
            The number of characters in ``text``.
        """
        with self.lock:
            *lines, self._partial = (self._partial + text).split("\n")
            if len(self._partial) > MOST_CHARACTERS:
                lines.append(self._partial)
                self._partial = ""
            if lines:
                self.extend(lines)
        return len(text)

    def flush(self) -> None:
        """Do nothing. The method exists because text files have it."""

    def clear(self) -> None:
        """Remove all lines."""
        with self.lock:
            self._partial = ""
            self.data["lines"].clear()

    @property
    def lines(self) -> list[str]:
        """The stored lines, the oldest first."""
        lines: list[str] = self.data["lines"][-self.max_lines :]
        return lines

    def _trim(self) -> None:
        lines = self.data["lines"]
        over = len(lines) - self.max_lines
        if over > 0:
            del lines[:over]


def _clean(text: str) -> str:
    """``text`` without lone surrogates, which decoded output of programs may contain."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
