"""The same work as ReactPy components, as its documentation writes them.

A change of state sends the component that has it, with all that is in it; so the counter and the
table are components of their own, and a row is a function, which costs less than a component.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
import time
from typing import Any, NamedTuple

import uvicorn
from reactpy import component, html, use_location, use_ref, use_state
from reactpy.backend.starlette import Options, configure
from starlette.applications import Starlette

from benchmarks.rows import STYLE, labels


class Row(NamedTuple):
    """A row's data; the key is like no other row's, as React wants it."""

    key: str
    number: int
    label: str


def new_rows(count: int, seed: int) -> list[Row]:
    """Rows as all contenders have them."""
    return [Row(f"{seed}-{number}", number, label) for number, label in labels(count, seed)]


def table_row(row: Row, is_selected: bool) -> Any:
    """A number, a label, a cross."""
    return html.tr(
        {"key": row.key, "class_name": "danger"} if is_selected else {"key": row.key},
        html.td({"class_name": "id"}, row.number),
        html.td({"class_name": "label"}, html.a(row.label)),
        html.td({"class_name": "remove"}, html.a("x")),
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
    """What the table shows. It is one state, so that a change always has both as they are."""

    rows: list[Row]
    selected: str


@component
def Work() -> Any:  # noqa: N802
    """A table and its buttons.

    A handler that was made with the last picture may be called twice before there is another, so
    each says how to change what is there then, as ReactPy's documentation has it.
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
        html.table(
            html.tbody(
                {"id": "rows"}, [table_row(row, row.key == shown.selected) for row in shown.rows]
            )
        ),
    )


def updated(rows: list[Row]) -> list[Row]:
    """With " !!!" at every tenth label."""
    return [
        row if index % 10 else row._replace(label=row.label + " !!!")
        for index, row in enumerate(rows)
    ]


def swapped(rows: list[Row]) -> list[Row]:
    """With the second and the 999th in each other's place."""
    return [rows[0], rows[998], *rows[2:998], rows[1], *rows[999:]]


def next_key(shown: Rows) -> str:
    """The key of the row after the selected one; the second's if none is."""
    keys = [row.key for row in shown.rows]
    return keys[keys.index(shown.selected) + 1 if shown.selected else 1]


@component
def Log() -> Any:  # noqa: N802
    """A task in a thread, from which states may be set; each picture has all lines so far."""
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
    """What belongs to the address."""
    if use_location().pathname == "/log":
        return Log()
    return html._(Counter(), Work())


def answer(port: int, server: uvicorn.Server) -> None:
    """Say an address for every line, and end when there are no more."""
    for line in sys.stdin:
        print(f"http://127.0.0.1:{port}{line.strip()}", flush=True)
    server.should_exit = True


def main() -> None:
    """Serve until stdin closes; every line asks for an address.

    This is ReactPy's own backend with its own server; its ``run()`` is for development only.
    """
    # ReactPy's log goes to stdout, which is for addresses; and a page that leaves is no news.
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
            # A page that is busy with 10,000 rows would be given up after 20 seconds.
            ws_ping_timeout=300,
            # As with the floor: on one machine compressing only takes time.
            ws_per_message_deflate=False,
            # It ends with its pages still open.
            timeout_graceful_shutdown=1,
        )
    )
    threading.Thread(target=answer, args=(listening.getsockname()[1], server), daemon=True).start()
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
