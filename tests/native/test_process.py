"""Tests of the process: signals, crashes of pages, and starts without a usable display."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.display import wait_until
from tests.support.driver import RunningApp

pytestmark = pytest.mark.native

#: After a signal, the app must end within this number of seconds.
MAX_SECONDS = 5.0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_ends_the_app(app: RunningApp, sign: signal.Signals) -> None:
    app.start("/counter/")
    app.run("open", "/countdown/")
    app.wait_for_pages(2)
    app.main.send_signal(sign)
    assert app.wait_for_end(MAX_SECONDS) == 0


def test_app_continues_after_the_last_window_is_closed_if_a_view_is_running(
    app: RunningApp
) -> None:
    app.start("/countdown/")
    (page,) = app.wait_for_pages(1)
    page.click("button", "Start")
    page.wait_for_text("#state", "Counting")
    page.close()
    app.wait_for_pages(0)
    (view,) = app.views()
    assert (view["state"], view["windows"]) == ("running", 0)
    assert app.alive
    app.run("open", "/countdown/")
    (again,) = app.wait_for_pages(1)
    again.wait_for_text("#state", "Counting")
    app.run("quit")
    assert app.wait_for_end() == 0


def test_crashed_page_is_reloaded(app: RunningApp) -> None:
    app.start("/countdown/")
    (page,) = app.wait_for_pages(1)
    page.click("button", "Start")
    page.wait_for_text("#state", "Counting")
    page.evaluate("void (window.loaded = 'before')")
    for renderer in app.renderers():
        renderer.kill()
    wait_until(lambda: not page.exists("#state") or page.evaluate("window.loaded") != "before",
               "the page was loaded again")  # fmt: skip
    (again,) = app.wait_for_pages(1)
    again.wait_for_text("#state", "Counting")
    (view,) = app.views()
    assert (view["state"], view["windows"]) == ("running", 1)


def without(environment: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in names}


def check_serves_with_reason(
    app: RunningApp, environment: dict[str, str], reason: str
) -> None:
    """Check that the app prints an address for a browser, and the reason why it shows no window."""
    process = app.spawn("open", "/counter/", environment=environment)
    address = process.stdout.readline()
    assert address.startswith("http://127.0.0.1:")
    assert "/counter/#" in address
    assert reason in app.stderr(process)
    assert process.poll() is None
    assert app.run("address").startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGTERM)
    assert process.wait(MAX_SECONDS) == 0


def test_app_started_without_a_display_serves_to_browsers(app: RunningApp) -> None:
    check_serves_with_reason(app, without(app.environment, "DISPLAY"), "there is no display")


def test_app_started_with_a_dead_display_serves_to_browsers(app: RunningApp) -> None:
    check_serves_with_reason(app, app.environment | {"DISPLAY": ":9871"}, "display :9871 does not answer")


def test_app_started_without_a_required_library_serves_to_browsers(
    app: RunningApp, tmp_path: Path
) -> None:
    # The loader finds this invalid file first. Loading fails, as if the library was not installed.
    broken = tmp_path / "lib" / "libxcb-icccm.so.4"
    broken.parent.mkdir()
    broken.write_text("not a library")
    environment = app.environment | {"LD_LIBRARY_PATH": os.fspath(broken.parent)}
    check_serves_with_reason(app, environment, "libxcb-icccm")
