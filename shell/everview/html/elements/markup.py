"""`markup`: a tree as HTML text, for HTTP answers and for people. What `parse` reads back.

Text is escaped as the HTML standard serialises it (WHATWG, 13.3 "Serializing HTML fragments"), so
that nothing in it becomes an element. Fields have the value they hold; handlers have no text.
"""

from __future__ import annotations

from html import escape

from everview.html.tree.node import Node, ParentNode, Text

#: Elements without an end tag (WHATWG, 13.1.2).
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def markup(node: Node) -> str:
    """``node`` and all below it as HTML."""
    parts: list[str] = []
    with node.lock:
        _write(node, parts)
    return "".join(parts)


def _write(node: Node, parts: list[str]) -> None:
    if isinstance(node, Text):
        parts.append(escape(str(node), quote=False))
        return
    wire = node._write()
    assert isinstance(wire, list)
    tag = wire[0]
    slots = wire[1] if len(wire) > 1 and isinstance(wire[1], dict) else {}
    text = slots.get(".value") if tag == "textarea" else None
    parts.append(f"<{tag}")
    for name, value in slots.items():
        attribute = _attribute(tag, name, value)
        if attribute is not None:
            parts.append(f' {attribute[0]}="{escape(attribute[1])}"')
    parts.append(">")
    if tag in VOID:
        return
    if text is not None:
        parts.append(escape(str(text), quote=False))
    if isinstance(node, ParentNode):
        child = node._first_child
        while child is not None:
            _write(child, parts)
            child = child._next_sibling
    parts.append(f"</{tag}>")


def _attribute(tag: str, name: str, value: object) -> tuple[str, str] | None:
    if name == ".value":
        return None if tag == "textarea" else ("value", str(value))
    if name == ".checked":
        return ("checked", "") if value else None
    if name[0] in "@.":
        return None
    return name, "" if value is None else str(value)
