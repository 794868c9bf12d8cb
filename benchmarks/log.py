"""Measure a task that adds 5,000 lines: its duration, and the time until the last line is shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Error, Page

from benchmarks.browser import chromium, open_page
from benchmarks.figures import Figure, Setup, medians
from benchmarks.processes import ServerProcess, servers
from benchmarks.raw_windows import OurWindow

#: A script for the page. Its promise resolves to the time when the last line was in the page, and
#: to the two numbers of the task. A page may contain only the visible lines, so the script
#: recognises the last line by its text.
LAST = """() => new Promise((resolve, reject) => {
  const ended = document.getElementById("ended");
  let shown;
  const observer = new MutationObserver(records => {
    const now = performance.timeOrigin + performance.now();
    for (const { target, addedNodes } of records) {
      for (const node of [target.nodeType === Node.TEXT_NODE ? target : null, ...addedNodes]) {
        if (node?.textContent.endsWith("line 4999")) shown ??= now;
      }
    }
    if (!shown || !ended.textContent) return;
    observer.disconnect();
    resolve([shown, ...ended.textContent.split(" ").map(Number)]);
  });
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  document.getElementById("log").click();
  setTimeout(() => reject(new Error("the lines took more than a minute")), 60_000);
})"""


def in_page(page: Page) -> tuple[float, float]:
    """Return the duration of the task and the time until the page then has all lines, in ms."""
    shown, ended, took = page.evaluate(LAST)
    return took * 1000, shown - ended * 1000


async def without_reader(server: ServerProcess, url: str, *, stalls: bool) -> float:
    """Return the duration of the task in ms while no window reads its lines."""
    window = await OurWindow.open(server.address(url))
    window.socket.transport.pause_reading()
    window.click()
    if not stalls:
        await asyncio.sleep(0.01)
        window.socket.close()
    ended = ""
    end = time.monotonic() + 60
    while not ended and time.monotonic() < end:
        await asyncio.sleep(0.2)
        other = await OurWindow.open(server.address(url))
        ended = next((item[-1] for item in _spans(other.tree) if item[1] == {"id": "ended"}), "")
        other.socket.close()
    window.socket.close()
    return float(ended.split()[1]) * 1000


def _spans(items: list[Any]) -> Iterator[list[Any]]:
    """The ``span`` elements with an attribute and a text in the stream of a snapshot."""
    for item in items:
        if isinstance(item, list):
            if item[0] == "span" and len(item) > 2:
                yield item
            yield from _spans(item)


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure all implementations in Chromium, in turns.

    Also measure Everview without a window, and with a window that does not read.
    """
    tasks: dict[str, list[float]] = {name: [] for name in setup.contenders}
    shown: dict[str, list[float]] = {name: [] for name in setup.contenders}
    alone, stalled = [], []
    for group in setup.groups():
        with chromium() as browser, servers(group) as serving:
            # Other frameworks run only once, because they take up to a minute.
            for number in range(max(2, setup.rounds // 4) if "floor" in group else 1):
                for name, server in serving.items():
                    page = open_page(browser, server, f"/log?{number}")
                    try:
                        took, late = in_page(page)
                    except Error as error:
                        setup.notes.append(f"log, {name}: {error.message.splitlines()[0]}")
                        continue
                    finally:
                        page.context.close()
                    tasks[name].append(took)
                    shown[name].append(late)
    with ServerProcess("ours") as ours:
        for number in range(3):
            alone.append(asyncio.run(without_reader(ours, f"/log?{number}", stalls=False)))
            stalled.append(asyncio.run(without_reader(ours, f"/log?{number}-", stalls=True)))
    late_ = medians(shown)
    yield Figure("log", "5,000 lines and their count: duration of the task", "ms", medians(tasks))
    yield Figure(
        "log", "end of the task until the page has the last line", "ms", late_, 50, "value"
    )
    yield Figure("log", "duration of the task without a window", "ms", medians({"ours": alone}))
    yield Figure(
        "log",
        "duration of the task with a window that does not read",
        "ms",
        medians({"ours": stalled}),
    )
