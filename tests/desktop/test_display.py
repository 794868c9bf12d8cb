"""The choice of the backend, and the reasons why no native window can be opened."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from everview.desktop import display
from everview.errors import CommandError


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of modules that seem to be installed. Tests change this set."""
    modules = {"webview", "qtpy", "PySide6.QtWebEngineCore"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: object() if name in modules else None
    )
    monkeypatch.delenv(display.GUI_VARIABLE, raising=False)
    return modules


@pytest.mark.parametrize(("system", "backend"), [
    ("linux", "qt"), ("darwin", "cocoa"), ("win32", "edgechromium"), ("freebsd14", "gtk"),
])  # fmt: skip
def test_default_backend_is_the_one_of_the_system(
    installed: set[str], monkeypatch: pytest.MonkeyPatch, system: str, backend: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert display.backend() == backend


def test_gtk_is_the_backend_if_only_gtk_is_installed(
    installed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    installed -= {"PySide6.QtWebEngineCore"}
    assert display.backend() == "qt", "the message asks the user to install Qt"
    assert "PySide6.QtWebEngineCore is not installed: 'pip install" in str(display.unavailable_reason())
    installed |= {"gi"}
    assert display.backend() == "gtk"
    assert display.missing_package() is None


def test_environment_variable_selects_the_backend(
    installed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(display.GUI_VARIABLE, "gtk")
    assert display.backend() == "gtk"
    assert "gi is not installed: 'pip install" in str(display.missing_package())


def test_unknown_backend_in_environment_variable_is_an_error(
    installed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(display.GUI_VARIABLE, "motif")
    with pytest.raises(CommandError, match="EVERVIEW_GUI=motif is not a backend: use qt, gtk"):
        display.backend()


def test_error_for_missing_pywebview_contains_the_install_command(installed: set[str]) -> None:
    installed.clear()
    assert display.unavailable_reason() == "webview is not installed: 'pip install pywebview'"
