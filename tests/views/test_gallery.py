"""The Gallery view shows every widget, and each widget works."""

from __future__ import annotations

from everview.testing import SimulatedApp
from views.gallery import Squares


def test_widgets_are_shown_and_handle_events(simulated: SimulatedApp) -> None:
    window = simulated.open("/gallery")
    for part in (".ev-tabs", ".ev-table", ".ev-log", ".ev-plot", ".ev-tree", ".ev-progress", "svg"):
        assert window.has(part), part
    window.event(".ev-table", "select", {"ids": [3, 4]})
    assert window.text("[role=status]") == "Selected: 3, 4"
    window.event(".ev-tree", "select", {"id": "everview.authoring.app", "path": [0]})
    assert window.text("[role=status]") == "Selected: everview.authoring.app"
    window.click(".ev-tabs button")
    assert "100,000 lines in" in window.text("[role=status]")
    lines = window.find(".ev-log").attributes["$"]["data"]["lines"]
    assert lines[-1] == "100,000 of 100,000"
    assert len(lines) <= 11_000
    window.wait_until(lambda: len(window.find(".ev-plot").attributes["$"]["data"]["x"]) > 0)


def test_rows_of_the_table_are_computed_on_access() -> None:
    rows = Squares()
    assert rows[12] == (12, 144, "1100")
    assert rows[999_998:] == [rows[999_998], rows[999_999]]
