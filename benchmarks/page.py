"""Measure the requests and uncompressed bytes of a page until its view is live."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.browser import chromium
from benchmarks.figures import Figure, Setup
from benchmarks.processes import servers

#: A script that lists the resources that the page has loaded when the view appears.
WATCH = """
  window.loaded = new Promise(resolve => new MutationObserver((_, observer) => {
    if (!document.getElementById("count")) return;
    observer.disconnect();
    const asked = [...performance.getEntriesByType("navigation"),
                   ...performance.getEntriesByType("resource")]
      .filter(e => !e.name.startsWith("data:"));
    // A document that contains everything is not complete yet.
    addEventListener("load", () => setTimeout(() => {
      resolve(asked.map(e => [new URL(e.name).pathname, e.decodedBodySize]));
    }));
    if (document.readyState === "complete") dispatchEvent(new Event("load"));
  }).observe(document, { childList: true, subtree: true }));
"""


def measure(setup: Setup) -> Iterator[Figure]:
    """Count the requests (including the document and the link) and the bytes of all resources."""
    requests: dict[str, float] = {}
    total: dict[str, float] = {}
    parts: dict[str, float] = {}
    with chromium() as browser, servers(setup.contenders) as serving:
        for name, server in serving.items():
            page = browser.new_context().new_page()
            page.add_init_script(WATCH)
            page.goto(server.address())
            # some frameworks redirect to their page first
            page.wait_for_selector("#count", state="attached")
            loaded = page.evaluate("window.loaded")
            requests[name] = len(loaded) + 1
            total[name] = sum(size for _, size in loaded)
            if name == "ours":
                parts[name] = sum(size for path, size in loaded if path.endswith((".js", ".css")))
    yield Figure("page", "requests until a view is live", "", requests, 4, "value")
    yield Figure("page", "script and style sheet", "bytes", parts, 38_000, "value")
    yield Figure("page", "all resources, uncompressed", "bytes", total)
