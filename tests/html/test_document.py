"""Frames of a document in special cases.

``test_document_properties`` tests the general guarantee.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from everview.errors import HierarchyError
from everview.html import HTML, Div, Document, Li, Node, Radio, Span, Text, TextInput, Ul
from everview.html.tree.node import MAX_DEPTH, REMOVALS_KEPT
from everview.progress import Progress
from everview.testing.page.replica import Replica


def update(document: Document, *replicas: Replica) -> None:
    """Bring each replica to the newest revision by a delta."""
    for replica in replicas:
        since = replica.revision
        replica.apply(document.snapshot() if since is None else document.delta(since))


def attached(document: Document) -> set[int]:
    """The ids of all attached nodes."""
    return {node.node_id for node in document.root.walk()}


def test_parent_and_child_swap_places_in_one_frame() -> None:
    document, replica = Document(), Replica()
    inner = Div()
    outer = Div(inner)
    html = HTML(outer)
    document.root.append(html)
    update(document, replica)
    html.append(inner)
    inner.append(outer)
    update(document, replica)  # a replica refuses to put a node into itself
    ids = [node.id for node in replica.root.walk()]
    assert ids == [0, html.node_id, inner.node_id, outer.node_id]


def test_node_moved_into_a_new_parent_is_removed_with_this_parent() -> None:
    document, replica = Document(), Replica()
    moved = Span("moved")
    html = HTML(moved)
    document.root.append(html)
    update(document, replica)
    wrapper = Div()
    html.append(wrapper)
    wrapper.append(moved)
    wrapper.remove()
    update(document, replica)
    assert set(replica.nodes) == {0, html.node_id}


def test_change_of_one_row_of_ten_thousand_is_a_small_frame() -> None:
    document = Document()
    rows = Ul(Li(number) for number in range(10_000))
    document.root.append(HTML(rows))
    revision = document.snapshot()["to"]
    rows.append(Li("one more"))
    rows.nodes[5000].remove()
    frame = document.delta(revision)
    assert len(str(frame)) < 200
    assert len(frame["put"]) == len(frame["del"]) == 1


def test_new_rows_are_written_with_attributes_and_events() -> None:
    document = Document()
    rows = Ul()
    document.root.append(HTML(rows))
    since = document.snapshot()["to"]
    rows.nodes = [Li(Span(letter), _id=f"row-{letter}", events=["click"]) for letter in "ab"]
    (put,) = json.loads(json.dumps(document.delta(since)["put"]))
    assert put[3:] == [
        ["li", {"id": "row-a", "@": ["click"]}, ["span", "a"]],
        ["li", {"id": "row-b", "@": ["click"]}, ["span", "b"]],
    ]


def test_fields_are_written_with_their_values() -> None:
    document = Document()
    rows = Ul()
    document.root.append(HTML(rows))
    since = document.snapshot()["to"]
    rows.nodes = [Li(TextInput(value=value)) for value in "ab"]
    (put,) = document.delta(since)["put"]
    first, second = put[3:]
    assert (first[1][1][".value"], second[1][1][".value"]) == ("a", "b")


def test_clearing_ten_thousand_rows_is_a_small_frame() -> None:
    document, replica = Document(), Replica()
    rows = Ul(Li(number) for number in range(10_000))
    document.root.append(HTML(rows))
    update(document, replica)
    revision = document.revision
    rows.nodes[7].remove()
    rows.clear()
    assert len(str(document.delta(revision))) < 100
    update(document, replica)
    assert rows.parent is not None
    assert set(replica.nodes) == {0, rows.parent.node_id, rows.node_id}


def test_clearing_rows_after_a_move_is_a_small_frame() -> None:
    document, replica = Document(), Replica()
    rows = Ul(Li(number) for number in range(5_000))
    document.root.append(HTML(rows))
    update(document, replica)
    rows.append(rows.nodes[7])
    update(document, replica)
    rows.clear()
    since = document.revision - 1
    assert "tree" not in document.delta(since)
    update(document, replica)
    assert len(json.dumps(document.delta(since))) < 200
    assert replica.root.get_text() == ""


def test_number_of_stored_removals_is_limited_by_the_size_of_the_tree() -> None:
    document = Document()
    rows = Ul(Li(number) for number in range(5_000))
    document.root.append(HTML(rows))
    document.snapshot()
    for row in list(rows):
        row.remove()
    document.delta(document.revision)
    rows.append("one")
    rows.nodes[0].remove()
    assert len(document._removed) <= REMOVALS_KEPT


def test_cleared_list_is_one_entry_of_the_frame() -> None:
    document, late, current = Document(), Replica(), Replica()
    rows = Ul(Li(number) for number in range(300))
    aside = Ul(Li("aside"))
    document.root.append(HTML(rows, aside))
    update(document, late)
    rows.nodes = reversed(list(rows))
    del rows.nodes[7]
    rows.append(aside.nodes[0])
    update(document, current)
    assert current.revision is not None
    rows.clear()
    assert document.delta(current.revision)["put"] == [[rows.node_id, None]]
    rows.append("none")
    frame = document.delta(current.revision)
    assert frame["put"] == [[rows.node_id, None, rows.nodes[0].node_id, "none"]]
    assert "del" not in frame
    update(document, current)
    # The replica ``late`` has not received the moves, so its delta contains them.
    update(document, late)
    assert late.plain() == current.plain()


def test_clearing_an_empty_list_changes_nothing() -> None:
    document = Document()
    rows = Ul("text")
    document.root.append(HTML(rows))
    rows.clear()
    revision = document.snapshot()["to"]
    rows.clear()
    assert document.revision == revision


def test_node_that_moved_before_its_list_was_cleared_stays() -> None:
    document, replica = Document(), Replica()
    rows, target = Ul(Li(TextInput(), number) for number in range(3)), Div()
    document.root.append(HTML(target, rows))
    update(document, replica)
    assert replica.revision is not None
    field = rows.nodes[1].nodes[0]
    target.append(field)
    rows.clear()
    frame = document.delta(replica.revision)
    assert frame["put"] == [[target.node_id, 0, [field.node_id]], [rows.node_id, None]]
    update(document, replica)
    assert set(replica.nodes) == attached(document)


def test_removed_rows_are_detached_at_once() -> None:
    document = Document()
    rows = Ul(Li(Span(number)) for number in range(200))
    document.root.append(HTML(rows))
    one, other = rows.nodes[5], rows.nodes[6]
    inner = one.nodes[0]
    node_id = one.node_id
    rows.clear()
    assert (one.parent, one.root, one in rows, one in rows.nodes) == (None, one, False, False)
    assert (one.document, inner.document, inner.parent) == (None, None, one)
    assert (one.node_id, document.get_node(node_id)) == (-1, None)
    assert (one.closest("li"), one.closest("ul > li"), one.closest("ul")) == (one, None, None)
    with pytest.raises(ValueError, match="not a child"):
        rows.remove(one)
    with pytest.raises(HierarchyError, match="reference"):
        rows.insert_before(Li(), one)
    one.remove()
    rows.append(other)
    assert list(rows) == [other]


@pytest.mark.parametrize("change", ["clear", "remove", "replace", "append"])
def test_change_below_a_removed_row_is_not_sent(change: str) -> None:
    document, replica = Document(), Replica()
    rows = Ul(Li(Span("a"), Span("b")) for _ in range(200))
    document.root.append(HTML(rows))
    update(document, replica)
    row = rows.nodes[0]
    rows.clear()
    revision = document.revision
    if change == "clear":
        row.clear()
    elif change == "remove":
        row.nodes[0].remove()
    elif change == "replace":
        row.nodes = ["c"]
    else:
        row.append("c")
    assert document.revision == revision
    update(document, replica)
    assert set(replica.nodes) == attached(document) == {0, 1, rows.node_id}


def test_node_moved_out_of_a_replaced_row_is_the_same_node_in_the_page() -> None:
    document, replica = Document(), Replica()
    rows = Ul(Li(number) for number in range(200))
    document.root.append(HTML(rows))
    update(document, replica)
    last = rows.nodes[199]
    moved = last.nodes[0]
    node_id = moved.node_id
    rows.nodes = [Li("new"), moved, Li("newer")]
    assert (last.parent, len(last.nodes), moved.node_id) == (None, 0, node_id)
    update(document, replica)
    assert [node.get_text() for node in rows.nodes] == ["new", "199", "newer"]
    assert set(replica.nodes) == attached(document)


def test_replaced_rows_are_detached() -> None:
    document, replica = Document(), Replica()
    rows = Ul(Li(number) for number in range(300))
    document.root.append(HTML(rows))
    update(document, replica)
    old = list(rows)
    rows.nodes = [Li(number) for number in range(400, 600)]
    assert all(node.document is None and node.parent is None for node in old)
    update(document, replica)
    assert replica.root.get_text() == "".join(str(number) for number in range(400, 600))
    assert set(replica.nodes) == attached(document)


def test_replacing_with_a_tree_that_is_too_deep_keeps_the_children() -> None:
    document = Document()
    rows = Ul(Li("a"), Li("b"))
    document.root.append(HTML(rows))
    before = list(rows)
    deep = Div()
    for _ in range(MAX_DEPTH):
        deep = Div(deep)
    with pytest.raises(HierarchyError, match="levels deep"):
        rows.nodes = [deep]
    assert list(rows) == before
    assert all(node.document is document for node in before)


def test_replaced_radio_button_keeps_its_choice() -> None:
    document = Document()
    old, new = Radio(True, name="size"), Radio(True, name="size")
    place = Div(old)
    document.root.append(HTML(place))
    place.nodes = [new]
    assert (old.value, new.value) == (True, True)
    place.nodes = [old]
    assert (old.value, new.value) == (True, True)


def test_slot_changed_ten_thousand_times_is_one_entry() -> None:
    document = Document()
    word = Text("-")
    document.root.append(HTML(word))
    revision = document.snapshot()["to"]
    for number in range(10_000):
        word.set_text(number)
    assert len(document._changed) == 1
    assert document.delta(revision)["set"] == [[word.node_id, "9999"]]


def test_nodes_that_were_never_sent_are_not_recorded() -> None:
    document = Document()
    html = HTML()
    document.root.append(html)
    for number in range(100):
        html.append(Span(number))
        html.nodes[0].remove()
    assert not document._removed
    assert not document._changed


def test_refused_move_changes_nothing() -> None:
    inner = Div()
    outer = Div(inner)
    document = Document()
    document.root.append(HTML(outer))
    before = document.snapshot()
    with pytest.raises(HierarchyError):
        inner.append(outer)
    with pytest.raises(HierarchyError):
        inner.append(inner)
    assert document.snapshot() == before


def test_tree_that_is_too_deep_is_refused() -> None:
    document = Document()
    html = HTML()
    document.root.append(html)
    deep = Div()
    for _ in range(500):
        deep = Div(deep)
    with pytest.raises(HierarchyError, match="levels deep"):
        html.append(deep)
    assert len(document) == 1
    assert (deep.parent, deep.document) == (None, None)


def test_title_and_progress_are_in_the_frame_only_when_they_changed() -> None:
    document = Document()
    document.root.append(HTML())
    revision = document.snapshot()["to"]
    document.progress = Progress(3, 10, "files")
    assert json.loads(json.dumps(document.delta(revision)["meta"])) == {"progress": [3, 10, "files"]}
    revision = document.revision
    document.title = "Files"
    document.progress = Progress(3, 10, "files")
    assert document.delta(revision)["meta"] == {"title": "Files"}


def test_reading_a_tree_acquires_its_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader follows links between nodes, which another thread could change at the same time."""
    document = Document()
    rows = Ul(Li(Span(number)) for number in range(3))
    document.root.append(HTML(rows))
    acquired: list[Any] = []

    class Lock:
        def __enter__(self) -> None:
            acquired.append(self)

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(document, "lock", Lock())
    reads = [
        rows.get_text, rows.walk, lambda: list(rows), lambda: rows.nodes[1],
        lambda: rows.query_selector_all("li"), lambda: list(reversed(rows.nodes)),
        lambda: rows.nodes.index(rows.nodes[1]), lambda: rows.next_element,
    ]  # fmt: skip
    for read in reads:
        acquired.clear()
        read()
        assert acquired


def parents(nodes: list[Node]) -> list[Node | None]:
    return [node.parent for node in nodes]


def test_parent_is_correct_while_rows_move_between_lists() -> None:
    document = Document()
    one, other = Ul(Li("a"), Li("b")), Ul()
    document.root.append(HTML(one, other))
    rows = list(one)
    other.extend(rows)
    assert parents(rows) == [other, other]
    other.clear()
    assert parents(rows) == [None, None]
    one.append(*rows)
    assert parents(rows) == [one, one]
