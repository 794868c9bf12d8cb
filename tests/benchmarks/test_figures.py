"""What figures say of themselves, how runs are kept, and what becomes of them in the document."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import history, pictures, report
from benchmarks.figures import Figure, beside, in_turn, short

CLICK = Figure("click", "a click", "ms", {"ours": 1.2, "floor": 1.0, "lona": 5.0}, 1.25)
BYTES = Figure("wire", "select", "bytes", {"ours": 250}, 200, "value")


def test_a_goal_is_a_ratio_to_the_floor_or_a_value() -> None:
    assert CLICK.ratio == pytest.approx(1.2)
    assert CLICK.is_met
    assert BYTES.ratio is None
    assert BYTES.is_met is False
    assert Figure("wire", "more", "bytes", {"ours": 1}).is_met is None


def test_a_ratio_without_a_floor_meets_no_goal() -> None:
    assert Figure("click", "a click", "ms", {"ours": 1.2}, 1.25).is_met is None


def test_a_ratio_is_that_of_neighbours() -> None:
    """Seconds in which everything takes twice as long are no difference between two."""
    times = {"ours": [11.0, 11.0, 22.0, 22.0, 22.0], "floor": [10.0, 10.0, 20.0, 20.0, 10.0]}
    ratio = beside(times)
    assert ratio == pytest.approx(1.1)
    assert Figure(
        "click", "a click", "ms", {"ours": 22.0, "floor": 10.0}, 1.25, paired=ratio
    ).is_met
    assert beside({"ours": [1.0]}) is None
    assert beside({"ours": [], "floor": []}) is None


def test_nobody_always_comes_first() -> None:
    order = [[name for name, _ in in_turn({"ours": 1, "floor": 2}, at)] for at in range(2)]
    assert order == [["ours", "floor"], ["floor", "ours"]]


@pytest.mark.parametrize(("value", "said"), [(0.1234, "0.123"), (12.3, "12.3"), (1234.5, "1,234")])
def test_three_digits_are_said(value: float, said: str) -> None:
    assert short(value) == said


def test_a_run_is_kept_under_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "HISTORY", tmp_path / "history.jsonl")
    monkeypatch.setattr(history, "git", lambda *words: "" if words[0] == "status" else "abc1234")
    history.keep([CLICK, BYTES])
    # Another run of the same commit, of one part: the other part stays.
    history.keep([Figure("click", "a click", "ms", {"ours": 1.1, "floor": 1.0}, 1.25)])
    (run,) = history.load()
    assert run.commit == "abc1234"
    assert {figure.what: figure.values["ours"] for figure in run.figures} == {
        "a click": 1.1, "select": 250,
    }  # fmt: skip
    monkeypatch.setattr(history, "git", lambda *words: "" if words[0] == "status" else "def5678")
    history.keep([CLICK])
    assert [run.commit for run in history.load()] == ["abc1234", "def5678"]


def test_what_is_measured_with_changes_is_not_said_to_be_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "HISTORY", tmp_path / "history.jsonl")
    monkeypatch.setattr(
        history, "git", lambda *words: " M a" if words[0] == "status" else "abc1234"
    )
    history.keep([CLICK])
    assert history.load()[0].commit == "abc1234+"


def test_a_table_shows_what_misses_its_goal() -> None:
    rows = report.table([CLICK, BYTES]).splitlines()
    assert rows[0] == "| what | goal | ours | floor | ratio | Lona |"
    assert rows[2] == "| a click, ms | 1.25 x | 1.2 | 1 | 1.20 | 5 |"
    assert rows[3] == "| select, bytes | 200 | **250** |  |  |  |"
    # Columns in which nothing stands are left out.
    assert report.table([BYTES]).splitlines()[0] == "| what | goal | ours |"
    slow = Figure("click", "a click", "ms", {"ours": 2.0, "floor": 1.0}, 1.25)
    assert "| **2.00** |" in report.table([slow])


def test_the_document_shows_the_newest_kept_run() -> None:
    runs = history.load()
    newest = runs[-1]
    document = report.DOCUMENT.read_text()
    goals = report.table([figure for figure in newest.figures if figure.goal is not None])
    assert goals in document, "python -m benchmarks.report"
    assert newest.commit in document
    assert report.listing(newest) == report.FIGURES.read_text()
    for name, drawing in report.draw(newest, runs).items():
        assert f"performance/{name}" in document
        assert (report.PICTURES / name).read_text() == drawing, name


def test_pictures_are_well_formed_and_say_every_name() -> None:
    figures = [CLICK, Figure("table", "<rows> & more", "ms", {"ours": 9000, "floor": 4}, 1.5)]
    for drawing in (
        pictures.bars(figures, "bars"),
        pictures.ratios(figures, "ratios"),
        pictures.curves({"a change": {10: 1.0, 100: 2.0}}, "curves", "us", "nodes"),
        pictures.history([("abc", {"a click": 1.2}), ("def", {"a click": 1.1})], "history"),
    ):
        root = ElementTree.fromstring(drawing)  # noqa: S314  (drawn right here)
        words = [element.text for element in root.iter() if element.text]
        assert any(word in ("a click", "a change") for word in words)


def test_kept_figures_can_be_read_by_others() -> None:
    for text in history.HISTORY.read_text().splitlines():
        run = json.loads(text)
        assert set(run) == {"commit", "date", "machine", "figures"}
        assert all(value >= 0 for figure in run["figures"] for value in figure["values"].values())
