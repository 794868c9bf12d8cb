"""Servers as processes of their own: asked for addresses over a pipe, ended by closing it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent


class ServerProcess:
    """``module`` served in a process."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def address(self, url: str = "/") -> str:
        """A new address."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(url + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def memory_mb(self) -> float:
        """Resident memory."""
        return float(psutil.Process(self._process.pid).memory_info().rss / 1e6)

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()
