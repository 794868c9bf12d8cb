"""The pages of the benchmarks in NiceGUI, written as NiceGUI's documentation recommends."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time

from nicegui import app, html, ui
from nicegui.elements.mixins.text_element import TextElement

from benchmarks.rows import STYLE, labels, row_id

ui.add_css(STYLE, shared=True)


class Link(TextElement):
    """A text that can be changed, like `ui.label`, but in an ``a`` element."""

    def __init__(self, text: str) -> None:
        super().__init__(tag="a", text=text)


class Row(ui.element):
    """A row: its number, its label and an x that removes it."""

    def __init__(self, number: int, label: str, work: Work) -> None:
        super().__init__("tr")
        self.props(f"id={row_id(number)}")
        with self:
            html.td(str(number)).classes("id")
            with html.td().classes("label"):
                self.label = Link(label)
                self.label.on("click", lambda: work.pick(self), [])
            with html.td().classes("remove"):
                html.a("x").on("click", lambda: work.remove(self), [])


class Work:
    """A counter and a table.

    NiceGUI sends all changes of a handler in one message when the handler ends.
    """

    def __init__(self) -> None:
        with ui.row():
            ui.button("add", on_click=self.add).props("id=add")
            self.count = ui.label("0").props("id=count")
            ui.button("create", on_click=lambda: self.create(1000)).props("id=create")
            ui.button("many", on_click=lambda: self.create(10_000)).props("id=many")
            ui.button("more", on_click=lambda: self.more(1000)).props("id=more")
            ui.button("one more", on_click=lambda: self.more(1)).props("id=one-more")
            ui.button("update", on_click=self.update).props("id=update")
            ui.button("select", on_click=self.select).props("id=select")
            ui.button("swap", on_click=self.swap).props("id=swap")
            ui.button("drop", on_click=self.drop).props("id=drop")
            ui.button("clear", on_click=self.clear).props("id=clear")
        with html.table():
            self.body = html.tbody().props("id=rows")
        self.rows: list[Row] = []
        self.round = 0
        self.selected: Row | None = None

    def add(self) -> None:
        self.count.set_text(str(int(self.count.text) + 1))

    def create(self, count: int) -> None:
        """Replace all rows."""
        self.clear()
        self.more(count)

    def more(self, count: int) -> None:
        """Append rows."""
        self.round += 1
        with self.body:
            self.rows += [Row(*pair, self) for pair in labels(count, self.round)]

    def update(self) -> None:
        for row in self.rows[::10]:
            row.label.set_text(row.label.text + " !!!")

    def select(self) -> None:
        index = 1
        if self.selected is not None:
            index = self.rows.index(self.selected) + 1
        self.pick(self.rows[index])

    def pick(self, row: Row) -> None:
        """Select a row."""
        if self.selected is not None:
            self.selected.classes(remove="danger")
        self.selected = row.classes("danger")

    def remove(self, row: Row) -> None:
        """Remove a row."""
        if row is self.selected:
            self.selected = None
        self.rows.remove(row)
        row.delete()

    def swap(self) -> None:
        first, second = self.rows[1], self.rows[998]
        second.move(target_index=1)
        first.move(target_index=998)
        self.rows[1], self.rows[998] = second, first

    def drop(self) -> None:
        self.rows.pop(5).delete()

    def clear(self) -> None:
        self.body.clear()
        self.rows.clear()
        self.selected = None


@ui.page("/")
def work() -> None:
    """Show the page. Each page has its own table."""
    Work()


@ui.page("/log")
def log() -> None:
    """A task that adds lines and lets the event loop send each line immediately.

    The task does not run in a thread (``run.io_bound``), because NiceGUI's elements must be changed
    on the event loop. If a thread added the lines, some would be lost.
    """

    async def add_lines() -> None:
        started = time.perf_counter()
        for number in range(5000):
            lines.push(f"line {number}")
            done.set_text(str(number + 1))
            await asyncio.sleep(0)
        ended.set_text(f"{time.time()} {time.perf_counter() - started}")

    with ui.row():
        ui.button("log", on_click=add_lines).props("id=log")
        done = ui.label("0").props("id=done")
        ended = ui.label().props("id=ended")
    lines = ui.log().props("id=lines")


def answer(port: int) -> None:
    """Print an address for every line of stdin. End the process when stdin is closed."""
    for line in sys.stdin:
        print(f"http://127.0.0.1:{port}{line.strip()}", flush=True)
    app.shutdown()


def main() -> None:
    """Serve until stdin is closed. Answer every line of stdin with an address."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    threading.Thread(target=answer, args=(port,), daemon=True).start()
    ui.run(
        host="127.0.0.1",
        port=port,
        # uvicorn gets an existing socket, because NiceGUI does not accept port 0.
        fd=listening.fileno(),
        reload=False,
        show=False,
        show_welcome_message=False,
        # NiceGUI disconnects a page that does not answer a ping for two fifths of this time. A page
        # with 10,000 rows may be busy for longer than the default time.
        reconnect_timeout=60,
        # Compression is off for all implementations, because on one machine it only costs time.
        ws_per_message_deflate=False,
    )


if __name__ == "__main__":
    main()
