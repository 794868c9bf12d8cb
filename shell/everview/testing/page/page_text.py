"""`page_text`: a page as readable text, for the failures of tests.

    # Counter
    10                                    #count
    [Decrement] [Increment]
    Shared text: |hello|                  #text

Threads: any, while the page does not change. Not for: finding things (``finder``).
"""

from __future__ import annotations

from typing import Any

from everview.testing.page.replica import ReplicaNode
from everview.testing.page.visible_page import (
    INLINE,
    Sight,
    ancestors,
    attribute,
    is_button,
    is_field,
    kind,
    squeeze,
)

#: Where the hints (ids) begin, in characters.
HINTS_AT = 44
#: Lines of a page that are shown; a table of 10,000 rows would hide the failure.
MOST_LINES = 120


def describe(sight: Sight, node: ReplicaNode) -> str:
    """A node in a few words: ``<button id="go"> 'Go'``."""
    shown = [f'{n}="{v}"' for n in ("id", "class", "name", "type") if (v := attribute(node, n))]
    name = sight.name(node)[:60]
    return f"<{' '.join([node.tag, *shown])}>" + (f" {name!r}" if name else "")


def page_text(sight: Sight, value_of: Any, focused: ReplicaNode | None = None) -> str:
    """What a person sees; ``value_of(field)`` is what is in a field."""
    writer = _Writer(sight, value_of, focused)
    writer.write(sight.root)
    writer.end_line()
    lines = writer.lines
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"… {len(lines) - MOST_LINES} more lines"]
    return "\n".join(lines) or "(nothing)"


class _Writer:
    def __init__(self, sight: Sight, value_of: Any, focused: ReplicaNode | None) -> None:
        self.lines: list[str] = []
        self._sight = sight
        self._value_of = value_of
        self._focused = focused
        self._pieces: list[str] = []
        self._hints: list[str] = []

    def end_line(self) -> None:
        text = squeeze("".join(self._pieces))
        hints = " ".join(dict.fromkeys(self._hints))
        if text:
            self.lines.append(f"{text:<{HINTS_AT}}  {hints}".rstrip() if hints else text)
        # What is empty has nothing to show, and a test may look for it all the same.
        elif hints:
            self.lines.append(f"{'(empty)':<{HINTS_AT}}  {hints}")
        self._pieces, self._hints = [], []

    def write(self, node: ReplicaNode) -> None:
        for child in node.children:
            if not child.tag:
                self._pieces.append(child.text)
            elif self._sight.why_hidden(child):
                continue
            elif is_field(child) or is_button(child) or child.tag in ("a", "img", "progress"):
                self._hint(child)
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
            self.lines.append("--- a dialog in front ---")
        if "$" in node.attributes:
            self._pieces.append("(widget) ")
        self._hint(node)
        self.write(node)
        if is_block:
            self.end_line()

    def _hint(self, node: ReplicaNode) -> None:
        if name := attribute(node, "id"):
            self._hints.append(f"#{name.split()[0]}")

    def _control(self, node: ReplicaNode) -> str:
        name = self._sight.name(node)
        off = " (disabled)" if attribute(node, "disabled") is not None else ""
        off += " (focus)" if node is self._focused else ""
        if is_button(node):
            return f"[{name}{off}]"
        if node.tag == "a":
            return f"{name} -> {attribute(node, 'href') or '(no address)'}"
        if node.tag == "img":
            return f"(image {attribute(node, 'alt') or attribute(node, 'src')})"
        if node.tag == "progress":
            return f"({attribute(node, 'value') or '?'} of {attribute(node, 'max') or '1'})"
        return self._field(node, name) + off

    def _field(self, node: ReplicaNode, name: str) -> str:
        value = self._value_of(node)
        if kind(node) == "checkbox":
            return "[x]" if value else "[ ]"
        if kind(node) == "radio":
            return "(o)" if value else "( )"
        if kind(node) == "file":
            return f"(files: {name or 'choose'})"
        shown = ", ".join(value) if isinstance(value, list) else str(value)
        is_said = any(at.tag == "label" for at in ancestors(node)) or self._said_before(name)
        return ("" if is_said or not name else f"{name}: ") + f"|{shown}|"

    def _said_before(self, name: str) -> bool:
        """Whether the label was just written: it need not be said twice."""
        before = [*self.lines[-1:], "".join(self._pieces)]
        return bool(name) and any(squeeze(name) in squeeze(line) for line in before)
