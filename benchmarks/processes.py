"""Run each implementation in its own process.

The process answers requests for addresses over a pipe, and ends when the pipe is closed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks.environments import python_of

ROOT = Path(__file__).resolve().parent.parent


def environment() -> dict[str, str]:
    """Environment variables for an interpreter that imports ``everview`` from this checkout."""
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'shell'}{os.pathsep}{ROOT}"}


class ServerProcess:
    """The running process of an implementation."""

    def __init__(self, name: str) -> None:
        self._process = subprocess.Popen(
            [str(python_of(name)), "-m", f"benchmarks.contenders.{name}"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def address(self, url: str = "/") -> str:
        """An address that shows ``url`` in a new page."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(url + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def cpu_seconds(self) -> float:
        """The user and system CPU time that the process has used until now, in seconds."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def memory_mb(self) -> float:
        """The resident memory of the process in MB."""
        return float(psutil.Process(self._process.pid).memory_info().rss / 1e6)

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()


@contextmanager
def servers(names: Iterable[str]) -> Iterator[dict[str, ServerProcess]]:
    """Start a server process for each implementation, and end them after the ``with`` block."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(ServerProcess(name)) for name in names}


def python(code: str) -> str:
    """Run code in a new interpreter and return its output."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), check=True,
        capture_output=True, text=True,
    ).stdout  # fmt: skip
