"""The built app works like the app from source, and does not use the Python of this machine."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from everview import __version__
from tests.support.display import Display, wait_until
from tests.support.driver import RunningApp
from tests.support.main_job import do_the_main_job
from tests.support.server import Page, request
from tests.support.session import Session
from tests.support.session import unavailable_reason as session_unavailable_reason

# The time limit is long, because the first test waits until the app is built.
pytestmark = [pytest.mark.frozen, pytest.mark.timeout(300)]


@pytest.fixture
def empty_home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


def run(binary: Path, environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    ended = subprocess.run(
        [binary, *arguments], env=environment, cwd="/", stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return ended.returncode, ended.stdout, ended.stderr


def test_main_job_in_the_built_app_finds_all_duplicates(app: RunningApp, tmp_path: Path) -> None:
    do_the_main_job(app, tmp_path / "files")
    state = app.home / ".local" / "state" / "everview"
    assert state.is_dir(), "the files are not in the folders of this system"
    assert state.stat().st_mode & 0o077 == 0


def test_system_programs_do_not_load_bundled_libraries(
    app: RunningApp, tmp_path: Path
) -> None:
    """The bootloader adds the bundled libraries to LD_LIBRARY_PATH. Child processes must not inherit it."""
    opened = tmp_path / "opened"
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "[$LD_LIBRARY_PATH] $1" > "{opened}"\n')
    script.chmod(0o700)
    app.environment["BROWSER"] = f"{script} %s"
    app.start("/counter/")
    (page,) = app.wait_for_pages(1)
    page.evaluate("void window.open('https://example.org/')")
    wait_until(lambda: opened.exists() and opened.read_text(), "the browser has started")
    assert opened.read_text() == "[] https://example.org/\n"


def test_version_and_help_are_printed(binary: Path, empty_home: dict[str, str]) -> None:
    assert run(binary, empty_home, "--version") == (0, f"Everview {__version__}\n", "")
    code, text, _ = run(binary, empty_home, "--help")
    assert code == 0
    for command in ("open", "serve", "ls", "stop", "quit", "address", "doctor"):
        assert re.search(rf"^ +{command} ", text, re.MULTILINE), text


def test_doctor_finds_all_packaged_parts(
    binary: Path, empty_home: dict[str, str], display: Display
) -> None:
    reason = session_unavailable_reason()
    if reason is not None:
        pytest.skip(reason)
    session = Session()
    try:
        environment = empty_home | {"DISPLAY": display.name,
                                    "DBUS_SESSION_BUS_ADDRESS": session.address}  # fmt: skip
        code, text, errors = run(binary, environment, "doctor", "--json")
    finally:
        session.stop()
    assert (code, errors) == (0, "")
    found = {check["name"]: check for check in json.loads(text)}
    for name in ("State folder", "Port", "Windows by", "Display", "Notifications"):
        assert found[name]["level"] == "ok", found[name]
    assert found["Packaged"]["text"] == "yes"


def test_language_of_the_system_is_used(binary: Path, empty_home: dict[str, str]) -> None:
    with subprocess.Popen(
        [binary, "serve"], env=empty_home | {"LANG": "de_DE.UTF-8"}, cwd="/",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        address = process.stdout.readline().partition("#")[0]
        page = request(urlsplit(address).port, "/").body.decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert '<html lang="de">' in page
    assert "Neues Fenster" in page


def test_command_without_a_running_app_is_refused(
    binary: Path, empty_home: dict[str, str]
) -> None:
    for command in ("ls", "quit", "address"):
        code, text, errors = run(binary, empty_home, command)
        assert (code, text) == (1, "")
        assert errors == "everview-desktop: Everview is not running: 'everview-desktop' starts it\n"


def test_serve_ends_at_sigterm(binary: Path, empty_home: dict[str, str]) -> None:
    with subprocess.Popen(
        [binary, "serve"], env=empty_home, cwd="/", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#\S+\n", process.stdout.readline())
        assert run(binary, empty_home, "ls") == (0, "No views are running.\n", "")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_start_without_a_display_prints_a_reason_and_serves(
    binary: Path, empty_home: dict[str, str]
) -> None:
    with subprocess.Popen(
        [binary], env=empty_home, cwd="/", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        assert "there is no display" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


TOOL = """
from everview import App, View
from everview.html import HTML, P
import work

app = App(__file__)

@app.route("/")
class Tool(View):
    def handle_request(self, request):
        self.show(HTML(P("begun")))
        return HTML(P("result: " + str(self.run_in_process(work.add, 2, b=3))))
"""
WORK = """
import os
from everview import process

def add(a, b):
    process.progress(1, 2, "half")
    return a + b, os.getpid()
"""


def test_work_in_a_process_runs_in_a_child_of_the_built_app(
    binary: Path, empty_home: dict[str, str], tmp_path: Path
) -> None:
    """The child process is the same binary, and imports modules of the app folder.

    The test copies the app folder with hard links and then replaces the app in the copy.
    """
    bundle = tmp_path / "bundle"
    subprocess.run(["cp", "--archive", "--link", binary.parent, bundle], check=True)
    folder = bundle / "_internal"
    (folder / "pyproject.toml").unlink()
    (folder / "pyproject.toml").write_text('[tool.everview]\nentry = "tool:app"\nname = "tool"\n')
    (folder / "tool.py").write_text(TOOL)
    (folder / "work.py").write_text(WORK)
    with subprocess.Popen(
        [bundle / binary.name, "serve"], env=empty_home, cwd="/", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        address = urlsplit(process.stdout.readline().strip())
        assert address.port is not None
        with Page(address.port).redeem(address.fragment) as page:
            shown = json.dumps(page.attach("/"))
            while "result: " not in shown:
                shown = json.dumps(page.frame())
        found = re.search(r"result: \((\d+), (\d+)\)", shown)
        assert found is not None
        assert found[1] == "5"
        assert int(found[2]) != process.pid
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
