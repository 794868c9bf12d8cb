"""`Figure`: one measured quantity, with its value for each implementation and its goal.

Times are medians unless the name contains p99. Compare only figures of one run: in a run the
implementations take turns, so load on the machine affects all of them. The load may last only a
second. Therefore, if the order of the measurements is known, `paired_ratio` compares neighbouring
measurements.
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
        x: The horizontal position, if this figure is a point of a curve.
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
        """Everview's value divided by the value of the floor (the hand-written minimal server).

        The ratio is None if one of the two values was not measured.
        """
        if self.paired is not None:
            return self.paired
        ours, floor = self.values.get("ours"), self.values.get("floor")
        return ours / floor if ours is not None and floor else None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met, or None if the figure has no goal."""
        found = self.ratio if self.goal_of == "ratio" else self.values.get("ours")
        return None if found is None or self.goal is None else found <= self.goal


@dataclass
class Setup:
    """What a part of the benchmarks measures: the number of rounds and the implementations.

    The strings in ``notes`` are printed with the figures.
    """

    rounds: int
    contenders: tuple[str, ...] = ("ours", "floor")
    notes: list[str] = field(default_factory=list)

    def only(self, *names: str) -> tuple[str, ...]:
        """The chosen implementations whose names are in ``names``."""
        return tuple(name for name in self.contenders if name in names)

    def groups(self) -> list[tuple[str, ...]]:
        """Return the groups of implementations that are measured in turns.

        Everview and the floor (the hand-written minimal server) take turns in one group; each other
        framework is a group of its own.

        Other frameworks are measured alone, because their pages and servers are not idle while they
        wait for their turn.
        """
        peers = [name for name in self.contenders if name not in ("ours", "floor")]
        return [self.only("ours", "floor"), *((name,) for name in peers)]


def in_turn(contenders: Mapping[str, T], round_: int) -> list[tuple[str, T]]:
    """The implementations in the order of this round. Every second round has the reverse order."""
    return list(contenders.items())[:: -1 if round_ % 2 else 1]


def paired_ratio(values: Mapping[str, Sequence[float]]) -> float | None:
    """The median of the ratios of neighbouring measurements of Everview and the floor.

    On a shared machine, everything may take 1.5 times as long for some seconds. Two medians may
    come from different seconds, so the error of their ratio is twice as large.
    """
    ours, floor = values.get("ours"), values.get("floor")
    return median(map(truediv, ours, floor)) if ours and floor else None


def p99(values: Sequence[float]) -> float:
    """The 99th percentile of the values."""
    return quantiles(values, n=100)[98] if len(values) > 9 else max(values)


def medians(values: dict[str, list[float]]) -> dict[str, float]:
    """The median of the values of each implementation."""
    return {name: median(found) for name, found in values.items() if found}


def percentiles(values: dict[str, list[float]]) -> dict[str, float]:
    """The 99th percentile of the values of each implementation."""
    return {name: p99(found) for name, found in values.items() if found}


def as_json(figure: Figure) -> dict[str, object]:
    """The figure as a dict for JSON, without the fields that are not set."""
    return {name: value for name, value in vars(figure).items() if value is not None}


def short(value: float) -> str:
    """Format a number with three significant digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
