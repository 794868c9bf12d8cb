"""`python -m benchmarks.report`: the kept figures as tables and pictures of docs/performance.md.

A table is what stands between ``<!-- figures: PART -->`` and ``<!-- end -->``; all other words of
the document are by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchmarks import history, pictures
from benchmarks.figures import Figure, short
from benchmarks.processes import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
PICTURES = ROOT / "docs" / "performance"
PEERS = ("lona", "nicegui", "reactpy")
_TABLE = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
#: What the picture of the history shows.
TOLD = {
    "a click until the page shows its effect": "a click",
    "create 1,000 rows, painted": "create 1,000 rows",
    "replace 1,000 rows, painted": "replace 1,000 rows",
    "one click to the last of 200 windows": "200 windows",
}


def table(figures: Sequence[Figure]) -> str:
    """Markdown; what misses its goal is bold."""
    figures = [figure for figure in figures if figure.x is None]
    shown = [name for name in PEERS if any(name in figure.values for figure in figures)]
    names = [*(pictures.NAMES[name] for name in shown)]
    lines = [
        "| " + " | ".join(["what", "goal", "ours", "floor", "ratio", *names]) + " |",
        "|---" * (5 + len(names)) + "|",
    ]
    for figure in figures:
        unit = f", {figure.unit}" if figure.unit else ""
        goal = "" if figure.goal is None else short(figure.goal)
        if goal and figure.goal_of == "ratio":
            goal += " x"
        values = [short(figure.values[n]) if n in figure.values else "" for n in ("ours", "floor")]
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        if figure.is_met is False:
            place = 0 if figure.goal_of == "value" else None
            if place is None:
                ratio = f"**{ratio}**"
            else:
                values[place] = f"**{values[place]}**"
        peers = [short(figure.values[name]) if name in figure.values else "" for name in shown]
        lines.append("| " + " | ".join([figure.what + unit, goal, *values, ratio, *peers]) + " |")
    return "\n".join(lines) + "\n"


def draw(run: history.Run, runs: Sequence[history.Run]) -> dict[str, str]:
    """The pictures, by file name."""
    drawn = {}
    against = [f for f in run.figures if f.ratio is not None and f.goal_of == "ratio" and f.goal]
    if against:
        drawn["ratios.svg"] = pictures.ratios(against, "Ours to the floor: 1 is what is possible")
    compared = [f for f in run.figures if any(name in f.values for name in PEERS)]
    times = [f for f in compared if f.part in ("click", "table") and f.goal is not None]
    if times:
        title = "The same work in each: milliseconds, a decade as wide as the other"
        drawn["peers.svg"] = pictures.bars(times, title)
    curves = [f for f in run.figures if f.x is not None]
    for by in ("nodes", "instances"):
        series: dict[str, dict[float, float]] = {}
        for figure in curves:
            what, _, name = figure.what.rpartition(", by ")
            if name == by and figure.x is not None:
                series.setdefault(what, {})[figure.x] = figure.values["ours"]
        if series:
            title = f"What it costs by the number of {by}"
            drawn[f"growth-{by}.svg"] = pictures.curves(series, title, "us", by)
    told = []
    for each in runs:
        found = {TOLD[f.what]: f.ratio for f in each.figures if f.what in TOLD and f.ratio}
        if found:
            told.append((each.commit, found))
    if told:
        drawn["history.svg"] = pictures.history(told, "Ratios to the floor, by commit")
    return drawn


def main() -> None:
    """Write both."""
    runs = history.load()
    if not runs:
        raise SystemExit("nothing is kept yet: python -m benchmarks --keep")
    newest = runs[-1]

    def fill(found: re.Match[str]) -> str:
        part = [figure for figure in newest.figures if figure.part == found[2]]
        return found[1] + table(part) + found[3]

    document = _TABLE.sub(fill, DOCUMENT.read_text())
    stamp = f"<!-- run -->{newest.commit}, {newest.date}, {newest.machine}<!-- end -->"
    DOCUMENT.write_text(re.sub(r"<!-- run -->.*?<!-- end -->", stamp, document, flags=re.DOTALL))
    PICTURES.mkdir(exist_ok=True)
    for name, drawing in draw(newest, runs).items():
        (PICTURES / name).write_text(drawing)
        print(f"docs/performance/{name}")


if __name__ == "__main__":
    main()
