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
            Button("append", _id="one-more", handle_click=self.append),
            Button("ten thousand", _id="many", handle_click=self.many),
            Button("update", _id="update", handle_click=self.update),
            Button("select", _id="select", handle_click=self.select),
            Button("swap", _id="swap", handle_click=self.swap),
            Button("remove", _id="drop", handle_click=self.drop),
            Button("clear", _id="clear", handle_click=self.clear),
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

    def update(self, event: InputEvent) -> None:
        for link in self.rows.query_selector_all(".label > a")[::10]:
            link.set_text(link.get_text() + " !!!")

    def select(self, event: InputEvent) -> None:
        self.rows.query_selector_all("tr")[1].class_list.add("danger")

    def swap(self, event: InputEvent) -> None:
        rows = list(self.rows.nodes)
        rows[1], rows[998] = rows[998], rows[1]
        self.rows.nodes = rows

    def drop(self, event: InputEvent) -> None:
        self.rows.nodes[5].remove()

    def clear(self, event: InputEvent) -> None:
        self.rows.clear()


@app.route("/shared")
class Shared(View):
    """One instance, however many windows."""

    is_daemon = True

    def handle_request(self, request: Request) -> HTML:
        return HTML(Span(0), Button("add"))


@app.route("/small")
class Small(View):
    """An instance for each window: a counter."""

    def handle_request(self, request: Request) -> HTML:
        self.count = Span(0)
        return HTML(self.count, Button("add", handle_click=self.add))

    def add(self, event: InputEvent) -> None:
        self.count.set_text(int(self.count.get_text()) + 1)


@app.route("/large")
class Large(View):
    """An instance for each window: 1,000 rows."""

    def handle_request(self, request: Request) -> HTML:
        return HTML(Table(Tbody(*(row(*pair) for pair in labels(1000, 1)))))


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
