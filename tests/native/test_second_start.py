"""Tests of a second start of the app: arguments, errors, and many simultaneous starts."""

from __future__ import annotations

import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from tests.support.display import wait_until
from tests.support.driver import RunningApp
from tests.support.often import often

pytestmark = pytest.mark.native

#: The number of simultaneous starts in a round, and the number of rounds.
STARTS, ROUNDS = often(10, 50), often(1, 100)

APP = '''
import sys
from everview import App
from everview.html import HTML, P
app = App(__file__)
app.settings.SECOND_START = "focus"

@app.start_url
def opening(arguments, folder):
    if arguments[:1] == ["broken"]:
        raise ValueError("not a file")
    return f"/show/?what={arguments[0]}&in={folder.name}" if arguments else None

@app.route("/")
def start(request):
    return HTML(P("start", _id="what"))

@app.route("/show/")
def show(request):
    return HTML(P(f"{request.GET['what']} in {request.GET['in']}", _id="what"))

app.run()
'''


@pytest.fixture
def own(app: RunningApp) -> RunningApp:
    script = app.home / "own.py"
    script.write_text(APP)
    app.command = [app.command[0], str(script)]
    app.process = app.spawn()
    app.wait_for_pages(1)
    return app


def test_second_start_passes_arguments_and_folder(own: RunningApp) -> None:
    folder = own.home / "elsewhere"
    folder.mkdir()
    second = subprocess.run([*own.command, "letter"], cwd=folder, env=own.environment,
                            capture_output=True, text=True, timeout=40, check=False)  # fmt: skip
    assert second.returncode == 0, second.stderr
    assert {page.text("#what") for page in own.wait_for_pages(2)} == {"start", "letter in elsewhere"}


def test_refused_arguments_are_reported_by_the_second_start(own: RunningApp) -> None:
    process = own.spawn("broken")
    assert process.wait(40) == 1
    output = own.stderr(process)
    assert "the arguments were refused: not a file" in output
    assert "Traceback" not in output
    own.wait_for_pages(1)


def test_second_start_with_focus_setting_brings_window_to_front(own: RunningApp) -> None:
    own.run("letter")
    first, second = own.wait_for_pages(2)
    newest = second if second.text("#what") != "start" else first
    oldest = first if newest is second else second
    oldest.activate()
    own.display.minimise(newest.window)
    own.run()
    wait_until(lambda: own.display.active() == newest.window, "the newest window is in front")
    own.wait_for_pages(2)
    newest.close()
    own.wait_for_pages(1)


def test_app_started_with_a_folder_opens_duplicates(app: RunningApp) -> None:
    folder = app.home / "a folder"
    folder.mkdir()
    app.process = app.spawn("open", str(folder))
    (page,) = app.wait_for_pages(1)
    wait_until(lambda: page.value("#folder") == str(folder), "the folder is in the field")


def all_but_one_have_ended(started: list[subprocess.Popen[str]]) -> bool:
    return sum(process.poll() is not None for process in started) == len(started) - 1


@pytest.mark.timeout(600 * ROUNDS)
def test_many_simultaneous_starts_create_one_process(app: RunningApp) -> None:
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(STARTS) as pool:
            started = list(pool.map(lambda _: app.spawn("open", "/counter/"), range(STARTS)))
        wait_until(partial(all_but_one_have_ended, started), "all but one have ended", 300)
        assert [p.returncode for p in started].count(0) == STARTS - 1, app.stderr()
        (app.process,) = [process for process in started if process.returncode is None]
        # The command ends only after its window is open, so the test does not have to wait for it.
        assert len(app.windows()) >= STARTS - 1
        app.wait_for_pages(STARTS)
        (view,) = app.views()
        assert view["windows"] == STARTS
        app.run("quit")
        assert app.wait_for_end() == 0
        # Delete the database, so that the next round starts without saved windows.
        for path in app.home.rglob("everview.db*"):
            path.unlink()


def test_stale_socket_and_lock_are_replaced(app: RunningApp) -> None:
    app.start("/counter/")
    app.main.send_signal(signal.SIGKILL)
    app.main.wait()
    (control,) = app.home.rglob("run/control")
    assert control.is_socket()
    app.process = app.spawn()
    app.wait_for_pages(1)
    assert app.views()[0]["url"] == "/counter/"


def test_folder_at_the_path_of_the_socket_causes_an_error_with_the_path(
    app: RunningApp, tmp_path: Path
) -> None:
    run = tmp_path / "home" / "everview" / "run"
    run.mkdir(parents=True, mode=0o700)
    for folder in (run.parent, run.parent.parent):
        folder.chmod(0o700)
    (run / "control").mkdir()
    process = app.spawn("open", "/counter/")
    assert process.wait(30) == 1
    output = app.stderr(process)
    assert str(run / "control") in output
    assert "Traceback" not in output


def test_backend_setting_with_unknown_name_causes_an_error(app: RunningApp) -> None:
    script = app.home / "own.py"
    script.write_text(APP.replace('SECOND_START = "focus"', 'GUI = "motif"'))
    app.command = [app.command[0], str(script)]
    process = app.spawn()
    assert process.wait(40) == 1
    assert "motif is not a backend: use qt, gtk" in app.stderr(process)
    # The environment variable overrides the setting.
    app.process = app.spawn(environment=app.environment | {"EVERVIEW_GUI": "qt"})
    app.wait_for_pages(1)
