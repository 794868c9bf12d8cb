"""The implementations in the benchmarks have the documented pages, tested in Chromium.

These tests cover only Everview and the floor (the hand-written minimal server), because other
frameworks are installed only for benchmarks. The benchmarks check the other
frameworks: a benchmark fails if the page of a framework does not show a change.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.browser import open_page
from benchmarks.processes import ServerProcess
from benchmarks.rows import labels, row_id
from benchmarks.table import DO, ROUND, WORK, one_round

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["ours", "floor"])
def test_implementation_does_the_measured_work(name: str, chromium: Browser) -> None:
    with ServerProcess(name) as server:
        page = open_page(chromium, server)
        for _ in range(2):
            page.click("#add")
        expect(page.locator("#count")).to_have_text("2")
        page.click("#add-async")
        expect(page.locator("#count")).to_have_text("3")
        times = {name: {}}
        one_round({name: page}, times)
        assert {work for work, _ in times[name]} == set(WORK)
        page.evaluate(DO, ["create", "create"])
        rows = page.evaluate("[...document.querySelectorAll('#rows tr')].map(row => row.innerText)")
        creations = sum(work in {"create", "replace", "more", "many"} for _, work in ROUND)
        expected = [f"{number}\t{label}\tx" for number, label in labels(1000, creations + 1)]
        assert [row.strip() for row in rows] == expected
        page.context.close()


@pytest.mark.parametrize("name", ["ours", "floor"])
def test_row_of_an_implementation_has_an_id_and_two_handlers(name: str, chromium: Browser) -> None:
    with ServerProcess(name) as server:
        page = open_page(chromium, server)
        page.evaluate(DO, ["create", "create"])
        (first, _), (second, _), (third, _) = labels(3, 1)
        page.click(f"#{row_id(second)} .label a")
        expect(page.locator("#rows .danger")).to_have_id(row_id(second))
        page.click(f"#{row_id(first)} .remove a")
        expect(page.locator("#rows tr")).to_have_count(999)
        expect(page.locator("#rows tr").first).to_have_id(row_id(second))
        page.click(f"#{row_id(third)} .label a")
        expect(page.locator("#rows .danger")).to_have_id(row_id(third))
        page.context.close()


@pytest.mark.parametrize("name", ["ours", "floor"])
def test_implementation_shows_all_lines_of_its_log(name: str, chromium: Browser) -> None:
    with ServerProcess(name) as server:
        page = open_page(chromium, server, "/log")
        page.click("#log")
        expect(page.locator("#done")).to_have_text("5000", timeout=20_000)
        expect(page.locator("#lines")).to_contain_text("line 4999")
        page.context.close()
