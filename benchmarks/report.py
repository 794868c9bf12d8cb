"""`python -m benchmarks.report`: the newest kept run in docs/performance.md and docs/performance/.

In the document, what stands between ``<!-- figures: goals -->`` or ``<!-- run -->`` and
``<!-- end -->`` is written here, all other words by hand. The pictures and the list of all figures
are made here as a whole.
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
#: What the picture of the history shows.
TOLD = {
    "a click until the page shows its effect": "a click",
    "create 1,000 rows, painted": "create 1,000 rows",
    "replace 1,000 rows, painted": "replace 1,000 rows",
    "one click to the last of 200 windows": "200 windows",
}


def table(figures: Sequence[Figure]) -> str:
    """Markdown; what misses its goal is bold, and columns without a figure are left out."""
    rows = [row(figure) for figure in figures if figure.x is None]
    heads = ["what", "goal", "ours", "floor", "ratio", *(pictures.NAMES[name] for name in PEERS)]
    kept = [at for at in range(len(heads)) if any(cells[at] for cells in rows)]
    lines = [[heads[at] for at in kept], ["---"] * len(kept)]
    lines += [[cells[at] for at in kept] for cells in rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def row(figure: Figure) -> list[str]:
    """The cells of a figure, empty where there is nothing."""
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


def listing(run: history.Run) -> str:
    """All figures of a run, part by part."""
    said = (
        f"Of commit {run.commit}, {run.date}, {run.machine}. [What they mean](../performance.md)."
    )
    text = f"# All figures\n\nMade by `python -m benchmarks.report`. {said}\n"
    for part in dict.fromkeys(figure.part for figure in run.figures):
        text += f"\n## {part}\n\n"
        text += table([figure for figure in run.figures if figure.part == part])
    return text


def between(mark: str, text: str, document: str) -> str:
    """The document with ``text`` behind a mark, up to the next end."""
    pattern = rf"(<!-- {mark} -->).*?(<!-- end -->)"
    return re.sub(pattern, lambda found: found[1] + text + found[2], document, flags=re.DOTALL)


def main() -> None:
    """Write all of it."""
    runs = history.load()
    if not runs:
        raise SystemExit("nothing is kept yet: python -m benchmarks --keep")
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
