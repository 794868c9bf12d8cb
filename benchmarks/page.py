"""What a page loads until its view is live: requests and bytes, as the server sends them."""

from __future__ import annotations

from typing import Any

from benchmarks.pages import chromium
from benchmarks.processes import ServerProcess


def measure() -> dict[str, Any]:
    """Requests (the document and the link among them), and bytes of each."""
    found: dict[str, int] = {}
    requests = 0
    with chromium() as browser, ServerProcess("benchmarks.ours") as ours:
        page = browser.new_context().new_page()
        page.add_init_script("""
          new MutationObserver((_, observer) => {
            if (!document.getElementById("count")) return;
            observer.disconnect();
            window.loaded = [...performance.getEntriesByType("navigation"),
                             ...performance.getEntriesByType("resource")]
              .filter(e => !e.name.startsWith("data:"))
              .map(e => [new URL(e.name).pathname, e.decodedBodySize]);
          }).observe(document, { childList: true, subtree: true });
        """)
        page.goto(ours.address())
        page.wait_for_function("window.loaded")
        loaded = page.evaluate("window.loaded")
        requests = len(loaded) + 1
        found = dict(loaded)
    parts = sum(size for name, size in loaded if name.endswith((".js", ".css")))
    return {
        "requests": requests,
        "script and style sheet, bytes": parts,
        **{f"{name}, bytes": size for name, size in found.items()},
    }
