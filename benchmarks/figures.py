"""`Figure`: one thing that was measured, for each contender, and what it was to be.

Times are medians unless the name says p99. Only figures of one run are compared: the contenders
take turns in it, so that a busy machine is busy for all of them. It may be busy for a second only:
the ratio is that of neighbours, where they are known (`beside`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import truediv
from statistics import median, quantiles
from typing import Any, Literal, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """``values`` by contender; those of a curve belong to the position ``x``.

    The goal is the most that ours may be: as a ratio to the floor, or as a value of its own.
    ``paired`` is the ratio, where it is not that of the values.
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
        """Ours to the floor; None where one of them is not there."""
        if self.paired is not None:
            return self.paired
        ours, floor = self.values.get("ours"), self.values.get("floor")
        return ours / floor if ours is not None and floor else None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is; None without one."""
        found = self.ratio if self.goal_of == "ratio" else self.values.get("ours")
        return None if found is None or self.goal is None else found <= self.goal


@dataclass
class Setup:
    """What a part is to measure: rounds, contenders; ``said`` collects what a reader must know."""

    rounds: int
    contenders: tuple[str, ...] = ("ours", "floor")
    said: list[str] = field(default_factory=list)

    def only(self, *names: str) -> tuple[str, ...]:
        """Those of the contenders that are in ``names``, in turn."""
        return tuple(name for name in self.contenders if name in names)

    def groups(self) -> list[tuple[str, ...]]:
        """Who takes turns: ours and the floor; then each peer alone.

        A peer's page and server are not quite idle while they wait for their turn.
        """
        peers = [name for name in self.contenders if name not in ("ours", "floor")]
        return [self.only("ours", "floor"), *((name,) for name in peers)]


def in_turn(contenders: Mapping[str, T], round_: int) -> list[tuple[str, T]]:
    """Who comes first in one round comes last in the next."""
    return list(contenders.items())[:: -1 if round_ % 2 else 1]


def beside(values: Mapping[str, Sequence[float]]) -> float | None:
    """Ours to the floor: the median of the ratios of what was done one right after the other.

    A shared machine has seconds in which everything takes half as long again. The ratio of two
    medians is twice as far off then: each may be of other seconds.
    """
    ours, floor = values.get("ours"), values.get("floor")
    return median(map(truediv, ours, floor)) if ours and floor else None


def p99(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return quantiles(values, n=100)[98] if len(values) > 9 else max(values)


def medians(values: dict[str, list[float]]) -> dict[str, float]:
    """By contender."""
    return {name: median(found) for name, found in values.items() if found}


def percentiles(values: dict[str, list[float]]) -> dict[str, float]:
    """The 99th, by contender."""
    return {name: p99(found) for name, found in values.items() if found}


def as_json(figure: Figure) -> dict[str, Any]:
    """Without what is not set."""
    return {name: value for name, value in vars(figure).items() if value is not None}


def short(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
