"""What a delta says, case by case; the invariant itself is in ``test_document_properties``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from everview.errors import HierarchyError
from everview.html import HTML, Div, Document, Li, Node, Radio, Span, Text, TextInput, Ul
from everview.html.tree.document import REMOVALS_KEPT
from everview.testing.page.replica import Replica


def shown(document: Document, *replicas: Replica) -> None:
    for replica in replicas:
        since = replica.revision
        replica.apply(document.snapshot() if since is None else document.delta(since))


def leaving(document: Document) -> list[Node]:
    """The tops of what left and is not forgotten."""
    tops, top = [], document._leaving
    while top is not None:
        tops.append(top)
        top = top._next_sibling
    return tops


def test_parent_and_child_change_places_in_one_frame() -> None:
    document, replica = Document(), Replica()
    inner = Div()
    outer = Div(inner)
    html = HTML(outer)
    document.root.append(html)
    shown(document, replica)
    html.append(inner)
    inner.append(outer)
    shown(document, replica)  # the replica refuses to put a node into itself
    assert [node.id for node in replica.root.walk()] == [0, html._id, inner._id, outer._id]


def test_a_known_node_moved_into_a_new_one_that_goes_again_is_removed() -> None:
    document, replica = Document(), Replica()
    moved = Span("moved")
    html = HTML(moved)
    document.root.append(html)
    shown(document, replica)
    wrapper = Div()
    html.append(wrapper)
    wrapper.append(moved)
    wrapper.remove()
    shown(document, replica)
    assert set(replica.nodes) == {0, html._id}


def test_a_row_among_ten_thousand_is_a_small_frame() -> None:
    document = Document()
    rows = Ul(Li(number) for number in range(10_000))
    document.root.append(HTML(rows))
    revision = document.snapshot()["to"]
    rows.append(Li("one more"))
    rows.nodes[5000].remove()
    frame = document.delta(revision)
    assert len(str(frame)) < 200
    assert len(frame["put"]) == len(frame["del"]) == 1


def test_siblings_that_are_alike_are_said_by_their_texts() -> None:
    document = Document()
    rows = Ul()
    document.root.append(HTML(rows))
    since = document.snapshot()["to"]
    rows.nodes = [Li(Span(letter, _class="x"), Span(number)) for number, letter in enumerate("abc")]
    assert put_of(document, since) == [
        ["li", ["span", {"class": "x"}, "a"], ["span", "0"]], [[2, "b", "1", "c", "2"]],
    ]  # fmt: skip


def put_of(document: Document, since: int) -> list[Any]:
    (put,) = json.loads(json.dumps(document.delta(since)["put"]))
    return put[3:]


@pytest.mark.parametrize(
    ("odd", "runs"),
    [
        (lambda: Li(Span("c"), "c", _class="x"), 2),
        (lambda: Li(Span("c", _id="c"), "c"), 2),
        (lambda: Li(Span("c"), "c", events=["click"]), 2),
        (lambda: Li(Span("c")), 2),
        (lambda: Li(Span("c"), Span("c")), 2),
        (lambda: Li("c", Span("c")), 2),
        (lambda: Li(TextInput(value="c"), "c"), 2),
        (lambda: Li(Span("c"), "c"), 1),
    ],
    ids=["attribute", "below", "event", "fewer", "element", "order", "field", "alike"],
)
def test_what_differs_in_more_than_its_texts_is_said_whole(odd: Any, runs: int) -> None:
    document, replica = Document(), Replica()
    rows = Ul()
    document.root.append(HTML(rows))
    shown(document, replica)
    since = document.revision
    rows.nodes = [Li(Span("a"), "a"), Li(Span("b"), "b"), odd(), Li(Span("d"), "d"), Li(Span("e"), "e")]
    said = [item for item in put_of(document, since) if isinstance(item[0], list)]
    assert len(said) == runs
    shown(document, replica)
    whole = Replica()
    whole.apply(document.snapshot())
    assert replica.root.plain() == whole.root.plain()
    assert whole.root.get_text() == rows.get_text()


def test_fields_that_are_alike_are_each_said_with_their_value() -> None:
    document = Document()
    rows = Ul()
    document.root.append(HTML(rows))
    since = document.snapshot()["to"]
    rows.nodes = [Li(TextInput(value=value)) for value in "ab"]
    first, second = put_of(document, since)
    assert (first[1][1][".value"], second[1][1][".value"]) == ("a", "b")


def test_clearing_ten_thousand_rows_is_a_small_frame() -> None:
    document, replica = Document(), Replica()
    rows = Ul(Li(number) for number in range(10_000))
    document.root.append(HTML(rows))
    replica.apply(document.snapshot())
    revision = document.revision
    rows.nodes[7].remove()
    rows.clear()
    frame = document.delta(revision)
    assert len(str(frame)) < 100
    replica.apply(frame)
    assert set(replica.nodes) == {0, rows.parent._id, rows._id}


def test_clearing_many_rows_of_which_one_was_moved_is_a_small_frame() -> None:
    """Those go at once: more than are remembered for windows that are behind."""
    document, replica = Document(), Replica()
    rows = Ul(Li(str(number)) for number in range(5_000))
    document.root.append(HTML(rows))
    shown(document, replica)
    rows.append(rows.nodes[7])
    shown(document, replica)
    rows.clear()
    since = document.revision - 1
    assert "tree" not in document.delta(since)
    shown(document, replica)
    assert len(json.dumps(document.delta(since))) < 200
    assert replica.root.get_text() == ""
    # What was shown is remembered no longer than the tree is large.
    rows.append("one")
    rows.clear()
    assert len(document._removed) <= REMOVALS_KEPT


@pytest.mark.parametrize("is_below", [False, True], ids=["a row", "below a row"])
def test_many_rows_are_forgotten_after_their_frame_unless_something_moved_below_them(
    is_below: bool,
) -> None:
    document, replica = Document(), Replica()
    document.on_leave = lambda: None
    rows = Ul(Li(Span(number)) for number in range(200))
    document.root.append(HTML(rows))
    shown(document, replica)
    first, second = rows.nodes[1], rows.nodes[7]
    if is_below:
        second.append(first.nodes[0])
    else:
        rows.append(first)
    shown(document, replica)
    rows.clear()
    assert (document.get_node(second._id), document._leaving is None) == (None, is_below)
    shown(document, replica)
    document.forget()
    assert set(replica.nodes) == set(document._nodes)
    assert document._moved == 0


def test_a_cleared_list_is_said_by_its_parent_however_its_rows_came_and_went() -> None:
    document, late, there = Document(), Replica(), Replica()
    rows = Ul(Li(number) for number in range(300))
    aside = Ul(Li("aside"))
    document.root.append(HTML(rows, aside))
    shown(document, late)
    rows.nodes = reversed(list(rows))
    del rows.nodes[7]
    rows.append(aside.nodes[0])
    shown(document, there)
    assert there.revision is not None
    rows.clear()
    assert document.delta(there.revision)["put"] == [[rows._id, None]]
    rows.append("none")
    frame = document.delta(there.revision)
    assert (frame["put"], frame.get("del")) == ([[rows._id, None, rows.nodes[0]._id, "none"]], None)
    shown(document, there)
    # Who has not seen what moved is told of it.
    shown(document, late)
    assert late.plain() == there.plain()
    document.on_leave = lambda: None
    rows.extend(Li(number) for number in range(200))
    rows.clear()
    assert document._leaving is not None
    frame = document.delta(there.revision)
    assert frame["put"] == [[rows._id, None]]
    rows.clear()
    assert "put" not in document.delta(frame["to"])


def test_what_moved_on_before_its_list_was_cleared_stays() -> None:
    document, replica = Document(), Replica()
    rows, kept = Ul(Li(TextInput(), number) for number in range(3)), Div()
    document.root.append(HTML(kept, rows))
    shown(document, replica)
    field = rows.nodes[1].nodes[0]
    kept.append(field)
    rows.clear()
    frame = document.delta(replica.revision)
    assert frame["put"] == [[kept._id, 0, [field._id]], [rows._id, None]]
    shown(document, replica)
    assert set(replica.nodes) == set(document._nodes)


def test_rows_that_left_are_nobodys_though_their_links_are_taken_later() -> None:
    document = Document()
    document.on_leave = lambda: None
    rows = Ul(Li(number) for number in range(200))
    document.root.append(HTML(rows))
    one, other = rows.nodes[5], rows.nodes[6]
    rows.clear()
    assert document._leaving is not None
    assert (one.parent, one.root, one in rows, one in rows.nodes) == (None, one, False, False)
    assert (one.closest(":first-child"), one.closest("ul > li"), one.closest("ul")) == (one, None, None)
    with pytest.raises(ValueError, match="not a child"):
        rows.remove(one)
    with pytest.raises(HierarchyError, match="reference"):
        rows.insert_before(Li(), one)
    one.remove()
    assert document._leaving is not None
    rows.append(other)
    assert (document._leaving, list(rows), one._next_sibling) == (None, [other], None)
    assert one.document is None


@pytest.mark.parametrize("do", ["clear", "remove", "replace", "append"])
def test_what_is_below_rows_that_left_is_changed_as_if_they_were_forgotten(do: str) -> None:
    document, replica = Document(), Replica()
    document.on_leave = lambda: None
    rows = Ul(Li(Span("a"), Span("b")) for _ in range(200))
    document.root.append(HTML(rows))
    shown(document, replica)
    row = rows.nodes[0]
    rows.clear()
    if do == "clear":
        row.clear()
    elif do == "remove":
        row.nodes[0].remove()
    elif do == "replace":
        row.nodes = ["c"]
    else:
        row.append("c")
    assert (row.document, row.nodes[0].document if len(row) else None) == (None, None)
    shown(document, replica)
    document.forget()
    assert set(replica.nodes) == set(document._nodes) == {0, 1, rows._id}
    assert -1 not in document._changed


def test_rows_that_were_replaced_are_forgotten_after_the_frame_of_the_new_ones() -> None:
    document, replica = Document(), Replica()
    document.on_leave = lambda: None
    rows = Ul(Li(number) for number in range(200))
    document.root.append(HTML(rows))
    shown(document, replica)
    last = rows.nodes[199]
    rows.nodes = [Li("new"), last.nodes[0], Li("newer")]
    # What was below one of them and is kept, is the same node in the pages.
    assert (last.parent, len(last.nodes), document._leaving) == (None, 0, None)
    rows.nodes = [Li(number) for number in range(300)]
    old = list(rows)
    rows.nodes = [Li(number) for number in range(400, 600)]
    assert (len(old), leaving(document)) == (300, old)
    shown(document, replica)
    assert [li.get_text() for li in rows.nodes] == [str(number) for number in range(400, 600)]
    document.forget()
    assert set(replica.nodes) == set(document._nodes)


def test_a_radio_button_that_is_replaced_keeps_its_choice() -> None:
    document = Document()
    old, new = Radio(True, name="size"), Radio(True, name="size")
    place = Div(old)
    document.root.append(HTML(place))
    place.nodes = [new]
    assert (old.value, new.value) == (True, True)
    place.nodes = [old]
    assert (old.value, new.value) == (True, True)


def test_a_slot_changed_ten_thousand_times_is_one_entry() -> None:
    document = Document()
    word = Text("-")
    document.root.append(HTML(word))
    revision = document.snapshot()["to"]
    for number in range(10_000):
        word.set_text(number)
    assert len(document._changed) == 1
    assert document.delta(revision)["set"] == [[word._id, "9999"]]


def test_what_nobody_was_shown_is_not_journalled() -> None:
    document = Document()
    html = HTML()
    document.root.append(html)
    for number in range(100):
        html.append(Span(number))
        html.nodes[0].remove()
    assert not document._removed
    assert len(document._changed) == 0


def test_a_refused_move_changes_nothing() -> None:
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


def test_a_tree_that_is_too_deep_is_refused() -> None:
    document = Document()
    html = HTML()
    document.root.append(html)
    deep = Div()
    for _ in range(500):
        deep = Div(deep)
    with pytest.raises(HierarchyError, match="levels deep"):
        html.append(deep)
    assert len(document) == 1
