"""`VirtualTable`: requests of a page and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from everview import App, View
from everview.errors import AttributeValueError
from everview.html import HTML
from everview.runtime.windows.effects import Notice, Reply
from everview.testing import SimulatedApp
from everview.testing.simulated_app import SimulatedWindow
from everview.widgets import Column, VirtualTable
from everview.widgets.row_source import RowSource


@pytest.fixture
def rows() -> list[Any]:
    return [(number, f"row {number % 7}") for number in range(1000)]


@pytest.fixture
def window(rows: list[Any]) -> Any:
    app = App(__file__)

    @app.route("/")
    class Table(View):
        is_daemon = True

        def handle_request(self, request):
            return HTML(VirtualTable(["number", Column("name", sortable=False)], rows, _id="table"))

    with SimulatedApp(app) as simulated:
        yield simulated.open("/")


def ask(window: SimulatedWindow, **asked: Any) -> Any:
    """Return the answer to a request of a window, or None if there is no answer."""
    data = {"start": 0, "count": 3, "sort": None, "filter": "", **asked}
    number = window.event("#table", "rows", data)
    replies = [(e.event, e.data) for e in window.effects if isinstance(e, Reply)]
    return next((data for of, data in replies if of == number), None)


def test_page_gets_the_rows_that_it_requests(window: SimulatedWindow) -> None:
    assert ask(window, start=500, count=2) == {
        "start": 500, "total": 1000, "version": 1,
        "rows": [[500, ["500", "row 3"]], [501, ["501", "row 4"]]],
    }  # fmt: skip
    assert ask(window, start=999)["rows"] == [[999, ["999", "row 5"]]]
    assert ask(window, start=5000)["rows"] == []
    assert ask(window, sort=["number", True])["rows"][0] == [999, ["999", "row 5"]]
    answer = ask(window, filter="ROW 3", sort=["number", True])
    assert answer["total"] == 143
    assert answer["rows"][0] == [997, ["997", "row 3"]]


def test_answer_goes_to_the_requesting_window_only(
    window: SimulatedWindow,
) -> None:
    other = window.simulated.open("/")
    frames = len(window.frames)
    assert ask(window) is not None
    assert all("reply" not in effect for effect in other.effects)
    assert len(window.frames) == frames


@pytest.mark.parametrize(
    "asked",
    [{"start": -1}, {"start": "0"}, {"start": 2**60}, {"count": 0}, {"count": 501}, {"count": 10**9},
     {"sort": "number"}, {"sort": ["none", True]}, {"sort": ["name", False]}, {"sort": ["number", 1]},
     {"sort": ["number"]}, {"filter": None}, {"filter": "x" * 201}, {"start": None}, {"start": 1.5},
     {"sort": [["number"], True]}, {"sort": {"number": True}}],
    ids=str,
)  # fmt: skip
def test_malformed_request_for_rows_is_refused(window: SimulatedWindow, asked: Any) -> None:
    assert ask(window, **asked) is None
    assert isinstance(window.effects[-1], Notice)
    assert ask(window) is not None


@pytest.mark.parametrize("data", [None, [], "rows", 3, {}, {"start": 0}], ids=repr)
def test_malformed_data_is_refused(window: SimulatedWindow, data: Any) -> None:
    window.event("#table", "rows", data)
    assert [effect for effect in window.effects if isinstance(effect, Reply)] == []


def test_refresh_sends_the_first_rows_and_a_new_version(
    window: SimulatedWindow, rows: list[Any]
) -> None:
    before = ask(window, filter="row 3")["total"]
    rows.insert(0, (-1, "row 3"))
    view = window.simulated.instance(window).view
    table = view.html.query_selector("#table")
    # the widget does not notice the new row before refresh()
    assert ask(window, filter="row 3")["total"] == before
    table.refresh()
    window.wait_until(lambda: window.find("#table").attributes["$"]["data"]["version"] == 2)
    data = window.find("#table").attributes["$"]["data"]
    assert (data["total"], data["first"][0]) == (1001, [0, ["-1", "row 3"]])
    assert ask(window, filter="row 3")["total"] == before + 1


def test_rows_of_all_types_are_read() -> None:
    @dataclass
    class Person:
        name: str
        age: int | None

    columns = [Column("name"), Column("age", format="{} years".format)]
    for row in (("Ada", 3), ["Ada", 3], {"name": "Ada", "age": 3}, Person("Ada", 3)):
        assert RowSource(columns, [row]).cells(row) == ["Ada", "3 years"]
    assert RowSource([Column("a")], []).cells({"a": None}) == [""]
    assert RowSource([Column("a")], []).cells({"a": "\ud800<b>"}) == ["?<b>"]


def test_column_with_values_of_different_types_can_be_sorted() -> None:
    values = [3, None, "b", float("nan"), 1.5, "a", True, b"x", -2]
    source = RowSource([Column("v")], [(value,) for value in values])
    found, _ = source.fetch(0, 99, ("v", False), "")
    ordered = [row[0] for _, row in found]
    assert ordered[:4] == [-2, True, 1.5, 3]
    assert ordered[4:7] == ["a", "b", b"x"]
    assert ordered[7] is None
    same = RowSource([Column("v")], [(1, "a"), (0, "b"), (1, "c")])
    # rows with equal values keep their order
    assert [n for n, _ in same.fetch(0, 9, ("v", False), "")[0]] == [1, 0, 2]


def test_number_of_stored_orders_is_limited() -> None:
    source = RowSource([Column("v")], [(n,) for n in range(10)])
    for number in range(50):
        source.fetch(0, 1, None, str(number))
    assert len(source._orders) <= 8


def test_function_is_called_for_the_visible_rows() -> None:
    asked = []

    def fetch(start: int, count: int, sort: Any, text: str) -> tuple[list[Any], int]:
        asked.append((start, count, sort, text))
        return [(n, "x") for n in range(start, start + 2)], 10**9

    table = VirtualTable(["number", "name"], fetch)
    assert table.data["total"] == 10**9
    assert table.data["first"] == [[0, ["0", "x"]], [1, ["1", "x"]]]
    assert asked == [(0, 60, None, "")]
    table.rows = [(5, "y")]
    assert table.data["total"] == 1


def test_table_with_invalid_arguments_is_refused() -> None:
    with pytest.raises(AttributeValueError, match="select="):
        VirtualTable(["a"], [], select="several")
