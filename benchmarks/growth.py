"""Measure whether costs grow with the size of a view or with the number of views.

It measures in one process, without a socket or a browser: a change of the tree, its frame, and an
event from the message through the runtime and the handler to the frame. All sizes take turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median

from benchmarks.figures import Figure, Setup
from everview import App, InputEvent, Request, View
from everview.html import HTML, Button, Div, Document, Span
from everview.runtime.windows.updates import encode
from everview.testing import SimulatedApp

SIZES = (10, 100, 1_000, 10_000, 100_000)
INSTANCES = (1, 10, 100, 1_000)
#: Calls in a block, and blocks for each size.
CALLS, BLOCKS = 50, 20
Work = Callable[[], object]


def changing(size: int) -> Work:
    """Set a text, create the frame and encode it."""
    document = Document()
    words = [Span(n) for n in range(size // 2)]
    document.root.append(HTML(Div(*words)))
    revision = document.snapshot()["to"]
    count = 0

    def work() -> None:
        nonlocal revision, count
        count += 1
        # The same five texts in every size: 50,000 texts do not fit into the cache of a processor.
        words[count % 5].set_text(count)
        frame = document.delta(revision)
        encode(frame)
        revision = frame["to"]

    return work


def appending(size: int) -> Work:
    """Append a node at the end and remove one at the start, in one frame."""
    document = Document()
    lines = Div(*(Span(n) for n in range(size // 2)))
    document.root.append(HTML(lines))
    revision = document.snapshot()["to"]

    def work() -> None:
        nonlocal revision
        lines.append(Span("one more"))
        lines.nodes[0].remove()
        frame = document.delta(revision)
        encode(frame)
        revision = frame["to"]

    return work


def make_app(size: int) -> App:
    """An app whose view has a button and ``size`` nodes."""
    app = App(__file__)

    @app.route("/")
    class Large(View):
        """Many nodes, one button."""

        def handle_request(self, request: Request) -> HTML:
            self.count = Span(0)
            words = [Span(n) for n in range(size // 2)]
            return HTML(self.count, Button("add", handle_click=self.add), Div(*words))

        def add(self, event: InputEvent) -> None:
            self.count.set_text(int(self.count.get_text()) + 1)

    return app


def clicking(stack: ExitStack, size: int, instances: int = 1) -> Work:
    """Click: from the message of the page to the frame with the effect."""
    simulated = stack.enter_context(SimulatedApp(make_app(size)))
    window, *_ = [simulated.open("/") for _ in range(instances)]
    button = window.find("button")
    return lambda: window.click(button)


def in_turns(works: dict[int, Work]) -> dict[int, float]:
    """Microseconds of one call: the median of the blocks."""
    blocks: dict[int, list[float]] = {size: [] for size in works}
    for _ in range(BLOCKS):
        for size, work in works.items():
            work()
            started = time.perf_counter()
            for _ in range(CALLS):
                work()
            blocks[size].append((time.perf_counter() - started) / CALLS * 1e6)
    return {size: median(found) for size, found in blocks.items()}


def curve(what: str, by: str, works: dict[int, Work]) -> Iterator[Figure]:
    """Yield a figure for each size, and the ratio of the largest size to the smallest."""
    costs = in_turns(works)
    for size, cost in costs.items():
        yield Figure("growth", f"{what}, by {by}", "us", {"ours": cost}, x=size)
    ratio = costs[max(costs)] / costs[min(costs)]
    name = f"{what}: {max(costs):,} {by} to {min(costs):,}"
    yield Figure("growth", name, "x", {"ours": ratio}, 2, "value")


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure curves over the number of nodes and of instances."""
    yield from curve("a change and its frame", "nodes", {n: changing(n) for n in SIZES})
    yield from curve("append a node and remove one", "nodes", {n: appending(n) for n in SIZES})
    with ExitStack() as stack:
        yield from curve("a click", "nodes", {n: clicking(stack, n) for n in SIZES})
    with ExitStack() as stack:
        works = {n: clicking(stack, 10, n) for n in INSTANCES}
        yield from curve("a click", "instances", works)
