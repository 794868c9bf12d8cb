"""`Plot`: a line chart that can grow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from everview.errors import AttributeValueError
from everview.html import Keyword, Widget
from everview.html.tree.static_files import Script, StaticFile, StyleSheet
from everview.i18n import _

#: The number of colours in the style sheet. More colours are hard to distinguish.
MOST_SERIES = 8
MOST_POINTS = 1_000_000


class Plot(Widget):
    """A line chart of one or more series over one axis.

        plot = Plot("load", "memory", label="This computer", x="time", y_label="%")
        plot.append(time.time(), 12.5, None)     # from any thread; None or NaN: a gap

    A frame has only the new points. The plot drops points when it has a tenth more than
    ``max_points``. The page draws the lowest and the highest value of each pixel, so that no peak
    is lost. The arrow keys move a cursor that shows the values.

    Args:
        series: names of the lines, at most 8; default: one line "value".
        label: the name of the chart for screen readers.
        x: "number" or "time". With "time", each x is in seconds since 1970 and shown as a time of
            day.
        x_label: the text of the horizontal axis, with its unit.
        y_label: the text of the vertical axis, with its unit.
        max_points: the number of points to store; 2 to 1,000,000.
        height: the height in pixels.
        attributes: as for `Element`.

    Raises:
        AttributeValueError: an argument is out of range, or a name is used twice.
    """

    __slots__ = ("max_points",)

    MODULE = Script("static/plot.js")
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [
        StyleSheet("static/plot.css"),
        StaticFile("static/plot_axes.js"),
        StaticFile("static/plot_lines.js"),
    ]
    CLASS_LIST = ("ev-plot",)

    def __init__(
        self,
        *series: str,
        label: str = "",
        x: Literal["number", "time"] = "number",
        x_label: str = "",
        y_label: str = "",
        max_points: int = 100_000,
        height: int = 240,
        **attributes: Keyword,
    ) -> None:
        names = series or ("value",)
        if len(names) > MOST_SERIES or len(set(names)) < len(names):
            raise AttributeValueError(
                f"Plot{series!r}: give at most {MOST_SERIES} different names"
            )
        if x not in ("number", "time"):
            raise AttributeValueError(f"x={x!r} must be 'number' or 'time'")
        if not 2 <= max_points <= MOST_POINTS:
            raise AttributeValueError(f"max_points={max_points!r} must be 2 to {MOST_POINTS}")
        self.max_points = max_points
        data = {
            "label": label or _("Plot"), "names": list(names), "kind": x, "height": height,
            "x_label": x_label, "y_label": y_label, "x": [], "y": [[] for _ in names],
        }  # fmt: skip
        super().__init__(data=data, **attributes)

    def append(  # type: ignore[override]  # a plot has points, no children
        self, x: float, *values: float | None
    ) -> None:
        """Add one point to each series.

        Args:
            x: a number that is not less than the previous ``x``.
            values: the value of each series; None or NaN: a gap.

        Raises:
            AttributeValueError: ``x`` is less than the previous ``x``, or a value is missing.
        """
        self.extend((x,), *((value,) for value in values))

    def extend(  # type: ignore[override]  # as `append`
        self, xs: Iterable[float], *values: Iterable[float | None]
    ) -> None:
        """Add several points.

        Args:
            xs: the ``x`` of each point, in order.
            values: for each series, as many values as ``xs``.

        Raises:
            AttributeValueError: ``xs`` are not in order, or the numbers of values differ.
        """
        new_xs = [float(x) for x in xs]
        columns = [[_value(value) for value in column] for column in values]
        if len(columns) != len(self.data["y"]) or any(len(c) != len(new_xs) for c in columns):
            raise AttributeValueError(
                f"this plot has the series {self.data['names']!r}: give as many values for each "
                f"as there are points ({len(new_xs)})"
            )
        with self.lock:
            known = self.data["x"]
            self._check_order(known, new_xs)
            known.extend(new_xs)
            for line, column in zip(self.data["y"], columns, strict=True):
                line.extend(column)
            if len(known) > self.max_points * 1.1:
                over = len(known) - self.max_points
                for line in (known, *self.data["y"]):
                    del line[:over]

    def clear(self) -> None:
        """Remove all points."""
        with self.lock:
            for line in (self.data["x"], *self.data["y"]):
                line.clear()

    @property
    def point_count(self) -> int:
        """The number of stored points."""
        return len(self.data["x"])

    @staticmethod
    def _check_order(known: Sequence[float], new: Sequence[float]) -> None:
        last = known[-1] if known else -math.inf
        for x in new:
            if not x >= last:
                raise AttributeValueError(f"x={x!r} is less than {last!r}: x must not decrease")
            last = x


def _value(value: float | None) -> float | None:
    """Return the value, or None for a gap: None, NaN and infinite values cannot be drawn."""
    if value is None:
        return None
    value = float(value)
    return value if math.isfinite(value) else None
