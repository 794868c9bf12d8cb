"""No data is lost when the computer sleeps or a page is frozen."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import chromium, launched
from tests.support.often import often
from tests.support.server import Serving, everview

__all__ = ["chromium"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.timeout(often(120, 600))]

#: The duration of the simulated sleep in seconds.
SLEEP = often(3, 60)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with Serving(tmp_path / "home") as serving:
        yield serving


@pytest.fixture
def open_page(serving: Serving) -> Iterator[Callable[[Browser], Page]]:
    contexts = []

    def open_page(browser: Browser) -> Page:
        address = everview(serving.home, "address", "/counter/").stdout.strip()
        contexts.append(browser.new_context())
        page: Page = contexts[-1].new_page()
        page.goto(address)
        expect(page.get_by_role("button", name="Increment")).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()


def increment(page: Page) -> None:
    page.get_by_role("button", name="Increment").click()


def test_windows_continue_after_the_server_process_was_suspended(
    chromium: Browser, serving: Serving, open_page: Callable[[Browser], Page]
) -> None:
    pages = [open_page(chromium), open_page(chromium)]
    serving.process.send_signal(signal.SIGSTOP)
    for page in pages:
        increment(page)
    time.sleep(SLEEP)
    serving.process.send_signal(signal.SIGCONT)
    for page in pages:
        expect(page.locator("main")).to_contain_text("12")
    increment(pages[0])
    expect(pages[1].locator("main")).to_contain_text("13")


def test_frozen_page_receives_missed_changes_and_delays_no_other_window(
    chromium: Browser, open_page: Callable[[Browser], Page]
) -> None:
    page = open_page(chromium)
    with another(chromium) as (browser, processes):
        frozen = open_page(browser)
        for process in processes:
            process.suspend()
        try:
            for number in range(5 * SLEEP):
                increment(page)
                expect(page.locator("main")).to_contain_text(str(11 + number))
                time.sleep(0.2)
        finally:
            for process in processes:
                process.resume()
        expect(frozen.locator("main")).to_contain_text(str(10 + 5 * SLEEP))
        increment(frozen)
        expect(page.locator("main")).to_contain_text(str(11 + 5 * SLEEP))


@contextmanager
def another(chromium: Browser) -> Iterator[tuple[Browser, list[psutil.Process]]]:
    """Start another browser, and yield it with its processes."""
    before = set(psutil.Process().children(recursive=True))
    with launched(chromium.browser_type) as browser:
        yield browser, [p for p in psutil.Process().children(recursive=True) if p not in before]
