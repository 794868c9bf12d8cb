"""`python -m benchmarks [PART ...]`: measure times and sizes of all implementations.

``--keep`` adds the run to ``benchmarks/history.jsonl`` under the current commit and updates the
tables and pictures of docs/performance.md (`benchmarks.report`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
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
from benchmarks.processes import ROOT

#: The names of the frameworks that Everview is compared with.
PEERS = ("lona", "nicegui", "reactpy")

#: The parts in the order in which they run.
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
    """Measure the chosen parts and print their figures."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; default: all"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=12,
        help="number of rounds; more give steadier figures (default: 12)",
    )
    parser.add_argument("--no-peers", action="store_true", help="measure only ours and the floor")
    parser.add_argument(
        "--keep", action="store_true", help="add the run to benchmarks/history.jsonl"
    )
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    use_client_bundle()
    setup = Setup(arguments.rounds)
    if not arguments.no_peers:
        setup.contenders += tuple(available(PEERS, setup))
    figures = []
    for part in arguments.parts or PARTS:
        for figure in PARTS[part](setup):
            figures.append(figure)
            print(line(figure), flush=True)
    for note in setup.notes:
        print(note)
    if arguments.keep:
        keep(figures)
        report.main()
    if arguments.json:
        arguments.json.write_text(json.dumps([as_json(figure) for figure in figures]) + "\n")


def use_client_bundle() -> None:
    """Serve the bundled client of a wheel in this process and its child processes."""
    folder = ROOT / "build" / "client"
    tool = ROOT / "packaging" / "client_bundle.py"
    subprocess.run([sys.executable, str(tool), str(folder)], check=True)
    os.environ["EVERVIEW_CLIENT"] = str(folder)


def available(names: Iterable[str], setup: Setup) -> Iterator[str]:
    """The implementations that can be installed on this machine.

    For each other implementation, the reason is added to the notes of ``setup``.
    """
    for name in names:
        try:
            python_of(name)
        except Unavailable as error:
            setup.notes.append(f"without {name}: {error}")
        else:
            yield name


def line(figure: Figure) -> str:
    """Format a figure for the terminal."""
    values = "  ".join(f"{name} {short(value)}" for name, value in figure.values.items())
    ratio = "" if figure.ratio is None else f"ratio {figure.ratio:.2f}"
    goal = "" if figure.goal is None else f"goal {short(figure.goal)}"
    missed = " MISSED" if figure.is_met is False else ""
    what = figure.what if figure.x is None else f"{figure.what}: {figure.x:,.0f}"
    return f"{figure.part:10}{what:50} {values} {figure.unit:4} {ratio:11} {goal}{missed}"


if __name__ == "__main__":
    main()
