"""Fixtures of the tests with native windows: a display, and the app that runs from source."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.display import Display
from tests.support.driver import RunningApp
from tests.support.native import display

__all__ = ["app", "display"]  # fixtures

TOP = Path(__file__).parents[2]


@pytest.fixture
def app(display: Display, tmp_path: Path) -> Iterator[RunningApp]:
    environment = {"EVERVIEW_HOME": str(tmp_path / "home"), "PYTHONPATH": str(TOP / "shell")}
    app = RunningApp([sys.executable, "-P", str(TOP / "packaging" / "entry.py")], display, tmp_path, environment)
    yield app
    app.stop()
    # Fail the test if the app has logged an error.
    for sign in ("Traceback", "js: Uncaught", "QThread: Destroyed", "Fatal Python error"):
        assert sign not in app.stderr(), app.stderr()
