"""The pages of the benchmarks as Lona views, written as in Lona's documentation and demos."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import lona
from aiohttp import web
from lona import App, View
from lona.events.input_event import InputEvent
from lona.html import CLICK, HTML, A, Button, Div, Node, Span, Table, TBody, Td, Tr
from lona.request import Request

from benchmarks.rows import STYLE, labels, row_id

app = App(__file__)
# Use the client of Lona 2, which Lona's documentation offers. Compared with the default client, a
# click takes half the time, and appending 1,000 rows takes an eighth of the time.
app.settings.CLIENT_VERSION = 2
app.add_static_file("lona/style.css", STYLE)
# This is Lona's own page with a doctype added. Without a doctype a table does not inherit the font
# of the page.
page = Path(lona.__file__).parent / "templates" / "lona" / "frontend.html"
app.add_template("lona/frontend.html", "<!doctype html>\n" + page.read_text())


class Row(Tr):
    """A row: its number, its label and an x that removes it."""

    def __init__(self, number: int, label: str, view: Work) -> None:
        self.label = A(
            label, events=[CLICK], handle_click=lambda input_event: view.handle_pick(self)
        )
        remove = A("x", events=[CLICK], handle_click=lambda input_event: view.handle_remove(self))
        super().__init__(
            Td(number, _class="id"),
            Td(self.label, _class="label"),
            Td(remove, _class="remove"),
            _id=row_id(number),
        )


@app.route("/")
class Work(View):
    """A counter and a table. Lona sends the changes of a handler in one message when it returns."""

    def handle_request(self, request: Request) -> Node:
        self.count = Span("0", _id="count")
        self.rows = TBody(_id="rows")
        self.round = 0
        self.selected: Row | None = None
        return HTML(
            Button("add", _id="add", handle_click=self.handle_add),
            self.count,
            Button("create", _id="create", handle_click=self.handle_create),
            Button("many", _id="many", handle_click=self.handle_many),
            Button("more", _id="more", handle_click=self.handle_more),
            Button("one more", _id="one-more", handle_click=self.handle_one_more),
            Button("update", _id="update", handle_click=self.handle_update),
            Button("select", _id="select", handle_click=self.handle_select),
            Button("swap", _id="swap", handle_click=self.handle_swap),
            Button("drop", _id="drop", handle_click=self.handle_drop),
            Button("clear", _id="clear", handle_click=self.handle_clear),
            Table(self.rows),
        )

    def handle_add(self, input_event: InputEvent) -> None:
        self.count.set_text(int(self.count.get_text()) + 1)

    def handle_create(self, input_event: InputEvent) -> None:
        self.create(1000)

    def handle_many(self, input_event: InputEvent) -> None:
        self.create(10_000)

    def create(self, count: int) -> None:
        """Replace all rows."""
        self.round += 1
        self.selected = None
        self.rows.nodes = self.new_rows(count)

    def new_rows(self, count: int) -> list[Row]:
        """Make rows with their two handlers."""
        return [Row(*pair, self) for pair in labels(count, self.round)]

    def handle_pick(self, row: Row) -> None:
        """Select a row."""
        if self.selected is not None:
            self.selected.class_list.remove("danger")
        self.selected = row
        row.class_list.add("danger")

    def handle_remove(self, row: Row) -> None:
        """Remove a row."""
        if row is self.selected:
            self.selected = None
        self.rows.remove(row)

    def handle_more(self, input_event: InputEvent) -> None:
        self.more(1000)

    def handle_one_more(self, input_event: InputEvent) -> None:
        self.more(1)

    def more(self, count: int) -> None:
        """Append rows."""
        self.round += 1
        self.rows.nodes.extend(self.new_rows(count))

    def handle_update(self, input_event: InputEvent) -> None:
        for row in self.rows.nodes[::10]:
            row.label.set_text(row.label.get_text() + " !!!")

    def handle_select(self, input_event: InputEvent) -> None:
        index = 1
        if self.selected is not None:
            index = self.rows.nodes.index(self.selected) + 1
        self.handle_pick(self.rows.nodes[index])

    def handle_swap(self, input_event: InputEvent) -> None:
        first, second = self.rows[1], self.rows[998]
        # Inserting a node removes it from its previous position.
        self.rows.insert(1, second)
        self.rows.insert(998, first)

    def handle_drop(self, input_event: InputEvent) -> None:
        self.rows.pop(5)

    def handle_clear(self, input_event: InputEvent) -> None:
        self.rows.clear()
        self.selected = None


@app.route("/log")
class Lines(View):
    """A view that adds lines after a click, and shows each line immediately."""

    def handle_request(self, request: Request) -> None:
        lines, done, ended = Div(_id="lines"), Span("0", _id="done"), Span(_id="ended")
        button = Button("log", _id="log")
        html = HTML(button, done, ended, lines)
        self.await_click(button, html=html)
        started = time.perf_counter()
        for number in range(5000):
            lines.append(Div(f"line {number}"))
            done.set_text(number + 1)
            self.show()
        ended.set_text(f"{time.time()} {time.perf_counter() - started}")
        self.show()


def answer(port: int) -> None:
    """Print an address for every line of stdin. End the process when stdin is closed."""
    for line in sys.stdin:
        print(f"http://127.0.0.1:{port}{line.strip()}", flush=True)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve until stdin is closed. Answer every line of stdin with an address.

    This function does the same as ``app.run()``, but on an existing socket, because ``app.run()``
    does not accept port 0.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()
    app.setup_server(loop=loop)
    threading.Thread(target=answer, args=listening.getsockname()[1:], daemon=True).start()
    web.run_app(app.aiohttp_app, sock=listening, shutdown_timeout=0, print=None, loop=loop)


if __name__ == "__main__":
    main()
