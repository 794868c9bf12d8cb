"""The log view: old lines, new lines, and rotation of the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from everview.runtime.windows.platform import NoPlatform
from everview.testing import SimulatedApp
from views.main import app


class Platform(NoPlatform):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def about(self) -> list[tuple[str, str]]:
        return [("Log", str(self.folder))]


def lines(window) -> list[str]:
    return [line for node in window.replica.root.walk() if (data := node.attributes.get("$"))
            for line in data["data"].get("lines", ())]  # fmt: skip


@pytest.fixture
def simulated(tmp_path: Path) -> Iterator[SimulatedApp]:
    with SimulatedApp(app, platform=Platform(tmp_path)) as simulated:
        yield simulated


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "everview.log"


def test_old_and_new_lines_are_shown(simulated, log: Path) -> None:
    log.write_text("one\ntwo\nhal")
    window = simulated.open("/log")
    window.wait_until(lambda: lines(window) == ["one", "two"])
    with log.open("a") as file:
        file.write("f\nthree\n")
    window.wait_until(lambda: lines(window) == ["one", "two", "half", "three"])
    log.rename(log.with_suffix(".1"))
    log.write_bytes(b"new \xff\n")
    window.wait_until(lambda: lines(window)[-1] == "new \ufffd")


def test_long_log_is_shown_from_near_its_end(simulated, log: Path) -> None:
    log.write_text("x" * 99 + "\n" + ("y" * 99 + "\n") * 5000)
    window = simulated.open("/log")
    window.wait_until(lambda: len(lines(window)) > 1000)
    assert len(lines(window)) < 3000


def test_missing_log_is_reported(simulated, log: Path) -> None:
    assert simulated.open("/log").has("This app has no log file.")
