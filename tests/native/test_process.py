"""The process: how it starts and ends, and what happens where no window can be opened."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.display import wait_until
from tests.support.driver import RunningApp

pytestmark = pytest.mark.native

#: What it does within this many seconds is "at once" for a person who logs out.
PROMPT = 5.0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_app_with_its_windows(app: RunningApp, sign: signal.Signals) -> None:
    app.start("/counter/")
    app.run("open", "/countdown/")
    app.wait_for_pages(2)
    app.main.send_signal(sign)
    assert app.wait_for_end(PROMPT) == 0


def test_a_last_window_that_closes_leaves_work_going_on(app: RunningApp) -> None:
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


def test_a_page_that_crashes_comes_back_and_the_work_goes_on(app: RunningApp) -> None:
    app.start("/countdown/")
    (page,) = app.wait_for_pages(1)
    page.click("button", "Start")
    page.wait_for_text("#state", "Counting")
    page.evaluate("void (window.loaded = 'before')")
    for renderer in app.renderers():
        renderer.kill()
    wait_until(lambda: not page.exists("#state") or page.evaluate("window.loaded") != "before",
               "the page is a new one")  # fmt: skip
    (again,) = app.wait_for_pages(1)
    again.wait_for_text("#state", "Counting")
    (view,) = app.views()
    assert (view["state"], view["windows"]) == ("running", 1)


def without(environment: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in names}


def serves_and_says(app: RunningApp, environment: dict[str, str], reason: str) -> None:
    process = app.spawn("open", "/counter/", environment=environment)
    address = process.stdout.readline()
    assert address.startswith("http://127.0.0.1:")
    assert "/counter/#" in address
    assert reason in app.said(process)
    assert process.poll() is None
    assert app.run("address").startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PROMPT) == 0


def test_without_a_display_it_says_so_and_serves(app: RunningApp) -> None:
    serves_and_says(app, without(app.environment, "DISPLAY"), "there is no display")


def test_with_a_display_that_does_not_answer_it_says_so_and_serves(app: RunningApp) -> None:
    serves_and_says(app, app.environment | {"DISPLAY": ":9871"}, "display :9871 does not answer")


def test_with_a_library_missing_it_says_which_and_serves(app: RunningApp, tmp_path: Path) -> None:
    # A file that is no library, found before the system's: the loader fails as without any.
    broken = tmp_path / "lib" / "libxcb-icccm.so.4"
    broken.parent.mkdir()
    broken.write_text("not a library")
    environment = app.environment | {"LD_LIBRARY_PATH": os.fspath(broken.parent)}
    serves_and_says(app, environment, "libxcb-icccm")
