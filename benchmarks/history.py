"""Store the runs of the benchmarks. The file has one line of JSON for each run."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.figures import Figure, as_json
from benchmarks.processes import ROOT

HISTORY = Path(__file__).resolve().parent / "history.jsonl"


@dataclass(frozen=True)
class Run:
    """One run: its commit, date, machine and figures."""

    commit: str
    date: str
    machine: str
    figures: list[Figure]


def git(*arguments: str) -> str:
    """The output of a git command."""
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def machine() -> str:
    """The processor, the number of cores, the system and the Python version."""
    processor, cores = platform.processor(), 0
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line.partition(":")[::2] for line in cpuinfo.read_text().splitlines()]
        names = [value.strip() for name, value in lines if name.strip() == "model name"]
        processor, cores = names[0] if names else processor, len(names)
    return f"{processor}, {cores} cores, {platform.system()}, Python {platform.python_version()}"


def keep(figures: Sequence[Figure]) -> None:
    """Store a run of the current commit.

    If an earlier run of this commit measured other parts, their figures are preserved.
    """
    commit = git("rev-parse", "--short", "HEAD")
    if git("status", "--porcelain", "--", "shell/everview"):
        commit += "+"
    new = {(figure.part, figure.what, figure.x): figure for figure in figures}
    runs = load()
    if runs and runs[-1].commit == commit:
        old = {(figure.part, figure.what, figure.x): figure for figure in runs.pop().figures}
        parts = {figure.part for figure in figures}
        new = {key: figure for key, figure in old.items() if key[0] not in parts} | new
    date = git("show", "--no-patch", "--format=%cs", "HEAD")
    runs.append(Run(commit, date, machine(), list(new.values())))
    HISTORY.write_text("".join(json.dumps(_plain(run)) + "\n" for run in runs))


def load() -> list[Run]:
    """Load all runs, the oldest first."""
    if not HISTORY.exists():
        return []
    runs = [json.loads(line) for line in HISTORY.read_text().splitlines()]
    return [
        Run(run["commit"], run["date"], run["machine"], [Figure(**f) for f in run["figures"]])
        for run in runs
    ]


def _plain(run: Run) -> dict[str, object]:
    figures = [as_json(_rounded(figure)) for figure in run.figures]
    return {"commit": run.commit, "date": run.date, "machine": run.machine, "figures": figures}


def _rounded(figure: Figure) -> Figure:
    def short(value: float) -> float:
        return float(f"{value:.4g}")

    return replace(
        figure,
        values={name: short(value) for name, value in figure.values.items()},
        paired=None if figure.paired is None else short(figure.paired),
    )
