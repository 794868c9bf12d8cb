"""What is compared does the same work: the contract of `benchmarks.contenders`, in Chromium.

The peers, which are installed only where benchmarks are run, are held to it by their figures: a
change that does not come is an error there.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.browser import open_page
from benchmarks.processes import ServerProcess
from benchmarks.rows import labels
from benchmarks.table import DO, ROUND, WORK, one_round

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["ours", "floor"])
def test_a_contender_does_what_it_is_measured_at(name: str, chromium: Browser) -> None:
    with ServerProcess(name) as server:
        page = open_page(chromium, server)
        for _ in range(2):
            page.click("#add")
        expect(page.locator("#count")).to_have_text("2")
        times = {name: {}}
        one_round({name: page}, times)
        assert {work for work, _ in times[name]} == set(WORK)
        page.evaluate(DO, ["create", "create"])
        rows = page.evaluate("[...document.querySelectorAll('#rows tr')].map(row => row.innerText)")
        made = sum(work in {"create", "replace", "more", "many"} for _, work in ROUND)
        expected = [f"{number}\t{label}\tx" for number, label in labels(1000, made + 1)]
        assert [row.strip() for row in rows] == expected
        page.context.close()


@pytest.mark.parametrize("name", ["ours", "floor"])
def test_a_contender_says_its_lines(name: str, chromium: Browser) -> None:
    with ServerProcess(name) as server:
        page = open_page(chromium, server, "/log")
        page.click("#log")
        expect(page.locator("#done")).to_have_text("5000", timeout=20_000)
        expect(page.locator("#lines")).to_contain_text("line 4999")
        page.context.close()
