"""Streams of siblings, which frames are made of. docs/protocol.md has their form.

Rows come by the thousand, alike but for their texts: of those only the texts are written.

Threads: any; the lock of the nodes' document is held.
"""

from __future__ import annotations

from typing import Any

from everview.html.tree.node import Node, Text, Wire


def write_siblings(
    first: Node | None, end: Node | None, since: int, out: list[Wire], expected: int
) -> int:
    """Append the nodes from ``first`` up to ``end`` and all below them to ``out``.

    What was known at ``since`` is a reference. ``expected`` is the id that the page gives the next
    node unless the stream says another; returned is that of the node after these. It calls itself
    for children, `MAX_DEPTH` at most: a loop with a stack of its own takes twice as long.
    """
    node = first
    while node is not end:
        assert node is not None
        if node._since <= since:
            out.append([node._id])
        else:
            node_id = node._id
            if node_id != expected:
                out.append(node_id)
            expected = node_id + 1
            wire = node._write()
            out.append(wire)
            if (child := node._first_child) is not None:
                expected = write_siblings(child, None, since, wire, expected)  # type: ignore[arg-type]
            following = node._next_sibling
            if following is not end and type(following) is type(node):
                node, expected = _write_alike(node, end, out, expected)
        node = node._next_sibling
    return expected


def _write_alike(
    model: Node, end: Node | None, out: list[Wire], expected: int
) -> tuple[Node, int]:
    """Append the siblings after ``model`` that are like it in all but their texts: those suffice.

    The last of them, or ``model``, and the id expected after it. All of them are new if ``model``
    is: their ids are higher.
    """
    texts: list[Any] = [0]
    last = model
    while (node := last._next_sibling) is not end:
        assert node is not None
        known = len(texts)
        after = _read_alike(node, model, expected, texts)
        if not after or (last is model and not _read_alike(model, model, model._id, [])):
            del texts[known:]
            break
        texts[0] += 1
        last, expected = node, after
    if last is not model:
        out.append([texts])
    return last, expected


def _read_alike(node: Node, model: Node, node_id: int, texts: list[Any]) -> int:
    """Append the texts of ``node`` if it is like ``model`` in all else and its ids count up.

    The id after the last below it, ``node_id`` being its own; 0 if it is not alike.
    """
    if (
        type(node) is not type(model)
        or node._id != node_id
        or not node.IS_PLAIN
        or not node._is_like(model)
    ):
        return 0
    node_id += 1
    child, other = node._first_child, model._first_child
    while child is not None:
        if type(child) is Text:
            if type(other) is not Text or child._id != node_id:
                return 0
            texts.append(child._text)
            node_id += 1
        else:
            assert other is not None
            node_id = _read_alike(child, other, node_id, texts)
            if not node_id:
                return 0
        child, other = child._next_sibling, other._next_sibling
    return node_id
