"""Measure the bytes that a page receives for the usual changes of a table, uncompressed."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser, WebSocket

from benchmarks.browser import chromium
from benchmarks.figures import Figure, Setup
from benchmarks.processes import ServerProcess, servers
from benchmarks.table import DO

#: The measured changes. Each has a name, a button, an awaited result (`table.DO`), and a goal in
#: bytes.
CHANGES = [
    ("create 1,000 rows", "create", "create", 250_000),
    ("update every 10th of 1,000", "update", "update", 4000),
    ("select a row", "select", "select", 200),
    ("swap two rows", "swap", "swap", 200),
    ("remove a row", "drop", "drop", 200),
    ("clear 1,000 rows", "clear", "clear", 200),
    ("", "many", "many", None),
    ("append a row to 10,000", "one-more", "one", None),
]
#: If no frame arrives during this number of milliseconds, a change is complete.
QUIET = 300


def sizes(browser: Browser, server: ServerProcess) -> dict[str, float]:
    """Measure the bytes that the page receives for each change."""
    found: dict[str, float] = {}
    received: list[int] = []

    def watch(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: received.append(len(payload)))

    page = browser.new_context().new_page()
    page.on("websocket", watch)
    page.goto(server.address())
    page.wait_for_selector("#add")
    page.wait_for_load_state("networkidle")
    for what, button, awaited, _ in CHANGES:
        page.wait_for_timeout(QUIET)
        received.clear()
        page.evaluate(DO, [button, awaited])
        page.wait_for_timeout(QUIET)
        if what:
            found[what] = sum(received)
    page.context.close()
    return found


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure all implementations. The goals limit only Everview."""
    with chromium() as browser, servers(setup.contenders) as serving:
        found = {name: sizes(browser, server) for name, server in serving.items()}
    for what, _, _, goal in CHANGES:
        if what:
            values = {name: by_change[what] for name, by_change in found.items()}
            yield Figure("wire", what, "bytes", values, goal, "value")
