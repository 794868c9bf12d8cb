"""Bytes on the wire for the usual changes of a table of 1,000 rows: frames that a page receives.

The changes are those of Stefan Krause's js-framework-benchmark. Only creating has a floor: its
page makes the rows from their labels, ours gets them as nodes.
"""

from __future__ import annotations

from typing import Any

from benchmarks.pages import chromium
from benchmarks.processes import ServerProcess

#: The button, and what the page shows when the change is there.
ACTIONS = {
    "create 1,000 rows": ("create", "#rows tr:nth-child(1000)"),
    "update every 10th": ("update", "#rows tr:nth-child(991) .label:has-text('!!!')"),
    "select": ("select", "#rows tr.danger"),
    "swap": ("swap", "#rows tr:nth-child(999) .id:text-is('1')"),
    "remove": ("drop", "#rows:not(:has(tr:nth-child(1000)))"),
    "append one row": ("one-more", "#rows tr:nth-child(1000) .id:text-is('10000')"),
    "clear": ("clear", "#rows:not(:has(tr))"),
}


def measure() -> dict[str, Any]:
    """Bytes by change."""
    sizes: list[int] = []
    found: dict[str, Any] = {}
    with (
        chromium() as browser,
        ServerProcess("benchmarks.ours") as ours,
        ServerProcess("benchmarks.floor") as floor,
    ):

        def watch(socket: Any) -> None:
            socket.on("framereceived", lambda payload: sizes.append(len(payload)))

        page = browser.new_context().new_page()
        page.on("websocket", watch)
        page.goto(ours.address())
        for what, (button, shown) in ACTIONS.items():
            page.wait_for_selector(f"#{button}")
            before = len(sizes)
            page.click(f"#{button}")
            page.wait_for_selector(shown, state="attached")
            page.wait_for_selector("[data-pending]", state="detached")
            found[what] = {"bytes": sum(sizes[before:])}
        page.close()
        page = browser.new_context().new_page()
        page.on("websocket", watch)
        page.goto(floor.address())
        before = len(sizes)
        page.click("#create")
        page.wait_for_selector("#rows tr:nth-child(1000)", state="attached")
        create = found["create 1,000 rows"]
        create["floor"] = sum(sizes[before:])
        create["ratio"] = create["bytes"] / create["floor"]
    return found
