"""The command ``doctor``: its findings, and the repairs that it suggests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from everview.application import control
from everview.application.control import Answer
from everview.application.doctor import BAD, NOTE, OK, Finding, check
from everview.errors import AlreadyRunningError, CommandError
from everview.state.instance_lock import InstanceLock
from tests.support.server import ROOT


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "everview", "doctor", *arguments], cwd=ROOT, text=True,
        capture_output=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "shell"), "HOME": str(home),
             "EVERVIEW_HOME": str(home), **environment},
    )  # fmt: skip


def findings(home: Path, **environment: str) -> dict[str, Finding]:
    ended = run(home, "--json", **environment)
    assert ended.stderr == ""
    return {found["name"]: Finding(**found) for found in json.loads(ended.stdout)}


def test_missing_display_is_a_note_and_not_an_error(tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = findings(tmp_path)
    assert found["Display"].level == NOTE
    assert "shown in a browser" in found["Display"].text
    assert found["State folder"] == Finding("State folder", OK, str(tmp_path / "everview" / "state"))
    assert found["Running app"].level == OK
    # The text output has a line for each finding, which begins with the level.
    assert all(line[:4] in ("ok  ", "note", "BAD ") for line in ended.stdout.splitlines())


def test_unknown_backend_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    found = run(tmp_path, EVERVIEW_GUI="swing")
    assert found.returncode == 1
    assert "EVERVIEW_GUI=swing is not a backend: use qt, gtk" in found.stdout


def test_unusable_folder_is_an_error_with_its_path(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.touch()
    ended = run(tmp_path, EVERVIEW_HOME=str(file))
    assert ended.returncode == 1
    assert "BAD   State folder" in ended.stdout
    assert str(file) in ended.stdout
    assert "Traceback" not in ended.stderr


def test_full_disk_is_an_error_with_a_suggestion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path))

    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    found = {finding.name: finding for finding in check("everview")}
    assert found["Runtime folder"].level == BAD
    assert "No space left on device" in found["Runtime folder"].text
    assert "EVERVIEW_HOME" in found["Runtime folder"].text


@pytest.mark.parametrize(("answer", "level", "text"), [
    (Answer(pid=7, views=[]), OK, "process 7, 0 views"),
    (CommandError("an error"), BAD, "an error"),
])  # fmt: skip
def test_running_app_is_detected_by_its_answer(
    answer, level: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(self: InstanceLock, timeout: float = 0) -> None:
        raise AlreadyRunningError("locked")

    def send_command(*arguments, **keywords):
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path))
    monkeypatch.setattr(InstanceLock, "acquire", locked)
    monkeypatch.setattr(control, "send_command", send_command)
    assert Finding("Running app", level, text) in check("everview")


def test_doctor_without_an_app_checks_the_machine_and_creates_no_folder(tmp_path: Path) -> None:
    """An earlier version created the folders of the app "everview" for every app."""
    home = tmp_path / "home"
    environment = {**os.environ, "EVERVIEW_HOME": str(home)}
    ended = subprocess.run(
        [sys.executable, "-m", "everview", "doctor"], cwd=tmp_path, text=True,
        capture_output=True, check=False, env=environment,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Port" in ended.stdout
    assert "folder" not in ended.stdout
    assert not home.exists()
