"""The same app with GTK's web view, where it is installed (docs/how-to/desktop.md)."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable

import pytest

from tests.support.display import wait_until
from tests.support.driver import RunningApp

pytestmark = [
    pytest.mark.native,
    pytest.mark.skipif(
        importlib.util.find_spec("gi") is None,
        reason="GTK is an option that is not installed here: docs/how-to/desktop.md says how",
    ),
]


@pytest.fixture
def titles(app: RunningApp) -> Callable[[], list[str]]:
    """GTK's pages have no DevTools protocol: windows are known by their titles."""
    app.environment["EVERVIEW_GUI"] = "gtk"
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # WebKit's sandbox needs what containers and root do not have.
        app.environment["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1"
    return lambda: sorted(app.titles())


def test_windows_open_close_come_back_and_end(
    app: RunningApp, titles: Callable[[], list[str]]
) -> None:
    app.process = app.spawn("open", "/counter/")
    wait_until(lambda: titles() == ["Counter"], "a window")
    app.run("open", "/gallery")
    wait_until(lambda: titles() == ["Counter", "Gallery"], "two windows")
    app.display.press("ctrl+w")
    wait_until(lambda: titles() == ["Counter"], "the one in front is closed")
    app.run("open", "/countdown/")
    wait_until(lambda: titles() == ["Countdown", "Counter"], "its place is taken")
    app.run("quit")
    assert app.wait_for_end() == 0
    app.process = app.spawn()
    wait_until(lambda: titles() == ["Countdown", "Counter"], "both are back")
    app.run("quit")
    assert app.wait_for_end() == 0
