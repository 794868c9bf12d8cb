"""The pages of the benchmarks as Everview views, on the real server."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import ClassVar

from benchmarks.rows import SELECTED, labels, row_id
from everview import App, AsyncView, InputEvent, Request, StyleSheet, View
from everview.html import HTML, A, Button, Span, Table, Tbody, Td, Tr
from everview.server.server import Server
from everview.widgets import Log

app = App(__file__)


Handler = Callable[[InputEvent], None]


class Row(Tr):
    """A row: its number, its label and an x that removes it."""

    STATIC_FILES: ClassVar = [StyleSheet(url="selected.css", body=SELECTED.encode())]

    def __init__(self, number: int, label: str, pick: Handler, remove: Handler) -> None:
        self.label = A(label, handle_click=pick)
        super().__init__(
            Td(number, _class="id"),
            Td(self.label, _class="label"),
            Td(A("x", handle_click=remove), _class="remove"),
            _id=row_id(number),
        )


class RowsView(View):
    """A view with a table of rows."""

    def new_rows(self, count: int, seed: int) -> list[Row]:
        """Make rows with their two handlers."""
        return [Row(*pair, self.pick, self.remove) for pair in labels(count, seed)]

    def pick(self, event: InputEvent) -> None:
        """Select the row whose label was clicked."""
        row = event.node.closest("tr")
        assert isinstance(row, Row)
        self.select_row(row)

    def select_row(self, row: Row) -> None:
        """Select this row and deselect the row that was selected before."""
        if self.selected is not None:
            self.selected.class_list.remove("danger")
        self.selected = row
        row.class_list.add("danger")

    selected: Row | None = None

    def remove(self, event: InputEvent) -> None:
        """Remove the row whose x was clicked."""
        row = event.node.closest("tr")
        assert isinstance(row, Row)
        if row is self.selected:
            self.selected = None
        row.remove()


@app.route("/")
class Work(RowsView):
    """A counter and a table."""

    def handle_request(self, request: Request) -> HTML:
        self.count = Span(0, _id="count")
        self.rows = Tbody(_id="rows")
        self.round = 0
        return HTML(
            Button("add", _id="add", handle_click=self.add),
            Button("add async", _id="add-async", handle_click=self.add_async),
            self.count,
            Button("create", _id="create", handle_click=self.create),
            Button("many", _id="many", handle_click=self.many),
            Button("more", _id="more", handle_click=self.more),
            Button("one more", _id="one-more", handle_click=self.one_more),
            Button("update", _id="update", handle_click=self.update),
            Button("select", _id="select", handle_click=self.select),
            Button("swap", _id="swap", handle_click=self.swap),
            Button("drop", _id="drop", handle_click=self.drop),
            Button("clear", _id="clear", handle_click=self.clear),
            Table(self.rows),
        )

    def add(self, event: InputEvent) -> None:
        self.count.set_text(int(self.count.get_text()) + 1)

    async def add_async(self, event: InputEvent) -> None:
        self.count.set_text(int(self.count.get_text()) + 1)

    def create(self, event: InputEvent, count: int = 1000) -> None:
        self.round += 1
        self.selected = None
        self.rows.nodes = self.new_rows(count, self.round)

    def many(self, event: InputEvent) -> None:
        self.create(event, 10_000)

    def more(self, event: InputEvent, count: int = 1000) -> None:
        self.round += 1
        self.rows.extend(self.new_rows(count, self.round))

    def one_more(self, event: InputEvent) -> None:
        self.more(event, 1)

    def update(self, event: InputEvent) -> None:
        for row in self.rows.nodes[::10]:
            assert isinstance(row, Row)
            row.label.set_text(row.label.get_text() + " !!!")

    def select(self, event: InputEvent) -> None:
        rows = self.rows.nodes
        row = rows[1 if self.selected is None else rows.index(self.selected) + 1]
        assert isinstance(row, Row)
        self.select_row(row)

    def swap(self, event: InputEvent) -> None:
        rows = list(self.rows.nodes)
        rows[1], rows[998] = rows[998], rows[1]
        self.rows.nodes = rows

    def drop(self, event: InputEvent) -> None:
        self.rows.nodes[5].remove()

    def clear(self, event: InputEvent) -> None:
        self.rows.clear()
        self.selected = None


@app.route("/log")
class Lines(View):
    """A view whose task writes lines after a click."""

    is_daemon = True

    def handle_request(self, request: Request) -> None:
        lines, done, ended = Log(_id="lines"), Span(0, _id="done"), Span(_id="ended")
        button = Button("log", _id="log")
        self.await_click(button, html=HTML(button, done, ended, lines))
        started = time.perf_counter()
        for number in range(5000):
            lines.append(f"line {number}")
            done.set_text(number + 1)
        ended.set_text(f"{time.time()} {time.perf_counter() - started}")


@app.route("/shared")
class Shared(View):
    """A counter whose only instance is shown in all windows."""

    is_daemon = True

    def handle_request(self, request: Request) -> HTML:
        self.count = Span(0)
        return HTML(self.count, Button("add", handle_click=self.add))

    def add(self, event: InputEvent) -> None:
        self.count.set_text(int(self.count.get_text()) + 1)


@app.route("/small")
class Small(Shared):
    """A counter that has a separate instance for each window."""

    is_daemon = False


@app.route("/large")
class Large(RowsView):
    """A view with 1,000 rows that has a separate instance for each window."""

    def handle_request(self, request: Request) -> HTML:
        return HTML(Table(Tbody(self.new_rows(1000, 1))))


@app.route("/busy")
class Busy(View):
    """A view that makes 10,000 changes per second.

    Each change writes its own time into the page, so that the delay can be measured.
    """

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
        """Handle a click while the view is busy. The handler changes nothing."""


@app.route("/every-second")
class EverySecond(View):
    """A view with one instance for each window. A thread makes one change per second."""

    def handle_request(self, request: Request) -> None:
        number = Span(0)
        self.show(HTML(number))
        while True:
            self.sleep(1)
            number.set_text(int(number.get_text()) + 1)


@app.route("/every-second-async")
class EverySecondAsync(AsyncView):
    """A view with one instance for each window. An asyncio task makes one change per second."""

    async def handle_request(self, request: Request) -> None:
        number = Span(0)
        self.show(HTML(number))
        while True:
            await self.sleep(1)
            number.set_text(int(number.get_text()) + 1)


def main() -> None:
    """Serve until stdin is closed. Answer every URL with a one-time address."""
    server = Server(app.make_runtime)
    server.start()
    for line in sys.stdin:
        print(server.address(line.strip() or "/"), flush=True)
    server.stop()


if __name__ == "__main__":
    main()
