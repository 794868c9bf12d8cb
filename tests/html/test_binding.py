"""`Value`: nodes show the value, and fields edit it."""

from __future__ import annotations

import datetime
import gc
import threading
import weakref

import pytest

from everview.errors import AttributeValueError
from everview.html import (
    HTML,
    CheckBox,
    DateInput,
    Document,
    NumberInput,
    P,
    Select,
    Span,
    TextInput,
    Value,
)
from everview.testing.page.replica import Replica


def test_every_bound_node_shows_the_newest_value() -> None:
    count = Value(10)
    one, other = Span(count), P("count: ", count, " of 20, ", count.map("{:03}".format))
    documents = Document(), Document()
    for document, node in zip(documents, (one, other), strict=True):
        document.root.append(node)
    replica = Replica()
    replica.apply(documents[1].snapshot())
    count.value += 1
    assert (one.get_text(), other.get_text()) == ("11", "count: 11 of 20, 011")
    replica.apply(documents[1].delta(replica.revision))
    assert replica.root.get_text() == "count: 11 of 20, 011"


def test_bound_fields_show_and_edit_the_value() -> None:
    name = Value("Ann")
    fields = TextInput(bind=name), TextInput(bind=name)
    greeting = P("Hello ", name)
    assert [field.value for field in fields] == ["Ann", "Ann"]
    fields[0].value = "Bob"
    assert (name.value, fields[1].value, greeting.get_text()) == ("Bob", "Bob", "Hello Bob")
    name.value = "Cid"
    assert [field.value for field in fields] == ["Cid", "Cid"]
    # As in the runtime, first the field receives the edit, then its handler is called.
    fields[1].receive("Dan")
    assert name.value == "Cid"
    event = object()
    assert fields[1].get_handler("change")(event) is event
    assert (name.value, fields[0].value) == ("Dan", "Dan")


def test_change_handler_is_called_after_the_bound_value_changed() -> None:
    seen_values = []
    name = Value("")
    field = TextInput(bind=name, handle_change=lambda event: seen_values.append(name.value))
    field.receive("x")
    assert field.get_handler("change")(None) is None
    assert seen_values == ["x"]
    assert TextInput().get_handler("change") is None


def test_edits_of_fields_of_all_types_set_the_bound_values() -> None:
    number, box, day, choice, several = (
        Value(None),
        Value(True),
        Value(None),
        Value("b"),
        Value(("a",)),
    )
    fields = [
        NumberInput(bind=number), CheckBox(bind=box), DateInput(bind=day),
        Select(values=["a", "b"], bind=choice), Select(values=["a", "b"], multiple=True, bind=several),
    ]  # fmt: skip
    assert [field.value for field in fields] == [None, True, None, "b", ("a",)]
    fields[0].receive("1.5")
    fields[0].get_handler("change")(None)
    fields[3].value = "a"
    fields[4].value = ["a", "b"]
    box.value = False
    day.value = datetime.date(2026, 1, 1)
    assert (number.value, choice.value, several.value) == (1.5, "a", ("a", "b"))
    assert fields[1].value is False and fields[2].value == datetime.date(2026, 1, 1)
    with pytest.raises(AttributeValueError):
        number.value = "text"
    text = Value(None)
    assert TextInput(bind=text).value == ""


def test_partly_typed_text_is_not_overwritten() -> None:
    number = Value(3.0)
    field = NumberInput(bind=number)
    field.receive(None)
    field.get_handler("change")(None)
    assert number.value is None and not field.valid


def test_removed_nodes_are_garbage_collected() -> None:
    count = Value(0)
    places = [weakref.ref(Span(count).nodes[0]), weakref.ref(TextInput(bind=Value("")))]
    gc.collect()
    assert [place() for place in places] == [None, None]
    assert len(count._places) == 0
    referenced = Span(count)
    count.value = 1
    assert referenced.get_text() == "1" and len(count._places) == 1


def test_changes_from_many_threads_are_atomic() -> None:
    count = Value(0)
    places = [Span(count) for _ in range(4)]
    for place in places:
        Document().root.append(HTML(place))
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(200):
            count.change(lambda n: n + 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count.value == 800
    assert [place.get_text() for place in places] == ["800"] * 4


def test_slow_thread_does_not_overwrite_a_newer_value(monkeypatch) -> None:
    """A thread reads the value 1. Before this thread shows 1, another thread sets and shows 2."""
    count = Value(0)
    shown = Span(count)
    text = shown.nodes[0]
    original = type(text).set_text
    overtaken = []

    def set_text(self, value) -> None:
        if not overtaken:
            overtaken.append(value)
            count.value = 2
        original(self, value)

    monkeypatch.setattr(type(text), "set_text", set_text, raising=False)
    count.value = 1
    assert overtaken == ["1"] and shown.get_text() == "2"
