"""The app as it is handed to people: built by PyInstaller, started from an empty home.

``EVERVIEW_FROZEN`` names a binary that is built already; otherwise one is built for the session,
which takes half a minute.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.display import Display
from tests.support.driver import RunningApp
from tests.support.native import display

__all__ = ["app", "binary", "display"]  # fixtures

TOP = Path(__file__).parents[2]
BUILT = "EVERVIEW_FROZEN"


@pytest.fixture(scope="session")
def binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if BUILT in os.environ:
        path = Path(os.environ[BUILT]).absolute()
        if not path.is_file():
            pytest.fail(f"{BUILT} names {path}, which is no file")
        return path
    pytest.importorskip("PyInstaller", reason="PyInstaller is not installed: 'dev.py test' does it")
    folder = tmp_path_factory.mktemp("frozen")
    built = subprocess.run(
        [sys.executable, "-m", "PyInstaller", str(TOP / "build.spec"), "--noconfirm",
         "--distpath", str(folder / "dist"), "--workpath", str(folder / "work")],
        cwd=TOP, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr[-4000:]
    return folder / "dist" / "everview" / "everview"


@pytest.fixture
def app(binary: Path, display: Display, tmp_path: Path) -> Iterator[RunningApp]:
    """The built app with nothing in its environment: its files go where the system says."""
    home = tmp_path / "home"
    home.mkdir()
    app = RunningApp([str(binary)], display, home, {})
    yield app
    app.stop()
    for sign in ("Traceback", "js: Uncaught", "Fatal Python error"):
        assert sign not in app.said(), app.said()
