"""The Python side of tabs, trees, progress bars and icons."""

from __future__ import annotations

from typing import Any

import pytest

from everview.errors import AttributeValueError
from everview.html import Document, P
from everview.widgets import ICONS, Icon, ProgressBar, Tabs, Tree


def test_tabs_have_a_panel_for_each_title() -> None:
    tabs = Tabs(("One", P("1")), ("Two", "2"))
    tabs.add("Three", ["3", P("!")])
    assert [panel.get_text() for panel in tabs.nodes] == ["1", "2", "3!"]
    assert tabs.data["titles"] == ["One", "Two", "Three"]
    tabs.select(2)
    assert tabs.data["selected"] == 2
    tabs.remove_panel(1)
    tabs.set_title(0, "First")
    assert tabs.data["titles"] == ["First", "Three"]
    assert [panel.get_text() for panel in tabs.nodes] == ["1", "3!"]
    for wrong in (-1, 2):
        with pytest.raises(AttributeValueError, match="there is no panel"):
            tabs.select(wrong)
    with pytest.raises(AttributeValueError, match="there is no panel"):
        Tabs(("One", "1"), selected=1)


def test_selecting_the_same_tab_again_is_a_change() -> None:
    """A person may have selected another tab in one window."""
    document = Document()
    tabs = Tabs(("One", "1"), ("Two", "2"), selected=1)
    document.root.append(tabs)
    since = document.snapshot()["to"]
    tabs.select(1)
    assert "set" in document.delta(since)


def test_tree_item_is_found_by_path_and_sent_alone() -> None:
    document = Document()
    tree = Tree([{"label": "a", "children": [{"label": "b"}]}, {"label": "c"}])
    document.root.append(tree)
    since = document.snapshot()["to"]
    assert tree.item([0, 0])["label"] == "b"
    with pytest.raises(IndexError):
        tree.item([0, 1])
    tree.item([0])["children"].append({"label": "new"})
    assert document.delta(since)["set"] == [
        [tree.node_id, {"$": [{"at": ["items", 0, "children"], "push": [{"label": "new"}]}]}]
    ]
    tree.items = [{"label": "z"}]
    assert tree.items == [{"label": "z"}]


@pytest.mark.parametrize(
    ("arguments", "value", "text"),
    [((3, 10), "30", "30 %"), ((0, 5), "0", "0 %"), ((7, 5), "100", "100 %"), ((-1, 5), "0", "0 %"),
     ((None, 5), None, "…"), ((1, 0), None, "…"), ((1, 3), "33", "33 %")],
)  # fmt: skip
def test_progress_bar_shows_whole_percents(
    arguments: tuple[Any, Any], value: str | None, text: str
) -> None:
    bar = ProgressBar("Copying")
    bar.set(*arguments)
    assert bar.query_selector("progress").attributes.get("value") == value
    assert bar.query_selector("output").get_text() == text


def test_progress_bar_set_in_a_loop_is_one_slot_of_a_frame() -> None:
    document = Document()
    bar = ProgressBar("Copying")
    document.root.append(bar)
    since = document.snapshot()["to"]
    for number in range(10_000):
        bar.set(number, 10_000)
    assert len(document.delta(since)["set"]) == 2


def test_unknown_icon_is_an_error_that_lists_the_icons() -> None:
    with pytest.raises(AttributeValueError, match=r"there is no icon 'trsh'.*trash"):
        Icon("trsh")
    assert len(ICONS) >= 30
    assert Icon("trash", label="Delete").attributes["aria-label"] == "Delete"
    assert Icon("trash").attributes["aria-hidden"] == "true"
