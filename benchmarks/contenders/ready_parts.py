"""Views that put Everview's log, table and plot widgets under load, on the real server."""

from __future__ import annotations

import math
import sys
import time
from statistics import median

from benchmarks.figures import p99
from everview import App, Request, View
from everview.html import HTML, Button, Pre
from everview.server.server import Server
from everview.widgets import Column, Log, Plot, VirtualTable

app = App(__file__)
COLOURS = ("red", "green", "blue")
#: A data source of a million rows, each with four values.
ROWS = [
    (n, f"file {n * 7919 % 1_000_003:07d}.txt", n * 31 % 100_000, COLOURS[n % 3])
    for n in range(1_000_000)
]


@app.route("/log")
class Lines(View):
    """A log that receives 100,000 lines per second for five seconds.

    Each line is added by a separate call. At the end, the view shows the time of a call.
    """

    is_daemon = True

    def handle_request(self, request: Request) -> None:
        log, result = Log(max_lines=10_000), Pre("", _id="result")
        self.show(HTML(log, result))
        self.await_click(html=HTML(log, Button("go", _id="go"), result))
        took: list[float] = []
        started, count = time.perf_counter(), 0
        while count < 500_000:
            due = min(500_000, int((time.perf_counter() - started) * 100_000))
            while count < due:
                before = time.perf_counter()
                log.append(f"{count:06d} a line of the usual length, as programs print them")
                took.append(time.perf_counter() - before)
                count += 1
            self.sleep(0.001)
        behind = time.perf_counter() - started - 5
        middle, worst = median(took) * 1e6, p99(took) * 1e6
        result.set_text(f"{middle:.1f} {worst:.1f} {max(took) * 1e3:.1f} {behind:.2f}")


@app.route("/table")
class Rows(View):
    """A view with a table of a million rows."""

    def handle_request(self, request: Request) -> HTML:
        columns: list[str | Column] = ["id", Column("name", width=220), "size", "colour"]
        return HTML(VirtualTable(columns, ROWS, height=20))


@app.route("/plot")
class Points(View):
    """A plot of two series with 100,000 points each. 60 points per second are added."""

    is_daemon = True

    def handle_request(self, request: Request) -> None:
        plot = Plot("a", "b", max_points=100_000)
        xs = range(100_000)
        plot.extend(xs, [math.sin(x / 900) for x in xs], [math.sin(x / 7) / 2 for x in xs])
        self.show(HTML(plot))
        x = len(xs)
        while True:
            plot.append(x, math.sin(x / 900), math.sin(x / 7) / 2)
            x += 1
            self.sleep(1 / 60)


def main() -> None:
    """Serve until stdin is closed. Answer every URL with a one-time address."""
    server = Server(app.make_runtime)
    server.start()
    for line in sys.stdin:
        print(server.address(line.strip() or "/"), flush=True)
    server.stop()


if __name__ == "__main__":
    main()
