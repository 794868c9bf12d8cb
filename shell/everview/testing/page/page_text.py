"""`page_text` converts a page to readable text for the messages of failed tests.

    # Counter
    10                                    #count
    [Decrement] [Increment]
    Shared text: |hello|                  #text

Threads: can be called from any thread, while the page does not change. This module does not find
elements; see ``finder``.
"""

from __future__ import annotations

from collections.abc import Callable

from everview.testing.page.replica import ReplicaNode
from everview.testing.page.visible_page import (
    INLINE,
    VisiblePage,
    ancestors,
    attribute,
    is_button,
    is_field,
    kind,
    squeeze,
)

#: The content of a field: a text, True or False for a check box, or the list of chosen options.
FieldContent = str | bool | list[str]
ContentOf = Callable[[ReplicaNode], FieldContent]
#: The ids of elements start at this column of a line.
IDS_AT = 44
#: Maximum number of lines of the text. A table of 10,000 rows would hide the rest of the message.
MAX_LINES = 120


def describe(page: VisiblePage, node: ReplicaNode) -> str:
    """A short description of an element: ``<button id="go"> 'Go'``."""
    shown = [f'{n}="{v}"' for n in ("id", "class", "name", "type") if (v := attribute(node, n))]
    name = page.name(node)[:60]
    return f"<{' '.join([node.tag, *shown])}>" + (f" {name!r}" if name else "")


def page_text(page: VisiblePage, content_of: ContentOf, focused: ReplicaNode | None = None) -> str:
    """The visible page as text.

    Args:
        page: The page.
        content_of: Returns the content of a field.
        focused: The element with the focus.
    """
    writer = _Writer(page, content_of, focused)
    writer.write(page.root)
    writer.end_line()
    lines = writer.lines
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"… {len(lines) - MAX_LINES} more lines"]
    return "\n".join(lines) or "(empty page)"


class _Writer:
    def __init__(
        self, page: VisiblePage, content_of: ContentOf, focused: ReplicaNode | None
    ) -> None:
        self.lines: list[str] = []
        self._page = page
        self._content_of = content_of
        self._focused = focused
        self._pieces: list[str] = []
        self._ids: list[str] = []

    def end_line(self) -> None:
        text = squeeze("".join(self._pieces))
        ids = " ".join(dict.fromkeys(self._ids))
        if text:
            self.lines.append(f"{text:<{IDS_AT}}  {ids}".rstrip() if ids else text)
        # Show an empty element with an id, because a test may look for this id.
        elif ids:
            self.lines.append(f"{'(empty)':<{IDS_AT}}  {ids}")
        self._pieces, self._ids = [], []

    def write(self, node: ReplicaNode) -> None:
        for child in node.children:
            if not child.tag:
                self._pieces.append(child.text)
            elif self._page.why_hidden(child):
                continue
            elif is_field(child) or is_button(child) or child.tag in ("a", "img", "progress"):
                self._add_id(child)
                self._pieces.append(f" {self._control(child)} ")
            else:
                self._element(child)

    def _element(self, node: ReplicaNode) -> None:
        is_block = (node.tag not in INLINE and node.tag not in ("td", "th")) or node.tag == "br"
        if is_block:
            self.end_line()
        if node.tag in ("td", "th") and node.parent and node.parent.children[0] is not node:
            self._pieces.append(" | ")
        if node.tag == "li":
            self._pieces.append("- ")
        elif node.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._pieces.append("#" * int(node.tag[1]) + " ")
        elif node.tag == "summary":
            self._pieces.append("> ")
        elif attribute(node, "aria-modal") == "true":
            self.lines.append("--- modal dialog ---")
        if "$" in node.attributes:
            self._pieces.append("(widget) ")
        self._add_id(node)
        self.write(node)
        if is_block:
            self.end_line()

    def _add_id(self, node: ReplicaNode) -> None:
        if name := attribute(node, "id"):
            self._ids.append(f"#{name.split()[0]}")

    def _control(self, node: ReplicaNode) -> str:
        name = self._page.name(node)
        state = " (disabled)" if attribute(node, "disabled") is not None else ""
        state += " (focus)" if node is self._focused else ""
        if is_button(node):
            return f"[{name}{state}]"
        if node.tag == "a":
            return f"{name} -> {attribute(node, 'href') or '(no href)'}"
        if node.tag == "img":
            return f"(image {attribute(node, 'alt') or attribute(node, 'src')})"
        if node.tag == "progress":
            return f"({attribute(node, 'value') or '?'} of {attribute(node, 'max') or '1'})"
        return self._field(node, name) + state

    def _field(self, node: ReplicaNode, name: str) -> str:
        content = self._content_of(node)
        if kind(node) == "checkbox":
            return "[x]" if content else "[ ]"
        if kind(node) == "radio":
            return "(o)" if content else "( )"
        if kind(node) == "file":
            return f"(files: {name or 'choose'})"
        shown = ", ".join(content) if isinstance(content, list) else str(content)
        in_label = any(at.tag == "label" for at in ancestors(node))
        has_label = in_label or not name or self._was_written(name)
        return ("" if has_label else f"{name}: ") + f"|{shown}|"

    def _was_written(self, name: str) -> bool:
        """Whether the previous line already shows the label, so that it is not repeated."""
        before = [*self.lines[-1:], "".join(self._pieces)]
        return any(squeeze(name) in squeeze(line) for line in before)
