"""Measure the imports of a server, and the time from its start to its first response."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator

from benchmarks.figures import Figure, Setup, medians
from benchmarks.processes import ServerProcess, python

#: The import statements to measure. Each is measured in a new process.
IMPORTS = {
    "imports of the file of a view: everview and everview.html": "import everview, everview.html",
    "imports of an app and its server": "import everview, everview.html, everview.server.server",
}
#: The import statement of the floor (the hand-written minimal server).
FLOOR = "import aiohttp.web"
#: A program that first imports everything and then starts a server.
SERVE = """
import time, urllib.request
from everview import App, View
from everview.html import HTML
from everview.server.server import Server
app = App("main.py")
@app.route("/")
def page(request): return HTML("live")
started = time.perf_counter()
server = Server(app.make_runtime)
server.start()
urllib.request.urlopen(server.address("/").partition("#")[0]).read()
print((time.perf_counter() - started) * 1000)
server.stop()
"""


def from_process(name: str) -> float:
    """Milliseconds from the start of the process until the response with the page."""
    started = time.perf_counter()
    with ServerProcess(name) as server:
        urllib.request.urlopen(server.address("/").partition("#")[0]).read()
        return (time.perf_counter() - started) * 1000


def imported(code: str) -> float:
    """Milliseconds that the import statements take in a new process."""
    timed = f"import time; s = time.perf_counter(); {code}; print(time.perf_counter() - s)"
    return float(python(timed)) * 1000


def measure(setup: Setup) -> Iterator[Figure]:
    """Measure each import and each start several times, each time in a new process.

    The figures are medians in milliseconds.
    """
    starts: dict[str, list[float]] = {name: [] for name in setup.contenders}
    server: list[float] = []
    imports: dict[str, dict[str, list[float]]] = {
        what: {"ours": [], "floor": []} for what in IMPORTS
    }
    for _ in range(max(3, setup.rounds // 2)):
        for name in setup.contenders:
            starts[name].append(from_process(name))
        server.append(float(python(SERVE)))
        for what, code in IMPORTS.items():
            imports[what]["ours"].append(imported(code))
            imports[what]["floor"].append(imported(FLOOR))
    yield Figure("answer", "start of the process to the first response", "ms", medians(starts))
    served = medians({"ours": server})
    yield Figure("answer", "start of the server to the first response", "ms", served, 250, "value")
    for what, found in imports.items():
        yield Figure("answer", what, "ms", medians(found))
