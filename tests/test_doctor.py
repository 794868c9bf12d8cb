"""``everview doctor``: what it finds, and that it says what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from everview.application.doctor import BAD, NOTE, OK, Finding, check
from everview.errors import CommandError

ROOT = Path(__file__).resolve().parents[1]


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "everview", "doctor", *arguments], cwd=ROOT, text=True,
        capture_output=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "EVERVIEW_HOME": str(home), **environment},
    )  # fmt: skip


def findings(home: Path, **environment: str) -> dict[str, Finding]:
    said = run(home, "--json", **environment)
    assert said.stderr == ""
    return {found["name"]: Finding(**found) for found in json.loads(said.stdout)}


def test_a_machine_without_a_display_is_no_failure_and_says_what_happens(tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = findings(tmp_path)
    assert found["Display"].level == NOTE
    assert "shown in a browser" in found["Display"].text
    assert found["State folder"] == Finding("State folder", OK, str(tmp_path / "everview" / "state"))
    assert found["Running app"].level == OK
    # For people: a line each, the level first.
    assert all(line[:4] in ("ok  ", "note", "BAD ") for line in ended.stdout.splitlines())


def test_an_unknown_backend_is_bad_and_the_known_ones_are_named(tmp_path: Path) -> None:
    found = run(tmp_path, EVERVIEW_GUI="swing")
    assert found.returncode == 1
    assert "EVERVIEW_GUI=swing is no backend: use qt, gtk" in found.stdout


def test_a_folder_that_cannot_be_used_is_bad_and_named(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.touch()
    ended = run(tmp_path, EVERVIEW_HOME=str(file))
    assert ended.returncode == 1
    assert "BAD   State folder" in ended.stdout
    assert str(file) in ended.stdout
    assert "Traceback" not in ended.stderr


def test_a_full_disk_is_bad_and_says_what_to_do(
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
    ({"pid": 7, "views": [1, 2]}, OK, "process 7, 2 views"),
    (CommandError("it said no"), BAD, "it said no"),
])  # fmt: skip
def test_a_running_app_is_asked(
    answer, level: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from everview.application import control
    from everview.errors import AlreadyRunningError
    from everview.state.instance_lock import InstanceLock

    def taken(self: InstanceLock, timeout: float = 0) -> None:
        raise AlreadyRunningError("taken")

    def ask(*arguments, **keywords):
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path))
    monkeypatch.setattr(InstanceLock, "acquire", taken)
    monkeypatch.setattr(control, "ask", ask)
    assert Finding("Running app", level, text) in check("everview")
