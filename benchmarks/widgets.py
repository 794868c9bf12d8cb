"""`python -m benchmarks.widgets`: measure the widgets under load in Chromium.

The figure ``frame, ms`` is the time between two animation frames of the page under load. At 16.7
ms, the page shows 60 frames per second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.browser import chromium, open_page
from benchmarks.figures import p99
from benchmarks.processes import ServerProcess

#: A script for the page. Its promise resolves to the times between animation frames. The argument
#: ``each`` names the work that the script does in each frame.
FRAMES = """([milliseconds, each]) => new Promise(resolve => {
  const view = document.querySelector(".ev-table-view");
  const wheel = () => new WheelEvent("wheel", { deltaY: 300, cancelable: true });
  const work = { none: () => {}, wheel: () => view.dispatchEvent(wheel()),
                 jump: n => view.scrollTop = view.scrollHeight * ((n * 0.618) % 1) }[each];
  const times = [];
  let count = 0;
  const started = performance.now();
  let last = started;
  const next = now => {
    times.push(now - last);
    last = now;
    work(count++);
    if (now - started < milliseconds) requestAnimationFrame(next);
    else resolve(times.slice(1));
  };
  requestAnimationFrame(next);
})"""


def frames(page: Page, milliseconds: int, each: str = "none") -> str:
    """Format the median and the longest times between frames."""
    times = page.evaluate(FRAMES, [milliseconds, each])
    return f"frame, ms: {median(times):.1f}, p99 {p99(times):.1f}, longest {max(times):.0f}"


def shown(page: Page) -> int:
    """The number of the last log line that the page shows."""
    return int(max(page.locator(".ev-log-line").all_inner_texts()).split()[0])


def log(browser: Browser, server: ServerProcess) -> None:
    """Measure a log that receives 100,000 lines per second."""
    page = open_page(browser, server, "/log")
    page.click("#go")
    page.wait_for_timeout(300)
    cpu, started = server.cpu_seconds(), time.perf_counter()
    first = shown(page)
    print("log       ", frames(page, 4000))
    print(f"           shown during this: {(shown(page) - first) / 4:,.0f} lines per second")
    used = (server.cpu_seconds() - cpu) / (time.perf_counter() - started)
    result = page.locator("#result", has_text=".")
    result.wait_for(timeout=60_000)
    middle, p99, most, behind = result.inner_text().split()
    print(f"           a call, us: {middle}, p99 {p99}; longest {most} ms")
    print(f"           the task is {behind} s behind after 5 s")
    last = page.locator(".ev-log-line", has_text="499999")
    last.wait_for()
    count = page.locator(".ev-log-line").count()
    print(f"           CPU of a core, task and server: {used:.2f}; lines in the page: {count}")


def table(browser: Browser, server: ServerProcess) -> None:
    """Measure a table of a million rows."""
    address = server.address("/table")
    page = browser.new_context(viewport={"width": 1000, "height": 800}).new_page()
    started = time.perf_counter()
    page.goto(address)
    page.locator(".ev-table-row").first.wait_for()
    print(f"table      first rows after {time.perf_counter() - started:.2f} s (with the page)")
    print("           wheel,", frames(page, 3000, "wheel"))
    print("           jumps,", frames(page, 3000, "jump"))
    nodes = page.evaluate("document.querySelectorAll('.ev-table *').length")
    print(f"           elements in the page: {nodes}")
    page.evaluate("document.querySelector('.ev-table-view').scrollTop = 0")
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "sort": (page.get_by_role("button", name="Colour").click, "file 0015838.txt"),
        "filter": (
            lambda: page.get_by_role("searchbox").fill("0000007"),
            "file 0000007.txt",
        ),
    }
    for what, (act, expected) in acts.items():
        started = time.perf_counter()
        act()
        page.locator(".ev-table-row[aria-rowindex='2']", has_text=expected).wait_for()
        print(f"           {what}: {time.perf_counter() - started:.2f} s")


def plot(browser: Browser, server: ServerProcess) -> None:
    """Measure a plot of two growing series that start with 100,000 points each."""
    page = open_page(browser, server, "/plot")
    page.locator(".ev-plot-key", has_text=".").first.wait_for()
    print("plot      ", frames(page, 3000))


def main() -> None:
    """Measure all widgets and print the figures."""
    with chromium() as browser, ServerProcess("ready_parts") as server:
        log(browser, server)
        table(browser, server)
        plot(browser, server)


if __name__ == "__main__":
    main()
