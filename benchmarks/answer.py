"""From the start of a process to the first page that its server answers, and the imports in it."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator

from benchmarks.figures import Figure, Setup, medians
from benchmarks.processes import ServerProcess, python

#: What is imported, each in a process of its own.
IMPORTS = {
    "imports of a view's file: everview and everview.html": "import everview, everview.html",
    "imports of an app and its server": "import everview, everview.html, everview.server.server",
}
#: What the floor imports.
FLOOR = "import aiohttp.web"
#: A server in a process that has imported all it needs.
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
    """Milliseconds until the page was answered."""
    started = time.perf_counter()
    with ServerProcess(name) as server:
        urllib.request.urlopen(server.address("/").partition("#")[0]).read()
        return (time.perf_counter() - started) * 1000


def imported(code: str) -> float:
    """Milliseconds of the imports in a new process."""
    timed = f"import time; s = time.perf_counter(); {code}; print(time.perf_counter() - s)"
    return float(python(timed)) * 1000


def measure(setup: Setup) -> Iterator[Figure]:
    """Medians in ms; each time a new process."""
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
    yield Figure("answer", "process start to the first page answered", "ms", medians(starts))
    served = medians({"ours": server})
    yield Figure("answer", "server start to the first page answered", "ms", served, 250, "value")
    for what, found in imports.items():
        yield Figure("answer", what, "ms", medians(found))
