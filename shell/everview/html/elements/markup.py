"""`markup` converts a tree to HTML text, for responses and debugging. `parse_html` is the reverse.

Text is escaped according to the HTML standard (WHATWG, 13.3 "Serializing HTML fragments"), so text
never becomes an element. The HTML of a field contains its current value. Handlers are left out.
"""

from __future__ import annotations

from html import escape

from everview.html.tree.element import Element
from everview.html.tree.node import Node

#: Elements without an end tag (WHATWG, 13.1.2).
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def markup(node: Node) -> str:
    """Convert ``node`` and all nodes below it to HTML."""
    parts: list[str] = []
    with node.lock:
        _write(node, parts)
    return "".join(parts)


def _write(node: Node, parts: list[str]) -> None:
    if not isinstance(node, Element):
        parts.append(escape(node.get_text(), quote=False))
        return
    tag, slots = node.tag_name, node.wire_slots() or {}
    parts.append(f"<{tag}")
    for name, value in slots.items():
        attribute = _attribute(tag, name, value)
        if attribute is not None:
            parts.append(f' {attribute[0]}="{escape(attribute[1])}"')
    parts.append(">")
    if tag in VOID:
        return
    if tag == "textarea":
        parts.append(escape(str(slots.get(".value", "")), quote=False))
    for child in node.nodes:
        _write(child, parts)
    parts.append(f"</{tag}>")


def _attribute(tag: str, name: str, value: object) -> tuple[str, str] | None:
    if name == ".value":
        # The slot contains None for a password, and False for a text that only one page has.
        return ("value", value) if isinstance(value, str) and tag != "textarea" else None
    if name == ".checked":
        return ("checked", "") if value else None
    if name[0] in "@.$":
        return None
    return name, "" if value is None else str(value)
