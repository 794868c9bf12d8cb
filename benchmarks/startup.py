"""Measure the time from the start of the process to a painted native window, in steps.

This benchmark needs a display; without one, use `xvfb-run python -m benchmarks startup`. The paint
times of the page are read from the DevTools port of Qt WebEngine.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from statistics import median

import aiohttp

from benchmarks.figures import Figure, Setup
from benchmarks.processes import ROOT

PAINT = """(() => new Promise(resolve => new PerformanceObserver(list => resolve(JSON.stringify({
  origin: performance.timeOrigin,
  shell: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  view: list.getEntries().at(-1).startTime,
}))).observe({ type: "largest-contentful-paint", buffered: true })))()"""


def measure(setup: Setup) -> Iterator[Figure]:
    """The median time of each step in milliseconds, counted from the start of the process."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        setup.notes.append("startup: not measured, no display; run it with xvfb-run")
        return
    results = [_once() for _ in range(5)]
    for name in results[0]:
        found = median(result[name] for result in results)
        yield Figure("startup", f"start of the process until {name}", "ms", {"ours": found})


def _once() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        environment = {
            **os.environ,
            "EVERVIEW_HOME": home,
            "QTWEBENGINE_REMOTE_DEBUGGING": str(port),
        }
        started = time.time()
        process = subprocess.Popen(
            [sys.executable, "-P", "packaging/entry.py"], cwd=ROOT, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            paint = asyncio.run(_paint(port))
        finally:
            process.terminate()
            process.wait()
    return {
        "the page starts to load": paint["origin"] - started * 1000,
        "the shell is painted": paint["origin"] + paint["shell"] - started * 1000,
        "the view is painted": paint["origin"] + paint["view"] - started * 1000,
    }


async def _paint(port: int) -> dict[str, float]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [p for p in json.load(answer) if p.get("title") == "Everview"]
        except OSError:
            pages = []
        if pages:
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(pages[0]["webSocketDebuggerUrl"]) as devtools,
            ):
                await devtools.send_json({
                    "id": 1, "method": "Runtime.evaluate",
                    "params": {"expression": PAINT, "awaitPromise": True},
                })  # fmt: skip
                async for message in devtools:
                    data = json.loads(message.data)
                    if data.get("id") == 1:
                        found: dict[str, float] = json.loads(data["result"]["result"]["value"])
                        return found
        await asyncio.sleep(0.01)
    raise TimeoutError("the window did not paint within 30 s")
