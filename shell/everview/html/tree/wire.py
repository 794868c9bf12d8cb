"""The encoding of nodes in frames. docs/protocol.md describes the format of a stream.

Threads: `write_siblings` can be called from any thread that holds the lock of the document.
"""

from __future__ import annotations

from everview.html.tree.node import Node, Text


def write_siblings(
    first: Node | None, end: Node | None, since: int, out: list[object], expected_id: int
) -> int:
    """Append the siblings from ``first`` up to ``end`` (excluded) with their subtrees to ``out``.

    The function is recursive, up to `MAX_DEPTH` levels: a loop with an explicit stack takes twice
    as long.

    Args:
        first: the first sibling; None: nothing is written.
        end: the sibling to stop at; None: the end of the siblings.
        since: nodes that were attached at this revision or earlier are written as references.
        out: the stream.
        expected_id: the id that the page gives to the next node if the stream has no number.

    Returns:
        The expected id after these nodes.
    """
    node = first
    while node is not end:
        assert node is not None
        if node._attached_at <= since:
            out.append([node._id])
        else:
            if node._id != expected_id:
                out.append(node._id)
            expected_id = node._id + 1
            item = node._text if type(node) is Text else node.wire_item()
            out.append(item)
            if (child := node._first_child) is not None:
                assert isinstance(item, list)
                expected_id = write_siblings(child, None, since, item, expected_id)
        node = node._next_sibling
    return expected_id
