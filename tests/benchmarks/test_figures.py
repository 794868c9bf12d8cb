"""Tests of the figures, the history of runs, and the performance document."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import history, pictures, report
from benchmarks.figures import Figure, in_turn, paired_ratio, short

CLICK = Figure("click", "a click", "ms", {"ours": 1.2, "floor": 1.0, "lona": 5.0}, 1.25)
BYTES = Figure("wire", "select", "bytes", {"ours": 250}, 200, "value")


def test_goal_limits_the_ratio_to_the_floor_or_the_value() -> None:
    assert CLICK.ratio == pytest.approx(1.2)
    assert CLICK.is_met
    assert BYTES.ratio is None
    assert BYTES.is_met is False
    assert Figure("wire", "more", "bytes", {"ours": 1}).is_met is None


def test_ratio_goal_is_neither_met_nor_missed_if_the_floor_was_not_measured() -> None:
    assert Figure("click", "a click", "ms", {"ours": 1.2}, 1.25).is_met is None


def test_paired_ratio_compares_neighbouring_measurements() -> None:
    """If load slows down both contenders, their ratio does not change."""
    times = {"ours": [11.0, 11.0, 22.0, 22.0, 22.0], "floor": [10.0, 10.0, 20.0, 20.0, 10.0]}
    ratio = paired_ratio(times)
    assert ratio == pytest.approx(1.1)
    assert Figure(
        "click", "a click", "ms", {"ours": 22.0, "floor": 10.0}, 1.25, paired=ratio
    ).is_met
    assert paired_ratio({"ours": [1.0]}) is None
    assert paired_ratio({"ours": [], "floor": []}) is None


def test_order_of_implementations_is_reversed_in_every_second_round() -> None:
    order = [[name for name, _ in in_turn({"ours": 1, "floor": 2}, at)] for at in range(2)]
    assert order == [["ours", "floor"], ["floor", "ours"]]


@pytest.mark.parametrize(
    ("value", "expected"), [(0.1234, "0.123"), (12.3, "12.3"), (1234.5, "1,234")]
)
def test_numbers_are_formatted_with_three_significant_digits(value: float, expected: str) -> None:
    assert short(value) == expected


def test_runs_of_one_commit_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "HISTORY", tmp_path / "history.jsonl")
    monkeypatch.setattr(history, "git", lambda *words: "" if words[0] == "status" else "abc1234")
    history.keep([CLICK, BYTES])
    # The second run of the same commit measures only one part. The figures of the other part are
    # preserved.
    history.keep([Figure("click", "a click", "ms", {"ours": 1.1, "floor": 1.0}, 1.25)])
    (run,) = history.load()
    assert run.commit == "abc1234"
    assert {figure.what: figure.values["ours"] for figure in run.figures} == {
        "a click": 1.1, "select": 250,
    }  # fmt: skip
    monkeypatch.setattr(history, "git", lambda *words: "" if words[0] == "status" else "def5678")
    history.keep([CLICK])
    assert [run.commit for run in history.load()] == ["abc1234", "def5678"]


def test_run_with_uncommitted_changes_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "HISTORY", tmp_path / "history.jsonl")
    monkeypatch.setattr(
        history, "git", lambda *words: " M a" if words[0] == "status" else "abc1234"
    )
    history.keep([CLICK])
    assert history.load()[0].commit == "abc1234+"


def test_missed_goals_are_bold_in_the_table() -> None:
    rows = report.table([CLICK, BYTES]).splitlines()
    assert rows[0] == "| what | goal | ours | floor | ratio | Lona |"
    assert rows[2] == "| a click, ms | 1.25 x | 1.2 | 1 | 1.20 | 5 |"
    assert rows[3] == "| select, bytes | 200 | **250** |  |  |  |"
    # Empty columns are omitted.
    assert report.table([BYTES]).splitlines()[0] == "| what | goal | ours |"
    slow = Figure("click", "a click", "ms", {"ours": 2.0, "floor": 1.0}, 1.25)
    assert "| **2.00** |" in report.table([slow])


def test_document_shows_the_newest_run() -> None:
    runs = history.load()
    newest = runs[-1]
    document = report.DOCUMENT.read_text()
    goals = report.table([figure for figure in newest.figures if figure.goal is not None])
    assert goals in document, "update the document: python -m benchmarks.report"
    assert newest.commit in document
    assert report.listing(newest) == report.FIGURES.read_text()
    for name, drawing in report.draw(newest, runs).items():
        assert f"performance/{name}" in document
        assert (report.PICTURES / name).read_text() == drawing, name


def test_pictures_are_well_formed_and_contain_the_names() -> None:
    figures = [CLICK, Figure("table", "<rows> & more", "ms", {"ours": 9000, "floor": 4}, 1.5)]
    for drawing in (
        pictures.bars(figures, "bars"),
        pictures.ratios(figures, "ratios"),
        pictures.curves({"a change": {10: 1.0, 100: 2.0}}, "curves", "us", "nodes"),
        pictures.history([("abc", {"a click": 1.2}), ("def", {"a click": 1.1})], "history"),
    ):
        root = ElementTree.fromstring(drawing)  # noqa: S314  (our own picture)
        words = [element.text for element in root.iter() if element.text]
        assert any(word in ("a click", "a change") for word in words)


def test_history_has_documented_fields_and_positive_values() -> None:
    for text in history.HISTORY.read_text().splitlines():
        run = json.loads(text)
        assert set(run) == {"commit", "date", "machine", "figures"}
        assert all(value >= 0 for figure in run["figures"] for value in figure["values"].values())
