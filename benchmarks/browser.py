"""What a person waits for, in Chromium: a click's effect, a thousand rows painted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.processes import ServerProcess

CLICKS_A_BLOCK = 25
CLICKS = """count => new Promise(async resolve => {
  const button = document.getElementById("add"), target = document.getElementById("count");
  const times = [];
  for (let i = 0; i < count; i++) {
    times.push(await new Promise(done => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        done(performance.now() - started);
      });
      observer.observe(target, { childList: true, characterData: true, subtree: true });
      const started = performance.now();
      button.click();
    }));
  }
  resolve(times);
})"""
CREATE = """() => new Promise(resolve => {
  const rows = document.getElementById("rows");
  const observer = new MutationObserver(() => {
    if (rows.childElementCount < 1000) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)));
  });
  observer.observe(rows, { childList: true });
  const started = performance.now();
  document.getElementById("create").click();
})"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The installed Chromium, headless."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("no Chromium is installed: 'python3 dev.py test' as root installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def open_page(browser: Browser, server: ServerProcess, url: str = "/") -> Page:
    """A page of a context of its own."""
    page = browser.new_context(viewport={"width": 1000, "height": 800}).new_page()
    page.goto(server.address(url))
    return page


def click_and_create(rounds: int) -> dict[str, Any]:
    """Medians of ours and the floor, measured in turns."""
    # A page's clock steps by 0.1 ms: the mean of a block of clicks is finer than any of them.
    blocks: dict[str, list[float]] = {"ours": [], "floor": []}
    clicks: dict[str, list[float]] = {"ours": [], "floor": []}
    creates: dict[str, list[float]] = {"ours": [], "floor": []}
    with (
        chromium() as browser,
        ServerProcess("benchmarks.ours") as ours,
        ServerProcess("benchmarks.floor") as floor,
    ):
        pages = {"ours": open_page(browser, ours), "floor": open_page(browser, floor)}
        for page in pages.values():
            page.wait_for_selector("#create")
            page.wait_for_load_state("networkidle")
            page.evaluate(CLICKS, 100)
        # First all clicks, then all rows: what making 1,000 rows leaves behind in a page and in a
        # process (garbage of both) is no part of a click.
        for _ in range(rounds):
            for name, page in pages.items():
                page.bring_to_front()
                block = page.evaluate(CLICKS, CLICKS_A_BLOCK)
                clicks[name] += block
                blocks[name].append(sum(block) / len(block))
        for _ in range(rounds):
            for name, page in pages.items():
                page.bring_to_front()
                creates[name].append(page.evaluate(CREATE))
    return {
        "click to changed DOM, ms": clicks,
        "the same, mean of 25, ms": blocks,
        "create 1,000 rows, painted, ms": creates,
    }


def append_frame() -> dict[str, int]:
    """Bytes of the frame that appends one row to 10,000."""
    sizes: list[int] = []
    with chromium() as browser, ServerProcess("benchmarks.ours") as ours:
        page = browser.new_context().new_page()

        def watch(socket: Any) -> None:
            socket.on("framereceived", lambda payload: sizes.append(len(payload)))

        page.on("websocket", watch)
        page.goto(ours.address())
        page.click("#many")
        page.wait_for_selector("#rows tr:nth-child(10000)", state="attached")
        page.wait_for_selector("[data-pending]", state="detached")
        before = len(sizes)
        page.click("#one-more")
        page.wait_for_selector("#rows tr:nth-child(10001)", state="attached")
        page.wait_for_selector("[data-pending]", state="detached")
        return {"bytes": sum(sizes[before:])}


def summary(values: list[float]) -> dict[str, float]:
    """Median and 99th percentile."""
    return {
        "median": median(values),
        "p99": quantiles(values, n=100)[98] if len(values) > 9 else max(values),
    }
