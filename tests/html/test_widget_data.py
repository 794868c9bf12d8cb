"""Widget data: the size of changes, refused values, and equal data in all windows."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from everview.errors import AttributeValueError
from everview.html import HTML, Document
from everview.html.widgets.container import Container
from everview.html.widgets.data import DataDict
from everview.testing.page.replica import Replica
from tests.support.mutations import Mutator, Sample, SeededSource


@pytest.fixture
def document() -> Document:
    return Document()


def show(document: Document, data: Any) -> Sample:
    """Show a widget in a document, and let a window receive the data of the widget."""
    widget = Sample(data=data)
    document.root.nodes = [widget]
    document.snapshot()
    return widget


def changes(document: Document, since: int) -> Any:
    """Return the changes of the only widget in the frame since a revision."""
    frame = document.delta(since)
    assert set(frame) == {"from", "to", "set"}
    ((_, slots),) = frame["set"]
    return slots["$"]


# the size of frames -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: d["rows"].append(1), [{"at": ["rows"], "push": [1]}]),
        (lambda d: d["rows"].extend([1, 2]), [{"at": ["rows"], "push": [1, 2]}]),
        (lambda d: d["rows"].pop(0), [{"at": ["rows"], "drop": 1}]),
        (lambda d: d["rows"].__delitem__(slice(0, 7)), [{"at": ["rows"], "drop": 7}]),
        (lambda d: d["rows"].pop(), [{"at": ["rows"], "keep": 9_999}]),
        (lambda d: d["rows"].__setitem__(5, "x"), [{"at": ["rows"], "set": [[5, "x"]]}]),
        (lambda d: d["rows"].__setitem__(-1, "x"), [{"at": ["rows"], "set": [[9_999, "x"]]}]),
        (lambda d: d["rows"].insert(9_999, "x"), [{"at": ["rows"], "keep": 9_999, "push": ["x", 9_999]}]),
        (lambda d: d["rows"].clear(), [{"at": ["rows"], "keep": 0}]),
        (lambda d: d.__setitem__("new", {"a": [1]}), [{"set": {"new": {"a": [1]}}}]),
        (lambda d: d.__delitem__("x"), [{"del": ["x"]}]),
        (lambda d: d["deep"]["a"][1].__setitem__("b", None), [{"at": ["deep", "a", 1], "set": {"b": None}}]),
    ],
    ids=range(12),
)  # fmt: skip
def test_frame_has_only_the_changes(document: Document, change: Any, expected: Any) -> None:
    widget = show(document, {"rows": list(range(10_000)), "x": 1, "deep": {"a": [0, {"b": 1}]}})
    since = document.revision
    change(widget.data)
    assert changes(document, since) == expected


def test_list_that_is_appended_and_trimmed_stays_small(document: Document) -> None:
    """Each frame contains only new items, however many items were appended before."""
    widget = show(document, {"rows": list(range(1000))})
    rows = widget.data["rows"]
    for number in range(5000):
        since = document.revision
        rows.append(number)
        del rows[:1]
        assert changes(document, since) == [{"at": ["rows"], "drop": 1, "push": [number]}]
    assert len(rows._log) <= 1024
    assert len(widget._containers) == 1


def test_repeated_changes_before_the_next_frame_are_recorded_once(document: Document) -> None:
    widget = show(document, {"rows": []})
    for number in range(5000):
        widget.data["rows"].append(number)
        widget.data[f"key {number % 7}"] = number
    assert len(widget.data["rows"]._log) == 1
    assert len(widget.data._keys) == 7


def test_window_that_missed_changes_no_longer_stored_gets_the_whole_list(
    document: Document
) -> None:
    widget = show(document, {"rows": [0]})
    old = document.revision
    for number in range(2000):
        widget.data["rows"].append(number)
        document.delta(document.revision)
    assert changes(document, old) == [{"at": ["rows"], "all": widget.data["rows"].plain()}]


def test_number_of_stored_added_and_deleted_keys_is_limited(document: Document) -> None:
    widget = show(document, {})
    old = document.revision
    for number in range(5000):
        widget.data[str(number)] = number
        if number >= 5:
            del widget.data[str(number - 5)]
        document.delta(document.revision)
    assert len(widget.data._keys) <= 1024 + 2 * 6
    assert changes(document, old) == [{"all": widget.data.plain()}]


def test_equal_value_is_not_a_change(document: Document) -> None:
    widget = show(document, {"a": 1, "rows": [1.0]})
    since = document.revision
    widget.data["a"] = 1
    widget.data["rows"][0] = 1.0
    assert document.revision == since
    widget.data["a"] = True  # equal to 1 in Python, but a different JSON value
    assert changes(document, since) == [{"set": {"a": True}}]


# values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 2**53 + 1, -(2**60), object, b"x", {1: 2}, {"a": {2, 3}},
     "\ud800", {"\ud800": 1}, [[[float("nan")]]], {"__proto__": 1}, 1j, range(3)],
    ids=repr,
)  # fmt: skip
def test_value_that_json_does_not_have_is_refused(
    document: Document, value: Any
) -> None:
    widget = show(document, {"rows": [1]})
    since = document.revision
    for change in (
        lambda: widget.data.__setitem__("x", value),
        lambda: widget.data["rows"].append(value),
        lambda: widget.data["rows"].extend([2, value]),
        lambda: widget.data["rows"].__setitem__(0, value),
        lambda: Sample(data={"x": value}),
    ):
        with pytest.raises(AttributeValueError, match="widget data"):
            change()
    assert widget.data == {"rows": [1]}
    assert document.revision == since


def test_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(AttributeValueError, match="contain itself"):
        Sample(data=loop)


def test_subclasses_of_plain_types_become_plain() -> None:
    class Text(str):
        __slots__ = ()

    class Real(float):
        __slots__ = ()

    widget = Sample(data=[Text("a"), Real(1.5), True])
    assert [type(value) for value in widget.data] == [str, float, bool]


def test_assigned_values_are_copied(document: Document) -> None:
    mine = {"rows": [1]}
    widget = show(document, mine)
    mine["rows"].append(2)
    assert widget.data == {"rows": [1]}
    widget.data["again"] = widget.data["rows"]
    widget.data["rows"].append(3)
    assert widget.data == {"rows": [1, 3], "again": [1]}


def test_deleted_container_no_longer_reports_changes(document: Document) -> None:
    widget = show(document, {"rows": [{"a": {}}, {"b": 2}]})
    removed, kept = widget.data["rows"]
    widget.data["rows"].pop(0)
    since = document.snapshot()["to"]
    removed["a"]["x"] = 1
    assert document.revision == since
    kept["b"] = 3
    assert changes(document, since) == [{"at": ["rows", 0], "set": {"b": 3}}]


def test_moved_nested_container_stays_the_same_object(document: Document) -> None:
    widget = show(document, {"rows": [{"n": 3}, {"n": 1}, {}]})
    row = widget.data["rows"][0]
    widget.data["rows"].sort(key=lambda r: r.get("n", 0))
    assert widget.data["rows"][2] is row
    since = document.snapshot()["to"]
    row["n"] = 4
    assert changes(document, since) == [{"at": ["rows", 2], "set": {"n": 4}}]
    del widget.data["rows"][0]
    assert widget.data["rows"][1] is row


def test_data_behaves_like_lists_and_dicts() -> None:
    widget = Sample(data={"rows": [3, 1, 2], "x": {"y": 1}})
    rows = widget.data["rows"]
    rows += [5]
    rows.sort()
    rows.reverse()
    rows[1:3] = ["a", "b", "c"]
    rows[::2] = ["x", "y", "z"]
    del rows[1::3]
    rows.remove("c")
    assert rows == ["x", "y"]
    assert rows.index("y") == 1
    assert widget.data.get("none", 7) == 7
    assert widget.data.setdefault("x", {}) == {"y": 1}
    assert widget.data.pop("x") == {"y": 1}
    assert dict(widget.data) == {"rows": ["x", "y"]}
    with pytest.raises(IndexError):
        rows[9] = 1
    with pytest.raises(ValueError, match="extended slice"):
        rows[::2] = [1, 2, 3]


# convergence ------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [2, 1024])
def test_window_that_missed_changes_of_data_converges(monkeypatch: Any, limit: int) -> None:
    monkeypatch.setattr("everview.html.widgets.data.KEPT", limit)
    seen: set[str] = set()
    for seed in range(150):
        source = SeededSource(seed)
        document = Document()
        mutator = Mutator(document, source)
        widget = Sample(data={"x": [1, [2], {"y": 3}], "y": {"x": []}})
        mutator.html.append(widget)
        replicas = [Replica() for _ in range(3)]
        for _ in range(60):
            step(mutator, widget, source, document)
            for replica in replicas:
                if source.number(0, 3) == 0:
                    pull(document, replica, seen)
        for replica in replicas:
            pull(document, replica, seen)
            assert data_of(replica) == widget.data.plain(), f"seed {seed}"
    assert seen >= {"all", "set", "del", "keep", "drop", "push", "at"}


def step(mutator: Mutator, widget: Sample, source: SeededSource, document: Document) -> None:
    containers: list[Any] = [widget.data]
    for container in containers:
        values = container.values() if isinstance(container, DataDict) else container
        containers += [value for value in values if isinstance(value, Container)]
    container = source.choice(containers)
    if source.number(0, 40) == 0:
        widget.data = mutator.value()
    elif source.number(0, 40) == 0:
        widget.remove()
        mutator.change_dict(container) if isinstance(container, DataDict) else None
        mutator.html.append(widget)
    elif isinstance(container, DataDict):
        mutator.change_dict(container)
    else:
        mutator.change_list(container)


def pull(document: Document, replica: Replica, seen: set[str]) -> None:
    since = replica.revision
    frame = document.snapshot() if since is None else document.delta(since)
    for _, slots in frame.get("set", ()):
        for change in slots.get("$", ()):
            seen.update(change)
    replica.apply(json.loads(json.dumps(frame)))


def data_of(replica: Replica) -> Any:
    (widget,) = (node for node in replica.nodes.values() if "$" in node.attributes)
    return widget.attributes["$"]["data"]


def test_widget_moved_to_another_document_forgets_its_changes() -> None:
    first, second = Document(), Document()
    widget = show(first, {"rows": [{"a": 1}]})
    for number in range(100):
        widget.data["rows"].append(number)
        first.delta(first.revision)
    second.root.append(HTML(widget))
    replica = Replica()
    replica.apply(json.loads(json.dumps(second.snapshot())))
    since = second.revision
    widget.data["rows"][0]["a"] = 2
    assert changes(second, since) == [{"at": ["rows", 0], "set": {"a": 2}}]
    replica.apply(json.loads(json.dumps(second.delta(since))))
    assert data_of(replica) == widget.data.plain()


def test_append_from_threads_loses_nothing(document: Document) -> None:
    widget = show(document, {"rows": []})
    replica = Replica()
    replica.apply(json.loads(json.dumps(document.snapshot())))
    threads = [
        threading.Thread(target=lambda: [widget.data["rows"].append(1) for _ in range(2000)])
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        replica.apply(json.loads(json.dumps(document.delta(replica.revision))))
    replica.apply(json.loads(json.dumps(document.delta(replica.revision))))
    assert data_of(replica) == [1] * 6000 or data_of(replica) == {"rows": [1] * 6000}
