"""Start Chromium and open pages for the benchmarks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.processes import ServerProcess


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the installed Chromium without visible windows."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("Chromium is not installed; 'python3 dev.py test' installs it (as root)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def open_page(browser: Browser, server: ServerProcess, url: str = "/") -> Page:
    """Open a page in a new context and wait until it has loaded everything."""
    page = browser.new_context(viewport={"width": 1000, "height": 800}).new_page()
    page.goto(server.address(url))
    page.wait_for_selector("button", state="attached")
    page.wait_for_load_state("networkidle")
    return page
