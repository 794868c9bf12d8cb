"""Fixtures of the tests of the built app. PyInstaller builds the app.

``EVERVIEW_FROZEN`` is the path of an existing binary. Without it, the app is built once for the
session, which takes half a minute.
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
            pytest.fail(f"{BUILT}={path} is not a file")
        return path
    pytest.importorskip("PyInstaller", reason="PyInstaller is not installed: 'dev.py test' installs it")
    folder = tmp_path_factory.mktemp("frozen")
    built = subprocess.run(
        [sys.executable, "-m", "PyInstaller", str(TOP / "build.spec"), "--noconfirm",
         "--distpath", str(folder / "dist"), "--workpath", str(folder / "work")],
        cwd=TOP, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr[-4000:]
    return folder / "dist" / "everview-desktop" / "everview-desktop"


@pytest.fixture
def app(binary: Path, display: Display, tmp_path: Path) -> Iterator[RunningApp]:
    """The built app with an empty environment and an empty home folder. The app writes its files to
    the default folders of the system.
    """
    home = tmp_path / "home"
    home.mkdir()
    app = RunningApp([str(binary)], display, home, {})
    yield app
    app.stop()
    for sign in ("Traceback", "js: Uncaught", "Fatal Python error"):
        assert sign not in app.stderr(), app.stderr()
