"""Functions that tests/server/test_processes.py runs in child processes."""

from __future__ import annotations

import os
import time
from pathlib import Path

from everview import process


def add(a: int, b: int = 0) -> tuple[int, int]:
    return a + b, os.getpid()


def fail() -> None:
    raise ValueError("the work has failed")


class UnpicklableError(Exception):
    def __init__(self, a: int, b: int) -> None:
        super().__init__("this error cannot be unpickled")


def fail_unpicklable() -> None:
    raise UnpicklableError(1, 2)


def give_unpicklable() -> object:
    return lambda: None


def count(limit: int) -> int:
    for number in range(limit + 1):
        process.progress(number, limit, f"at {number}")
    return limit


def work_for_ever(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    process.progress(0, 10, "begun")
    while True:
        time.sleep(60)


def die() -> None:
    os._exit(7)


def leave() -> None:
    raise SystemExit("the work exits")
