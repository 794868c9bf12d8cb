"""The choice of the backend, and the reasons why no native window can be opened."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from everview.desktop import display
from everview.errors import CommandError


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The modules that seem to be installed. A test changes the set."""
    modules = {"webview", "qtpy", "PySide6.QtWebEngineCore"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: object() if name in modules else None
    )
    monkeypatch.delenv(display.GUI_VARIABLE, raising=False)
    return modules


@pytest.mark.parametrize(("system", "backend"), [
    ("linux", "qt"), ("darwin", "cocoa"), ("win32", "edgechromium"), ("freebsd14", "gtk"),
])  # fmt: skip
def test_backend_by_default_is_the_systems_own(
    installed: set[str], monkeypatch: pytest.MonkeyPatch, system: str, backend: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert display.backend() == backend


def test_backend_with_gtk_only_is_gtk(
    installed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    installed -= {"PySide6.QtWebEngineCore"}
    assert display.backend() == "qt", "the message asks the user to install Qt"
    assert "PySide6.QtWebEngineCore is not installed: 'pip install" in str(display.unavailable_reason())
    installed |= {"gi"}
    assert display.backend() == "gtk"
    assert display.missing_package() is None


def test_backend_with_variable_is_the_named_one(
    installed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(display.GUI_VARIABLE, "gtk")
    assert display.backend() == "gtk"
    assert "gi is not installed: 'pip install" in str(display.missing_package())


def test_unknown_backend_in_variable_is_an_error(
    installed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(display.GUI_VARIABLE, "motif")
    with pytest.raises(CommandError, match="EVERVIEW_GUI=motif is not a backend: use qt, gtk"):
        display.backend()


def test_missing_pywebview_is_named_with_the_install_command(installed: set[str]) -> None:
    installed.clear()
    assert display.unavailable_reason() == "webview is not installed: 'pip install pywebview'"
