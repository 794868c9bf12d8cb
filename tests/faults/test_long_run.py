"""During a long run with many windows and clicks, only visible content uses memory."""

from __future__ import annotations

import asyncio
import gc
import random
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil
import pytest

from everview import App, View
from everview.html import HTML, Button, Li, Node, Span, Ul
from everview.html.tree.node import REMOVALS_KEPT
from everview.runtime.windows import registry as windows_module
from everview.server.execution.threads import MAX_IDLE
from everview.testing import SimulatedApp
from tests.support.often import often

pytestmark = pytest.mark.timeout(often(120, 4 * 3_600))

EVENTS, WINDOWS, VIEWS = often(8_000, 2_000_000), often(20, 5_000), often(20, 200)
#: The maximum number of rows in a view, and the maximum number of open windows.
ROWS = 20
OPEN = 8
#: The maximum growth of memory, in blocks of about 100 bytes. The first limit is for each event (1
#: MB for 100,000 events), the second is a constant that is added. Resident memory is only reported,
#: because it depends on earlier tests.
SLOPE, OFF = 10_000 / 100_000, 20_000


class Journal(View):
    """A daemon view that adds a row for each click and removes old rows."""

    is_daemon = True

    def handle_request(self, request: Any) -> HTML:
        self.count, self.rows = Span(0, _id="count"), Ul()
        return HTML(self.count, self.rows, Button("click", handle_click=self.click))

    def click(self, event: Any) -> None:
        number = int(self.count.get_text()) + 1
        self.count.set_text(number)
        self.rows.append(Li(number, Button("x", handle_click=self.drop)))
        if len(self.rows.nodes) > ROWS:
            self.rows.nodes[0].remove()

    def drop(self, event: Any) -> None:
        event.node.parent.remove()


class Wait(Journal):
    """A `Journal` whose handlers wait for the next click."""

    def click(self, event: Any) -> None:
        if int(self.count.get_text()) % 5 == 4:
            with suppress(TimeoutError):
                self.await_click(event.node, timeout=0.02)
        super().click(event)


def alive() -> dict[str, int]:
    """Collect garbage and return the resources that are in use."""
    gc.collect()
    process = psutil.Process()
    nodes = sum(isinstance(item, Node) for item in gc.get_objects())
    return {
        "threads": threading.active_count(),
        "files": process.num_fds(),
        "nodes": nodes,
        "blocks": sys.getallocatedblocks(),
        "MB": process.memory_info().rss // 1_000_000,
    }


async def tasks() -> int:
    return len(asyncio.all_tasks())


def test_memory_does_not_grow_during_a_long_run(
    app: App,
    simulated: SimulatedApp,
    monkeypatch: pytest.MonkeyPatch,
    report: Callable[[str], None],
) -> None:
    monkeypatch.setattr(windows_module, "MAX_CLOSED_WINDOWS", 2 * OPEN)
    app.route("/journal/<number>")(Journal)
    app.route("/wait/<number>")(Wait)
    source = random.Random(7)
    urls = [f"/{kind}/{number}" for kind in ("journal", "wait") for number in range(VIEWS // 2)]

    def close_windows() -> None:
        while simulated.windows:
            simulated.windows.pop().shut()

    def work(events: int, windows: int) -> None:
        """Open ``windows`` windows, at most `OPEN` at a time, and send ``events`` events."""
        for number in range(windows):
            if len(simulated.windows) >= OPEN:
                simulated.windows.pop(source.randrange(OPEN)).shut()
            simulated.open(source.choice(urls))
            for _ in range(events * (number + 1) // windows - events * number // windows):
                window = source.choice(simulated.windows)
                window.click(
                    source.choice(["click", "click", "click", "x"]) if window.has("x") else "click"
                )
        close_windows()

    for url in urls:
        window = simulated.open(url)
        # Also fill the document's list of removed nodes, because it has a constant maximum size.
        for _ in range(ROWS + 2 * REMOVALS_KEPT):
            window.click("click")
        simulated.windows.remove(window)
        window.shut()
    work(EVENTS // 20, OPEN)
    before, tasks_before = alive(), simulated.call(tasks())
    work(EVENTS, WINDOWS)
    after, tasks_after = alive(), simulated.call(tasks())
    report(f"{EVENTS:,} events, {WINDOWS:,} windows: {after['MB'] - before['MB']} MB, "
         f"{after['blocks'] - before['blocks']:,} more blocks")  # fmt: skip
    shown = sum(len(instance.document._nodes) for instance in simulated.runtime.instances.values())
    assert len(simulated.runtime.instances) == VIEWS
    assert shown <= VIEWS * (10 + 4 * (ROWS + 1))
    assert after["nodes"] - before["nodes"] <= VIEWS * 4 * ROWS // 2
    assert after["threads"] <= before["threads"] + MAX_IDLE
    assert after["files"] <= before["files"]
    assert tasks_after <= tasks_before
    assert after["blocks"] - before["blocks"] <= OFF + SLOPE * EVENTS
