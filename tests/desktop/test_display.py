"""Which backend, and why there are no windows: said before a toolkit could end the process."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from everview.desktop import display
from everview.errors import CommandError


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The modules that are there; a test changes it."""
    there = {"webview", "qtpy", "PySide6.QtWebEngineCore"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: object() if name in there else None
    )
    monkeypatch.delenv(display.GUI_VARIABLE, raising=False)
    return there


@pytest.mark.parametrize(("system", "backend"), [
    ("linux", "qt"), ("darwin", "cocoa"), ("win32", "edgechromium"), ("freebsd14", "gtk"),
])  # fmt: skip
def test_each_system_has_its_backend(
    installed: set[str], monkeypatch: pytest.MonkeyPatch, system: str, backend: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert display.backend() == backend


def test_gtk_is_taken_where_only_that_is_there(
    installed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    installed -= {"PySide6.QtWebEngineCore"}
    assert display.backend() == "qt", "which is what is to be installed"
    assert "PySide6.QtWebEngineCore is not installed: 'pip install" in str(display.why_not())
    installed |= {"gi"}
    assert display.backend() == "gtk"
    assert display.missing_package() is None


def test_one_variable_chooses(installed: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(display.GUI_VARIABLE, "gtk")
    assert display.backend() == "gtk"
    assert "gi is not installed: 'pip install" in str(display.missing_package())
    monkeypatch.setenv(display.GUI_VARIABLE, "motif")
    with pytest.raises(CommandError, match="EVERVIEW_GUI=motif is no backend: use qt, gtk"):
        display.backend()


def test_without_pywebview_it_says_what_to_install(installed: set[str]) -> None:
    installed.clear()
    assert display.why_not() == "webview is not installed: 'pip install pywebview'"
