"""`python -m benchmarks [PART ...]`: what takes how long, against the floor and the peers.

``--keep`` adds the run to ``benchmarks/history.jsonl`` under the commit that is checked out, and
brings the tables and pictures of docs/performance.md to it (`benchmarks.report`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks import (
    answer,
    broadcast,
    busy,
    click,
    growth,
    instances,
    log,
    memory,
    page,
    report,
    startup,
    table,
    wire,
)  # fmt: skip
from benchmarks.environments import Unavailable, python_of
from benchmarks.figures import Figure, Setup, as_json, short
from benchmarks.history import keep

#: Who does the same work beside ours and the floor.
PEERS = ("lona", "nicegui", "reactpy")

#: Each yields its figures.
PARTS: dict[str, Callable[[Setup], Iterable[Figure]]] = {
    "page": page.measure,
    "answer": answer.measure,
    "click": click.measure,
    "table": table.measure,
    "wire": wire.measure,
    "broadcast": broadcast.measure,
    "busy": busy.measure,
    "log": log.measure,
    "instances": instances.measure,
    "memory": memory.measure,
    "growth": growth.measure,
    "startup": startup.measure,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=12, help="more are steadier (12)")
    parser.add_argument("--no-peers", action="store_true", help="ours and the floor alone")
    parser.add_argument("--keep", action="store_true", help="add it to benchmarks/history.jsonl")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    setup = Setup(arguments.rounds)
    if not arguments.no_peers:
        setup.contenders += tuple(available(PEERS, setup))
    figures = []
    for part in arguments.parts or PARTS:
        for figure in PARTS[part](setup):
            figures.append(figure)
            print(line(figure), flush=True)
    for said in setup.said:
        print(said)
    if arguments.keep:
        keep(figures)
        report.main()
    if arguments.json:
        arguments.json.write_text(json.dumps([as_json(figure) for figure in figures]) + "\n")


def available(names: Iterable[str], setup: Setup) -> Iterator[str]:
    """Those that can be had here; what cannot is said."""
    for name in names:
        try:
            python_of(name)
        except Unavailable as error:
            setup.said.append(f"without {name}: {error}")
        else:
            yield name


def line(figure: Figure) -> str:
    """A figure for a terminal."""
    values = "  ".join(f"{name} {short(value)}" for name, value in figure.values.items())
    ratio = "" if figure.ratio is None else f"ratio {figure.ratio:.2f}"
    goal = "" if figure.goal is None else f"goal {short(figure.goal)}"
    missed = " MISSED" if figure.is_met is False else ""
    what = figure.what if figure.x is None else f"{figure.what}: {figure.x:,.0f}"
    return f"{figure.part:10}{what:50} {values} {figure.unit:4} {ratio:11} {goal}{missed}"


if __name__ == "__main__":
    main()
