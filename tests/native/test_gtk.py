"""Tests of the app with GTK's web view, if GTK is installed (docs/how-to/desktop.md)."""

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
        reason="GTK is not installed: see docs/how-to/desktop.md",
    ),
]


@pytest.fixture
def titles(app: RunningApp) -> Callable[[], list[str]]:
    """Return the titles of the windows. The test uses titles, because pages in GTK have no DevTools
    protocol.
    """
    app.environment["EVERVIEW_GUI"] = "gtk"
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Disable the sandbox of WebKit, because it does not work in containers or as root.
        app.environment["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1"
    return lambda: sorted(app.titles())


def test_windows_with_gtk_are_opened_closed_and_restored(
    app: RunningApp, titles: Callable[[], list[str]]
) -> None:
    app.process = app.spawn("open", "/counter/")
    wait_until(lambda: titles() == ["Counter"], "a window")
    app.run("open", "/gallery")
    wait_until(lambda: titles() == ["Counter", "Gallery"], "two windows")
    app.display.press("ctrl+w")
    wait_until(lambda: titles() == ["Counter"], "the window in front is closed")
    app.run("open", "/countdown/")
    wait_until(lambda: titles() == ["Countdown", "Counter"], "the pooled window is used again")
    app.run("quit")
    assert app.wait_for_end() == 0
    app.process = app.spawn()
    wait_until(lambda: titles() == ["Countdown", "Counter"], "both windows are restored")
    app.run("quit")
    assert app.wait_for_end() == 0
