"""The same work as views, on the real server with all its guards."""

from __future__ import annotations

import sys
import time

from benchmarks.rows import labels
from shell import App, InputEvent, Request, View
from shell.html import HTML, A, Button, Span, Table, Tbody, Td, Tr
from shell.server.server import Server

app = App(__file__)


def row(number: int, label: str) -> Tr:
    """One row, as the floor's page builds it."""
    return Tr(Td(number, _class="id"), Td(A(label), _class="label"), Td(A("x"), _class="remove"))


@app.route("/")
class Work(View):
    """A counter and a table."""

    def handle_request(self, request: Request) -> HTML:
        self.count = Span(0, _id="count")
        self.rows = Tbody(_id="rows")
        self.round = 0
        return HTML(
            Button("add", _id="add", handle_click=self.add),
            self.count,
            Button("create", _id="create", handle_click=self.create),
            Button("append", _id="append", handle_click=self.append),
            Button("ten thousand", _id="many", handle_click=self.many),
            Table(self.rows),
        )

    def add(self, event: InputEvent) -> None:
        self.count.set_text(int(self.count.get_text()) + 1)

    def create(self, event: InputEvent) -> None:
        self.round += 1
        self.rows.nodes = [row(*pair) for pair in labels(1000, self.round)]

    def many(self, event: InputEvent) -> None:
        self.rows.nodes = [row(*pair) for pair in labels(10_000, 1)]

    def append(self, event: InputEvent) -> None:
        self.rows.append(row(10_000, "one more row"))


@app.route("/busy")
class Busy(View):
    """10,000 changes a second; each is the time of the change, so that lag can be read off."""

    is_daemon = True

    def handle_request(self, request: Request) -> None:
        self.word = Span(_id="time")
        self.show(HTML(self.word, Button("add", handle_click=self.add)))
        started, changed = time.perf_counter(), 0
        while True:
            due = int((time.perf_counter() - started) * 10_000)
            while changed < due:
                self.word.set_text(time.perf_counter())
                self.progress(changed % 10_000, 10_000)
                changed += 1
            time.sleep(0.001)
            self.ping()

    def add(self, event: InputEvent) -> None:
        """A click while it is busy."""


def main() -> None:
    """Serve until stdin closes; every line asks for a one-time address of the URL it holds."""
    server = Server(app.make_runtime)
    server.start()
    for line in sys.stdin:
        print(server.address(line.strip() or "/"), flush=True)
    server.stop()


if __name__ == "__main__":
    main()
