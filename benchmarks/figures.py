"""`Figure`: one measured quantity, with its value for each contender and its goal.

Times are medians unless the name contains p99. Compare only figures of one run: in a run the
contenders take turns, so load on the machine affects all of them. Load may last only a second;
therefore a ratio compares neighbouring measurements where they are known (`paired_ratio`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import truediv
from statistics import median, quantiles
from typing import Literal, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One measured quantity.

    Args:
        part: The part of the benchmarks.
        what: The measured quantity.
        unit: The unit of the values.
        values: The value for each contender.
        goal: The upper limit for ours.
        goal_of: Whether the goal limits the ratio to the floor or the value.
        x: The position on a curve, if this figure is a point of one.
        paired: The ratio to the floor, if it is not the ratio of the values (`paired_ratio`).
    """

    part: str
    what: str
    unit: str
    values: dict[str, float]
    goal: float | None = None
    goal_of: Literal["ratio", "value"] = "ratio"
    x: float | None = None
    paired: float | None = None

    @property
    def ratio(self) -> float | None:
        """The ratio of ours to the floor; None if one of them was not measured."""
        if self.paired is not None:
            return self.paired
        ours, floor = self.values.get("ours"), self.values.get("floor")
        return ours / floor if ours is not None and floor else None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        found = self.ratio if self.goal_of == "ratio" else self.values.get("ours")
        return None if found is None or self.goal is None else found <= self.goal


@dataclass
class Setup:
    """The rounds and contenders of a part. ``notes`` are for the reader."""

    rounds: int
    contenders: tuple[str, ...] = ("ours", "floor")
    notes: list[str] = field(default_factory=list)

    def only(self, *names: str) -> tuple[str, ...]:
        """The contenders that are in ``names``."""
        return tuple(name for name in self.contenders if name in names)

    def groups(self) -> list[tuple[str, ...]]:
        """The groups that take turns: ours and the floor; then each peer alone.

        The page and the server of a peer are not idle while they wait for their turn.
        """
        peers = [name for name in self.contenders if name not in ("ours", "floor")]
        return [self.only("ours", "floor"), *((name,) for name in peers)]


def in_turn(contenders: Mapping[str, T], round_: int) -> list[tuple[str, T]]:
    """The contenders in their order, reversed in every second round."""
    return list(contenders.items())[:: -1 if round_ % 2 else 1]


def paired_ratio(values: Mapping[str, Sequence[float]]) -> float | None:
    """The ratio of ours to the floor: the median of the ratios of neighbouring measurements.

    On a shared machine, everything may take 1.5 times as long for some seconds. The error of the
    ratio of two medians is then twice as large, because each median may be from other seconds.
    """
    ours, floor = values.get("ours"), values.get("floor")
    return median(map(truediv, ours, floor)) if ours and floor else None


def p99(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return quantiles(values, n=100)[98] if len(values) > 9 else max(values)


def medians(values: dict[str, list[float]]) -> dict[str, float]:
    """The median for each contender."""
    return {name: median(found) for name, found in values.items() if found}


def percentiles(values: dict[str, list[float]]) -> dict[str, float]:
    """The 99th percentile for each contender."""
    return {name: p99(found) for name, found in values.items() if found}


def as_json(figure: Figure) -> dict[str, object]:
    """The fields that are set."""
    return {name: value for name, value in vars(figure).items() if value is not None}


def short(value: float) -> str:
    """Format a number with three significant digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
