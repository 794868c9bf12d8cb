"""Defects of Lona's tree that must not be repeated.

The test names contain the numbers of the list of known defects. Tests that need a page are in
tests/browser.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from everview.html import (
    HTML,
    Button,
    Div,
    Document,
    Element,
    Li,
    Option,
    P,
    Select,
    Span,
    Text,
    Ul,
)
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.windows.window import Window
from everview.testing.page.replica import Replica


def test_defect_6_equal_siblings_are_not_mixed_up() -> None:
    """In Lona, removing and inserting compare by value: the first equal sibling is removed."""
    document, replica = Document(), Replica()
    rows = [Li("same", _class="row") for _ in range(6)]
    listed = Ul(rows)
    document.root.append(HTML(listed))
    replica.apply(document.snapshot())
    assert all(rows[0].same_as(row) for row in rows) and rows[0] != rows[1]

    listed.remove(rows[3])
    listed.nodes.remove(rows[1])
    del listed.nodes[listed.nodes.index(rows[4])]
    twin = Li("same", _class="row")
    listed.insert_before(twin, rows[5])
    listed.nodes[0] = rows[2]  # rows[2] moves to the position of rows[0]
    assert list(listed) == [rows[2], twin, rows[5]]
    assert twin in listed and rows[0] not in listed.nodes and rows[3].parent is None

    replica.apply(document.delta(replica.revision))
    shown = [node.id for node in replica.nodes[listed.node_id].children]
    assert shown == [rows[2].node_id, twin.node_id, rows[5].node_id]


TEXTS = [
    "<b>bold</b>", "&amp; & &lt;", "  leading", "trailing  ", "\tta\tb", "a\n\nb", "", " ", "0",
    "\u202eright to left", "\x00\x01", "🎈𝔘", "<script>x</script>", "]]>", "<!-- a -->",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_defect_14_get_text_drops_no_character(text: str) -> None:
    """In Lona, `get_text` collapses blanks and drops text that looks like a tag."""
    html = HTML(Div(text, Span(text), Text(text)), text)
    assert html.get_text() == text * 4
    html.set_text(text)
    assert html.get_text() == text
    document, replica = Document(), Replica()
    document.root.append(html)
    replica.apply(document.snapshot())
    assert replica.root.get_text() == text  # defect 7: the frame has the text without entities


def test_defect_14_a_single_select_has_one_option_selected() -> None:
    """In Lona, the first option of a single select stays selected when a second one is selected."""
    options = [Option(name, selected=True) for name in "abc"]
    select = Select(options)
    assert [option.selected for option in options] == [False, False, True]
    assert select.value == "c" and select._wire_value() == [2]
    for option in options:
        option.selected = True
        assert select.selected_options == [option]
    select.value = "b"
    assert [option.selected for option in options] == [False, True, False]
    Document().root.append(select)
    select.receive([options[0].node_id, options[2].node_id])
    assert select.selected_options == [options[0]]
    select.append(Option("d", selected=True))
    assert select.value == "d" and len(select.selected_options) == 1


def lines_of(operation: Callable[[], Any]) -> int:
    """Return the number of lines of Python that an operation runs.

    Unlike a duration, this number is the same on every machine.
    """
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    gc.disable()  # a garbage collection could run callbacks, whose lines would be counted
    sys.settrace(trace)
    try:
        operation()
    finally:
        sys.settrace(before)
        gc.enable()
    return count


def table_of(rows: int) -> tuple[Document, Element, list[Element]]:
    document = Document()
    made: list[Element] = [Div(Button("remove"), P(f"row {n}"), _class="row") for n in range(rows)]
    table = Div(made)
    document.root.append(HTML(table))
    document.snapshot()
    return document, table, made


def removed_and_told(document: Document, row: Element) -> Callable[[], Any]:
    def run() -> None:
        row.remove()
        document.delta(document.revision - 1)

    return run


OPERATIONS: dict[str, Callable[[Document, Element, list[Element]], Callable[[], Any]]] = {
    "find the node of an event": lambda document, table, rows: (
        lambda node_id=rows[-1].nodes[0].node_id: document.get_node(node_id)
    ),
    "the way of an event": lambda document, table, rows: (
        lambda: InputEvent("click", rows[-1].nodes[0], None, Window("w", "owner")).nodes
    ),
    "remove a row": lambda document, table, rows: removed_and_told(document, rows[len(rows) // 2]),
    "append a row": lambda document, table, rows: lambda: table.append(Div("new")),
    "insert a row": lambda document, table, rows: (
        lambda: table.insert_before(Div("new"), rows[len(rows) // 2])
    ),
    "move a row": lambda document, table, rows: lambda: table.append(rows[len(rows) // 2]),
    "change a text": lambda document, table, rows: lambda: rows[7].nodes[1].set_text("x"),
    "change a class": lambda document, table, rows: lambda: rows[7].class_list.add("on"),
    "the change as a frame": lambda document, table, rows: removed_and_told(document, rows[3]),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_defect_11_cost_of_an_operation_is_independent_of_the_size_of_the_tree(name: str) -> None:
    """In Lona, events and removals search all nodes: 5,000 rows take seconds."""
    costs = []
    for rows in (20, 20, 5000):  # the first run fills caches and is not compared
        operation = OPERATIONS[name](*table_of(rows))
        costs.append(lines_of(operation))
    assert costs[1] == costs[2] > 0


def test_defect_11_removing_all_of_5000_rows_is_linear() -> None:
    costs = []
    for count in (500, 5000):
        _, _, rows = table_of(count)
        costs.append(lines_of(lambda rows=rows: [row.remove() for row in rows]) / count)
    assert costs[1] < costs[0] * 1.1
