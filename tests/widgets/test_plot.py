"""`Plot`: accepted and stored points, and the size of frames."""

from __future__ import annotations

import math
from typing import Any

import pytest

from everview.errors import AttributeValueError
from everview.html import Document
from everview.widgets import Plot


def test_only_the_newest_points_are_stored() -> None:
    plot = Plot("a", "b", max_points=100)
    for number in range(500):
        plot.append(number, number * 2, None if number % 2 else number)
    assert 100 <= plot.point_count <= 110
    assert [len(line) for line in plot.data["y"]] == [plot.point_count] * 2
    assert plot.data["x"][-1] == 499
    assert plot.data["y"][0][-1] == 998
    assert plot.data["y"][1][-1] is None
    plot.clear()
    assert plot.data["y"] == [[], []]


def test_frame_has_only_the_new_points() -> None:
    document = Document()
    plot = Plot("a", "b")
    plot.extend(range(100_000), range(100_000), range(100_000))
    document.root.append(plot)
    since = document.snapshot()["to"]
    plot.append(100_000, 1, 2)
    assert sorted(map(str, document.delta(since)["set"][0][1]["$"])) == [
        "{'at': ['x'], 'push': [100000.0]}",
        "{'at': ['y', 0], 'push': [1.0]}",
        "{'at': ['y', 1], 'push': [2.0]}",
    ]


def test_value_that_is_not_a_number_is_a_gap() -> None:
    plot = Plot()
    plot.extend([0, 1, 2, 3], [math.nan, math.inf, None, 4])
    assert plot.data["y"] == [[None, None, None, 4.0]]


@pytest.mark.parametrize(
    "values", [((1,), (1,)), ((0.5,), (1,)), ((1, 2),), ((2, 1), (0, 0)), ((math.nan,), (1,)), ()]
)
def test_points_that_do_not_fit_are_refused_and_change_nothing(values: Any) -> None:
    plot = Plot("a")
    plot.append(1, 1)
    good = values == ((1,), (1,))  # two points may have the same x: the curve has a jump there
    if good:
        plot.extend(*values)
    else:
        with pytest.raises((AttributeValueError, TypeError)):
            plot.extend(*values)
    assert plot.point_count == (2 if good else 1)
    assert len(plot.data["y"][0]) == plot.point_count


@pytest.mark.parametrize(
    "arguments", [{"x": "date"}, {"max_points": 1}, {"max_points": 10**7}], ids=str
)
def test_plot_with_invalid_arguments_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(AttributeValueError):
        Plot("a", **arguments)
    with pytest.raises(AttributeValueError, match="at most 8 different names"):
        Plot("a", "a")
    with pytest.raises(AttributeValueError, match="at most 8"):
        Plot(*"abcdefghi")
