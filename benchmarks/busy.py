"""10,000 changes a second with eight windows: how far behind they are, and what it costs.

The windows are raw clients in one further process, so that their cost is not the server's. The
lag is the age of the newest change when a window has it (`time.perf_counter` is one clock for all
processes of a machine on Linux).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from benchmarks.pages import summary
from benchmarks.processes import ServerProcess

WINDOWS = 8


async def window(address: str, seconds: float, lags: list[float], clicks: list[float]) -> None:
    """One window: confirms frames as a page does, clicks now and then."""
    parts = urlsplit(address)
    origin = f"http://{parts.netloc}"
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(
            f"ws://{parts.netloc}/_shell/link", origin=origin, max_msg_size=0
        )
        await socket.send_json({"t": "hello", "nonce": "0" * 32, "ticket": parts.fragment})
        await socket.receive()
        await socket.send_json({"t": "attach", "url": parts.path})
        end = time.perf_counter() + seconds
        document, frames, number, clicked, button = "", 0, 0, 0.0, 0
        while time.perf_counter() < end:
            message: dict[str, Any] = json.loads((await socket.receive()).data)
            now = time.perf_counter()
            document = message["document"]
            if message.get("ack") == number and clicked:
                clicks.append((now - clicked) * 1000)
                clicked = 0.0
            frame = message.get("frame", {})
            for _, text in frame.get("set", ()):
                if isinstance(text, str):
                    lags.append((now - float(text)) * 1000)
            if "tree" in frame:
                # Ids count up in document order: the root, the time, its text, the button.
                button = frame["tree"][0] + (3 if len(json.dumps(frame["tree"])) > 90 else 2)
            if frame:
                frames += 1
            if frames >= 4:
                await socket.send_json({"t": "seen", "frames": frames})
                frames = 0
                if not clicked and button:
                    number, clicked = number + 1, time.perf_counter()
                    await socket.send_json(
                        {"t": "event", "number": number, "document": document, "node": button,
                         "name": "click"}
                    )  # fmt: skip
        await socket.close()


async def windows(addresses: list[str], seconds: float) -> dict[str, list[float]]:
    """All windows for some seconds."""
    lags: list[float] = []
    clicks: list[float] = []
    await asyncio.gather(*(window(address, seconds, lags, clicks) for address in addresses))
    return {"lags": lags, "clicks": clicks}


def measure(seconds: float) -> dict[str, Any]:
    """Lag in ms, frames per window and second, CPU share of the server."""
    import subprocess

    with ServerProcess("benchmarks.ours") as ours:
        addresses = [ours.address("/busy") for _ in range(WINDOWS)]
        before, started, memory = ours.cpu_seconds(), time.perf_counter(), ours.memory_mb()
        result = subprocess.run(
            [sys.executable, "-m", "benchmarks.busy", str(seconds), *addresses],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        cpu = (ours.cpu_seconds() - before) / (time.perf_counter() - started)
        grown = ours.memory_mb() - memory
    found = json.loads(result.stdout)
    return {
        "lag, ms": summary(found["lags"]),
        "click, ms": summary(found["clicks"]),
        "frames per window and second": len(found["lags"]) / WINDOWS / seconds,
        "CPU of a core": cpu,
        "memory grown, MB": grown,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(windows(sys.argv[2:], float(sys.argv[1])))))
