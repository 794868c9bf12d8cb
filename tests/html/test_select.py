"""Selects: the chosen options, and what a page reports about them."""

from __future__ import annotations

import pytest

from everview.errors import AttributeValueError
from everview.html import HTML, Document, Optgroup, Option, Select
from everview.testing.page.replica import Replica


def test_select_accepts_values_labels_and_groups() -> None:
    select = Select(values=["a", (1, "one"), (None, "none", True)])
    assert select.values == ("a", 1, None) and select.value is None
    groups = Select(values={"Fruit": ["apple"], "Roots": [(7, "carrot")]}, value=7)
    assert [node.attributes["label"] for node in groups.nodes] == ["Fruit", "Roots"]
    assert groups.value == 7


def test_drop_down_list_without_a_choice_chooses_its_first_enabled_option() -> None:
    select = Select(Option("a", disabled=True), Optgroup(Option("b"), disabled=True), Option("c"))
    assert select.value == "c"
    assert Select(Option("a", disabled=True)).value is None
    # no option of a list box is chosen by default
    assert Select(values=["a"], size=3).value is None
    assert Select(values=["a"], multiple=True).value == ()
    assert Select().value is None


def test_last_of_several_selected_options_is_chosen() -> None:
    a, b, c = Option("a", selected=True), Option("b", selected=True), Option("c")
    select = Select(a, b, c)
    assert select.value == "b"
    assert [option.selected for option in (a, b, c)] == [False, True, False]
    c.selected = True
    assert select.value == "c" and select.selected_options == [c]
    c.selected = False
    assert select.value == "a"
    several = Select(Option("a", selected=True), Option("b", selected=True), multiple=True)
    assert several.value == ("a", "b")
    several.options[0].selected = False
    assert several.value == ("b",)
    several.select_all()
    assert several.value == ("a", "b")
    several.select_none()
    assert several.value == ()


def test_choice_survives_inserted_and_removed_options() -> None:
    document = Document()
    select = Select(values=["a", "b", "c"], value="b")
    document.root.append(HTML(select))
    replica = Replica()
    replica.apply(document.snapshot())
    select.prepend(Option("zero"))
    assert select.value == "b"
    replica.apply(document.delta(replica.revision))
    assert replica.nodes[select.node_id].attributes[".selected"] == [2]
    chosen = select.options[2]
    chosen.remove()
    assert select.value == "zero"
    select.append(chosen)  # a removed option stays selected, as in browsers
    assert select.value == "b"


def test_moved_option_keeps_its_selection() -> None:
    option = Option("x", selected=True)
    first, second = Select(Option("a"), option), Select(Option("b"))
    second.append(option)
    assert (first.value, second.value) == ("a", "x")


def test_page_reports_options_by_the_ids_of_their_nodes() -> None:
    document = Document()
    select = Select(values=["a", "b", "c"])
    document.root.append(HTML(select))
    ids = {option.value: option.node_id for option in select.options}
    select.options[0].remove()
    # The page reports its choice before it receives this change. An index would select a wrong
    # option.
    assert select.receive([ids["b"]]) == "b"
    with pytest.raises(ValueError, match="was removed"):
        select.receive([ids["a"]])
    assert select.value == "b"
    select.multiple = True
    assert select.receive([ids["a"], ids["b"], ids["c"]]) == ("b", "c")
    assert select.receive([]) == ()


@pytest.mark.parametrize("data", [None, "a", [None], [True], ["1"], [1.0], {"0": 1}])
def test_malformed_data_is_refused(data) -> None:
    select = Select(values=["a", "b"], value="b")
    Document().root.append(select)
    with pytest.raises(ValueError, match="expected"):
        select.receive(data)
    assert select.value == "b"


def test_option_of_another_select_is_refused() -> None:
    mine, other = Select(values=["a"]), Select(values=["b"])
    Document().root.append(HTML(mine, other))
    with pytest.raises(ValueError, match="was removed"):
        mine.receive([other.options[0].node_id])


def test_value_of_a_wrong_type_is_refused() -> None:
    with pytest.raises(AttributeValueError, match=r"no option 'x'; it has \['a'\]"):
        Select(values=["a"]).value = "x"
    several = Select(values=["a"], multiple=True)
    for wrong in ("a", 3):
        with pytest.raises(AttributeValueError, match="multiple=True"):
            several.value = wrong


def test_required_select_needs_a_choice() -> None:
    select = Select(values=[("", "Please choose"), "a"], required=True)
    assert select.reason == "Please choose an item of the list."
    select.value = "a"
    assert select.valid
    several = Select(values=["a"], multiple=True, required=True)
    assert not several.valid
    several.value = ["a"]
    assert several.valid


def test_options_can_be_replaced() -> None:
    select = Select(values=["a", "b"], value="b")
    option = select.options[1]
    select.options = [Option("c"), option]
    assert select.values == ("c", "b") and select.value == "b"
    select.add_option(Option("d"))
    select.remove_option(option)
    assert select.values == ("c", "d") and select.value == "c"
    select.clear_options()
    assert select.value is None


def test_selects_with_the_same_choice_are_equal() -> None:
    one, other = Select(values=["a", "b"]), Select(values=["a", "b"])
    Document().root.append(one)
    assert one.same_as(other)
    one.value = "b"
    assert not one.same_as(other)


def test_choosing_among_many_options_is_fast(monkeypatch) -> None:
    calls = []
    monkeypatch.setattr(Option, "__eq__", lambda self, other: calls.append(1) or self is other)
    monkeypatch.setattr(Option, "__hash__", object.__hash__)
    select = Select(values=range(2000), multiple=True)
    select.value = range(0, 2000, 500)
    assert select._wire_value() == [0, 500, 1000, 1500]
    assert len(calls) < 5000  # comparing all pairs would take a million comparisons
