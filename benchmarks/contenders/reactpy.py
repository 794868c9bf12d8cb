"""The pages of the benchmarks as ReactPy components, written as ReactPy's documentation recommends.

ReactPy sends the whole component after each change of its state. Therefore the counter and the
table are separate components. A row is a function, because that costs less than a component.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import uvicorn
from reactpy import component, html, use_location, use_ref, use_state
from reactpy.backend.starlette import Options, configure
from starlette.applications import Starlette

from benchmarks.rows import STYLE, labels, row_id


class Row(NamedTuple):
    """The data of a row. The key is unique, as React requires."""

    key: str
    number: int
    label: str


def new_rows(count: int, seed: int) -> list[Row]:
    """Make the data of rows."""
    return [Row(row_id(number), number, label) for number, label in labels(count, seed)]


def table_row(
    row: Row, is_selected: bool, pick: Callable[[str], None], remove: Callable[[str], None]
) -> Any:
    """A row: its number, its label and an x that removes it."""
    attributes = {"key": row.key, "id": row.key}
    if is_selected:
        attributes["class_name"] = "danger"
    return html.tr(
        attributes,
        html.td({"class_name": "id"}, row.number),
        html.td(
            {"class_name": "label"}, html.a({"on_click": lambda event: pick(row.key)}, row.label)
        ),
        html.td({"class_name": "remove"}, html.a({"on_click": lambda event: remove(row.key)}, "x")),
    )


@component
def Counter() -> Any:  # noqa: N802 - components are named like classes
    """A number and its button."""
    count, set_count = use_state(0)

    def handle_click(event: dict[str, Any]) -> None:
        set_count(lambda count: count + 1)

    return html._(
        html.button({"id": "add", "on_click": handle_click}, "add"),
        html.span({"id": "count"}, count),
    )


class Rows(NamedTuple):
    """The state of the table: its rows and the key of the selected row."""

    rows: list[Row]
    selected: str


@component
def Work() -> Any:  # noqa: N802
    """A table and its buttons.

    A handler may be called twice before the component is rendered again. Therefore each handler
    sets a function of the current state, as ReactPy's documentation recommends.
    """
    shown, set_shown = use_state(Rows([], ""))
    seed = use_ref(0)

    def more_rows(count: int) -> list[Row]:
        seed.current += 1
        return new_rows(count, seed.current)

    def create(count: int) -> None:
        set_shown(Rows(more_rows(count), ""))

    def more(count: int) -> None:
        added = more_rows(count)
        set_shown(lambda old: old._replace(rows=old.rows + added))

    def update(event: dict[str, Any]) -> None:
        set_shown(lambda old: old._replace(rows=updated(old.rows)))

    def select(event: dict[str, Any]) -> None:
        set_shown(lambda old: old._replace(selected=next_key(old)))

    def swap(event: dict[str, Any]) -> None:
        set_shown(lambda old: old._replace(rows=swapped(old.rows)))

    def drop(event: dict[str, Any]) -> None:
        set_shown(lambda old: old._replace(rows=old.rows[:5] + old.rows[6:]))

    def clear(event: dict[str, Any]) -> None:
        set_shown(Rows([], ""))

    return html._(
        html.button({"id": "create", "on_click": lambda event: create(1000)}, "create"),
        html.button({"id": "many", "on_click": lambda event: create(10_000)}, "many"),
        html.button({"id": "more", "on_click": lambda event: more(1000)}, "more"),
        html.button({"id": "one-more", "on_click": lambda event: more(1)}, "one more"),
        html.button({"id": "update", "on_click": update}, "update"),
        html.button({"id": "select", "on_click": select}, "select"),
        html.button({"id": "swap", "on_click": swap}, "swap"),
        html.button({"id": "drop", "on_click": drop}, "drop"),
        html.button({"id": "clear", "on_click": clear}, "clear"),
        html.table(html.tbody({"id": "rows"}, table_rows(shown, set_shown))),
    )


def table_rows(shown: Rows, set_shown: Callable[[Callable[[Rows], Rows]], None]) -> list[Any]:
    """All rows with their two handlers."""

    def pick(key: str) -> None:
        set_shown(lambda old: old._replace(selected=key))

    def remove(key: str) -> None:
        set_shown(lambda old: old._replace(rows=[row for row in old.rows if row.key != key]))

    return [table_row(row, row.key == shown.selected, pick, remove) for row in shown.rows]


def updated(rows: list[Row]) -> list[Row]:
    """A copy of the rows in which every tenth label ends with " !!!"."""
    return [
        row if index % 10 else row._replace(label=row.label + " !!!")
        for index, row in enumerate(rows)
    ]


def swapped(rows: list[Row]) -> list[Row]:
    """A copy of the rows in which the second and the 999th row are swapped."""
    return [rows[0], rows[998], *rows[2:998], rows[1], *rows[999:]]


def next_key(shown: Rows) -> str:
    """The key of the row after the selected row.

    If no row is selected, the result is the key of the second row.
    """
    keys = [row.key for row in shown.rows]
    return keys[keys.index(shown.selected) + 1 if shown.selected else 1]


@component
def Log() -> Any:  # noqa: N802
    """A component whose thread adds lines.

    Each rendering of the component shows all lines that have been added so far.
    """
    lines, set_lines = use_state([])
    ended, set_ended = use_state("")

    async def handle_click(event: dict[str, Any]) -> None:
        await asyncio.to_thread(work)

    def work() -> None:
        started = time.perf_counter()
        for number in range(5000):
            set_lines(lambda lines, number=number: [*lines, f"line {number}"])
        set_ended(f"{time.time()} {time.perf_counter() - started}")

    return html._(
        html.button({"id": "log", "on_click": handle_click}, "log"),
        html.span({"id": "done"}, len(lines)),
        html.span({"id": "ended"}, ended),
        html.div({"id": "lines"}, [html.div({"key": line}, line) for line in lines]),
    )


@component
def Page() -> Any:  # noqa: N802
    """Choose the component that the address of the page names."""
    if use_location().pathname == "/log":
        return Log()
    return html._(Counter(), Work())


def answer(port: int, server: uvicorn.Server) -> None:
    """Print an address for every line of stdin. End the process when stdin is closed."""
    for line in sys.stdin:
        print(f"http://127.0.0.1:{port}{line.strip()}", flush=True)
    server.should_exit = True


def main() -> None:
    """Serve until stdin is closed. Answer every line of stdin with an address.

    ReactPy's backend runs on its usual web server here, because ``reactpy.run()`` is only for
    development.
    """
    # ReactPy logs every closed page to stdout. Disable these log lines, because the benchmark reads
    # addresses from stdout.
    for handler in logging.getLogger("reactpy").handlers:
        handler.setStream(sys.stderr)
        handler.setLevel(logging.WARNING)
    app = Starlette()
    configure(app, Page, Options(head=html.head(html.title("ReactPy"), html.style(STYLE))))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            # With the default timeout of 20 s, the server would disconnect a page that is busy with
            # 10,000 rows.
            ws_ping_timeout=300,
            # Compression is off for all implementations, because on one machine it only costs time.
            ws_per_message_deflate=False,
            # Stop the server without waiting until all pages are closed.
            timeout_graceful_shutdown=1,
        )
    )
    threading.Thread(target=answer, args=(listening.getsockname()[1], server), daemon=True).start()
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
