"""Measure whether costs grow with the size of a view or with the number of views.

Everything runs in one process, without a socket or a browser. The module measures two costs:
changing the tree and creating its frame, and handling a click, from its message to the resulting
frame. Small and large views are measured in turns.
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
#: The number of calls in a block, and of blocks for each size.
CALLS, BLOCKS = 50, 20
Work = Callable[[], object]


def changing(size: int) -> Work:
    """Return a function that sets a text, creates the frame and encodes it."""
    document = Document()
    words = [Span(n) for n in range(size // 2)]
    document.root.append(HTML(Div(*words)))
    revision = document.snapshot()["to"]
    count = 0

    def work() -> None:
        nonlocal revision, count
        count += 1
        # Change only five texts, whatever the size of the view, because 50,000 texts would not fit
        # into the cache of a processor.
        words[count % 5].set_text(count)
        frame = document.delta(revision)
        encode(frame)
        revision = frame["to"]

    return work


def appending(size: int) -> Work:
    """Return a function that appends a node and removes another one, in one frame."""
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
        """A view with many nodes and one button."""

        def handle_request(self, request: Request) -> HTML:
            self.count = Span(0)
            words = [Span(n) for n in range(size // 2)]
            return HTML(self.count, Button("add", handle_click=self.add), Div(*words))

        def add(self, event: InputEvent) -> None:
            self.count.set_text(int(self.count.get_text()) + 1)

    return app


def clicking(stack: ExitStack, size: int, instances: int = 1) -> Work:
    """Return a function that handles the message of a click and creates the frame."""
    simulated = stack.enter_context(SimulatedApp(make_app(size)))
    window, *_ = [simulated.open("/") for _ in range(instances)]
    button = window.find("button")
    return lambda: window.click(button)


def in_turns(works: dict[int, Work]) -> dict[int, float]:
    """The time of one call in microseconds. It is the median of all blocks."""
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
    """Yield a figure for each size, and one with the ratio of the largest to the smallest size."""
    costs = in_turns(works)
    for size, cost in costs.items():
        yield Figure("growth", f"{what}, by {by}", "us", {"ours": cost}, x=size)
    ratio = costs[max(costs)] / costs[min(costs)]
    name = f"{what}: {max(costs):,} {by} to {min(costs):,}"
    yield Figure("growth", name, "x", {"ours": ratio}, 2, "value")


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure how the costs depend on the number of nodes and on the number of instances."""
    yield from curve("a change and its frame", "nodes", {n: changing(n) for n in SIZES})
    yield from curve("append a node and remove one", "nodes", {n: appending(n) for n in SIZES})
    with ExitStack() as stack:
        yield from curve("a click", "nodes", {n: clicking(stack, n) for n in SIZES})
    with ExitStack() as stack:
        works = {n: clicking(stack, 10, n) for n in INSTANCES}
        yield from curve("a click", "instances", works)
