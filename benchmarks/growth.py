"""Whether anything grows with the view: a change and an event at 10 to 100,000 nodes.

In one process, without a socket or a browser: what is measured is the tree, its frames and the
way of an event through the runtime to a handler and back into a frame. The ratio says how much
more it costs in the largest view than in the smallest.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from shell import App, InputEvent, Request, View
from shell.html import HTML, Button, Div, Document, Span
from shell.runtime.messages import encode
from shell.testing import SimulatedApp

SIZES = (10, 1_000, 100_000)
BLOCKS, CHANGES, EVENTS = 15, 200, 20


def microseconds(work: Callable[[], object], count: int) -> float:
    """Of one call, the median of blocks."""
    blocks = []
    for _ in range(BLOCKS):
        started = time.perf_counter()
        for _ in range(count):
            work()
        blocks.append((time.perf_counter() - started) / count * 1e6)
    return median(blocks)


def change(size: int) -> float:
    """A text that is set, its frame taken and encoded."""
    document = Document()
    words = [Span(n) for n in range(size // 2)]
    document.root.append(HTML(Div(*words)))
    state = {"revision": document.snapshot()["to"], "count": 0}

    def work() -> None:
        state["count"] += 1
        words[state["count"] * 7919 % len(words)].set_text(state["count"])
        frame = document.delta(state["revision"])
        encode(frame)
        state["revision"] = frame["to"]

    work()
    return microseconds(work, CHANGES)


def event(size: int) -> float:
    """A click, from the message of the page to the frame that shows what it did."""
    app = App(__file__)

    class Large(View):
        """Many nodes, one button."""

        def handle_request(self, request: Request) -> HTML:
            self.count = Span(0)
            words = [Span(n) for n in range(size // 2)]
            return HTML(self.count, Button("add", handle_click=self.add), Div(*words))

        def add(self, event: InputEvent) -> None:
            self.count.set_text(int(self.count.get_text()) + 1)

    app.route("/")(Large)
    with SimulatedApp(app) as simulated:
        window = simulated.open("/")
        button = window.find("button")
        window.click(button)
        return microseconds(lambda: window.click(button), EVENTS)


def measure() -> dict[str, Any]:
    """Microseconds by the number of nodes."""
    found: dict[str, Any] = {}
    for what, cost in (("a change and its frame, us", change), ("a click, us", event)):
        costs = {f"{size:,} nodes": cost(size) for size in SIZES}
        values = list(costs.values())
        found[what] = {**costs, "ratio": values[-1] / values[0]}
    return found
