"""`python -m benchmarks.report`: write the newest stored run into docs/performance.md.

This module replaces the text of the document between ``<!-- figures: goals -->`` or ``<!-- run
-->`` and ``<!-- end -->``. All other text of the document is written by hand. The module also
writes all files in docs/performance/: the pictures and the list of all figures.
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
FIGURES = PICTURES / "figures.md"
#: The figures that the picture of the history shows, with their labels.
IN_HISTORY = {
    "a click until the page shows its effect": "a click",
    "create 1,000 rows, painted": "create 1,000 rows",
    "replace 1,000 rows, painted": "replace 1,000 rows",
    "one click to the last of 200 windows": "200 windows",
}


def table(figures: Sequence[Figure]) -> str:
    """A table in Markdown. Missed goals are bold; empty columns are omitted."""
    rows = [row(figure) for figure in figures if figure.x is None]
    heads = ["what", "goal", "ours", "floor", "ratio", *(pictures.NAMES[name] for name in PEERS)]
    used = [at for at in range(len(heads)) if any(cells[at] for cells in rows)]
    lines = [[heads[at] for at in used], ["---"] * len(used)]
    lines += [[cells[at] for at in used] for cells in rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def row(figure: Figure) -> list[str]:
    """The cells of the table row for a figure. The cell of a missing value is empty."""
    found = {name: short(value) for name, value in figure.values.items()}
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    goal = "" if figure.goal is None else short(figure.goal)
    if goal and figure.goal_of == "ratio":
        goal += " x"
    if figure.is_met is False:
        if figure.goal_of == "ratio":
            ratio = f"**{ratio}**"
        else:
            found["ours"] = f"**{found['ours']}**"
    unit = f", {figure.unit}" if figure.unit else ""
    values = [found.get(name, "") for name in ("ours", "floor")]
    peers = [found.get(name, "") for name in PEERS]
    return [figure.what + unit, goal, *values, ratio, *peers]


def draw(run: history.Run, runs: Sequence[history.Run]) -> dict[str, str]:
    """Draw all pictures. Returns a dict from file names to pictures."""
    drawn = {}
    against = [f for f in run.figures if f.ratio is not None and f.goal_of == "ratio" and f.goal]
    if against:
        drawn["ratios.svg"] = pictures.ratios(against, "Ratio of ours to the floor")
    compared = [f for f in run.figures if any(name in f.values for name in PEERS)]
    times = [f for f in compared if f.part in ("click", "table") and f.goal is not None]
    if times:
        title = "The same work in all contenders, in milliseconds (logarithmic scale)"
        drawn["peers.svg"] = pictures.bars(times, title)
    curves = [f for f in run.figures if f.x is not None]
    for by in ("nodes", "instances"):
        series: dict[str, dict[float, float]] = {}
        for figure in curves:
            what, _, name = figure.what.rpartition(", by ")
            if name == by and figure.x is not None:
                series.setdefault(what, {})[figure.x] = figure.values["ours"]
        if series:
            title = f"Cost by the number of {by}"
            drawn[f"growth-{by}.svg"] = pictures.curves(series, title, "us", by)
    points = []
    for each in runs:
        found = {
            IN_HISTORY[f.what]: f.ratio for f in each.figures if f.what in IN_HISTORY and f.ratio
        }
        if found:
            points.append((each.commit, found))
    if points:
        drawn["history.svg"] = pictures.history(points, "Ratios to the floor, by commit")
    return drawn


def listing(run: history.Run) -> str:
    """A document with all figures of a run, one section for each part."""
    origin = (
        f"Commit {run.commit}, {run.date}, {run.machine}. See [Performance](../performance.md)."
    )
    text = f"# All figures\n\nWritten by `python -m benchmarks.report`. {origin}\n"
    for part in dict.fromkeys(figure.part for figure in run.figures):
        text += f"\n## {part}\n\n"
        text += table([figure for figure in run.figures if figure.part == part])
    return text


def between(mark: str, text: str, document: str) -> str:
    """Replace the text of the document between a start mark and the next end mark."""
    pattern = rf"(<!-- {mark} -->).*?(<!-- end -->)"
    return re.sub(pattern, lambda found: found[1] + text + found[2], document, flags=re.DOTALL)


def main() -> None:
    """Write the document, the pictures and the list of figures."""
    runs = history.load()
    if not runs:
        raise SystemExit("no stored run found; run: python -m benchmarks --keep")
    newest = runs[-1]

    goals = table([figure for figure in newest.figures if figure.goal is not None])
    stamp = f"{newest.commit}, {newest.date}, {newest.machine}"
    document = between("figures: goals", f"\n{goals}", DOCUMENT.read_text())
    DOCUMENT.write_text(between("run", stamp, document))
    PICTURES.mkdir(exist_ok=True)
    for name, drawing in draw(newest, runs).items():
        (PICTURES / name).write_text(drawing)
    FIGURES.write_text(listing(newest))
    print("docs/performance.md and docs/performance/ are up to date")


if __name__ == "__main__":
    main()
