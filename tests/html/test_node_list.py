"""``node.nodes`` and a plain list have the same order after the same operations."""

from __future__ import annotations

import threading
from bisect import bisect_left
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everview.errors import HierarchyError
from everview.html import Div, Document, Li, Node, Ul
from everview.testing.page.replica import Replica

slices = st.builds(
    slice, *[st.none() | st.integers(-6, 6)] * 2, st.none() | st.sampled_from([-2, -1, 1, 2, 3])
)
indexes = st.integers(-7, 7)
new_items = st.lists(st.text("xyz", max_size=1), max_size=3)


def outcome(operation: Any, on: Any) -> Any:
    try:
        return operation(on)
    except (IndexError, ValueError) as error:
        return type(error)


def shown(result: Any) -> Any:
    if isinstance(result, Node):
        return result.get_text()
    return [shown(item) for item in result] if isinstance(result, list) else result


def insert_at(index: int, text: str) -> Any:
    return lambda on: on.insert(index, text)


def set_item(key: Any, value: Any) -> Any:
    def run(on: Any) -> None:
        on[key] = value

    return run


def delete(key: Any) -> Any:
    def run(on: Any) -> None:
        del on[key]

    return run


operations = st.one_of(
    st.builds(insert_at, indexes, st.text("abc", max_size=2)),
    st.builds(set_item, indexes, st.text("abc", min_size=1, max_size=2)),
    st.builds(set_item, slices, new_items),
    st.builds(delete, indexes | slices),
    st.builds(lambda index: lambda on: on.pop(index), indexes),
    st.builds(lambda key: lambda on: on[key], indexes | slices),
    st.just(lambda on: on.pop()),
    st.just(lambda on: on.reverse()),
    st.just(lambda on: on.clear()),
    st.just(len),
    st.builds(lambda items: lambda on: on.extend(items), new_items),
    st.builds(lambda text: lambda on: on.append(text), st.text("abc", max_size=2)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(operations, max_size=12), st.booleans())
def test_children_behave_like_a_list(steps: list[Any], attached: bool) -> None:
    texts = list("abcd")
    element = Ul(texts)
    document, replica = Document(), Replica()
    if attached:
        document.root.append(element)
        replica.apply(document.snapshot())
    for step in steps:
        expected = outcome(step, texts)
        got = shown(outcome(step, element.nodes))
        assert got == expected or got == [] == expected
        assert [node.get_text() for node in element.nodes] == texts
        assert len(element) == len(texts)
    if attached:
        replica.apply(document.delta(replica.revision))
        shown_texts = [node.get_text() for node in replica.root.children[0].children]
        assert shown_texts == texts


def test_sorting_moves_the_nodes() -> None:
    items = [Li(text) for text in ("c", "a", "b", "a")]
    rows = Ul(items)
    rows.nodes.sort(key=lambda node: node.get_text())
    assert rows.nodes == [items[1], items[3], items[2], items[0]]
    rows.nodes.sort(key=lambda node: node.get_text(), reverse=True)
    assert rows.nodes == [items[0], items[2], items[1], items[3]]


def test_index_and_count_compare_identity() -> None:
    items = [Li("same") for _ in range(4)]
    rows = Ul(items)
    assert [rows.nodes.index(item) for item in items] == [0, 1, 2, 3]
    assert rows.nodes.index(items[3], -2) == 3
    assert rows.nodes.count(items[0]) == 1
    assert rows.nodes.count(Li("same")) == 0
    assert Li("same") not in rows.nodes
    with pytest.raises(ValueError, match="not a child"):
        rows.nodes.index(items[0], 1)


def test_loop_over_children_can_remove_them() -> None:
    rows = Ul(Li(number) for number in range(5))
    for row in rows:
        if int(row.get_text()) % 2:
            row.remove()
    assert rows.get_text() == "024"


def test_iteration_covers_the_children_at_its_start() -> None:
    rows = Ul(Li(number) for number in range(3))
    seen = []
    for row in rows:
        seen.append(row.get_text())
        rows.append(Li("new"))
        rows.nodes[-2].remove()
    assert seen == ["0", "1", "2"]


def longest_increasing(numbers: list[int]) -> int:
    """Return the length of the longest increasing subsequence of a list."""
    ends: list[int] = []
    for number in numbers:
        at = bisect_left(ends, number)
        ends[at : at + 1] = [number]
    return len(ends)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 12), st.data())
def test_reordering_moves_as_few_nodes_as_possible(count: int, data: st.DataObject) -> None:
    """In ``order``, a number stands for the child with this index, and None for a new child."""
    order = data.draw(st.permutations(range(count)).map(list))
    new_order: list[int | None] = list(order[: data.draw(st.integers(0, count))])
    for at in data.draw(st.lists(st.integers(0, count), max_size=3)):
        new_order.insert(at, None)
    document = Document()
    rows = Ul(Li(number) for number in range(count))
    document.root.append(rows)
    items = list(rows.nodes)
    replica, whole = Replica(), Replica()
    replica.apply(document.snapshot())
    before = document.revision
    new = [Li("new") if number is None else items[number] for number in new_order]
    rows.nodes = new
    assert list(rows.nodes) == new
    replica.apply(document.delta(before))
    whole.apply(document.snapshot())
    assert replica.plain() == whole.plain()
    moved = [item for item in items if item in rows and item._placed_at > before]
    stayed = [number for number in new_order if number is not None]
    assert len(moved) == len(stayed) - longest_increasing(stayed)


def test_refused_slice_with_an_ancestor_changes_nothing() -> None:
    inner = Ul(Li("a"), Li("b"))
    outer = Div(inner)
    before = list(inner.nodes)
    with pytest.raises(HierarchyError):
        inner.nodes[0:1] = [Li("c"), outer]
    assert inner.nodes == before


def test_generator_of_children_runs_without_the_lock() -> None:
    document = Document()
    rows = Ul(Li("a"))
    document.root.append(rows)
    lock_held = []

    def made():
        # Another thread cannot acquire the lock while this thread holds it.
        def ask() -> None:
            free = document.lock.acquire(timeout=0.5)
            lock_held.append(not free)
            if free:
                document.lock.release()

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        yield Li("b")

    rows.nodes[0:0] = made()
    assert lock_held == [False]
    assert rows.get_text() == "ba"
