"""From the start of a process to the first page that its server answers, and the imports in it.

The floor does the same with aiohttp alone. Both in turns: processes of their own, each new.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from statistics import median
from typing import Any

from benchmarks.processes import ROOT, ServerProcess

#: What is imported, each in a process of its own.
IMPORTS = {
    "aiohttp": "import aiohttp.web",
    "shell (what a view's file imports)": "import shell, shell.html",
    "shell and its server": "import shell, shell.html, shell.server.server",
}
#: A server in a process that has imported all it needs.
SERVE = """
import time, urllib.request
from shell import App, View
from shell.html import HTML
from shell.server.server import Server
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


def from_process(module: str) -> float:
    """Milliseconds until the page was answered."""
    started = time.perf_counter()
    with ServerProcess(module) as server:
        urllib.request.urlopen(server.address("/").partition("#")[0]).read()
        return (time.perf_counter() - started) * 1000


def python(code: str) -> str:
    """What a new interpreter prints."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def imported(code: str) -> float:
    """Milliseconds of the imports in a new process."""
    timed = f"import time; s = time.perf_counter(); {code}; print(time.perf_counter() - s)"
    return float(python(timed)) * 1000


def measure(rounds: int) -> dict[str, Any]:
    """Medians in ms."""
    times: dict[str, list[float]] = {"ours": [], "floor": [], "server": []}
    imports: dict[str, list[float]] = {what: [] for what in IMPORTS}
    for _ in range(rounds):
        times["ours"].append(from_process("benchmarks.ours"))
        times["floor"].append(from_process("benchmarks.floor"))
        times["server"].append(float(python(SERVE)))
        for what, code in IMPORTS.items():
            imports[what].append(imported(code))
    ours, floor = median(times["ours"]), median(times["floor"])
    return {
        "process start to first page answered, ms": {
            "ours": ours,
            "floor": floor,
            "ratio": ours / floor,
        },
        "server start to first page answered, ms": {"ours": median(times["server"])},
        "imports in a new process, ms": {what: median(found) for what, found in imports.items()},
    }
