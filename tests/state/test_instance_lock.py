"""`InstanceLock`: one process at a time, and a free lock after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from everview.errors import AlreadyRunningError
from everview.state.folders import Folders
from everview.state.instance_lock import InstanceLock
from tests.support.server import PATIENCE, ROOT, environment

HOLD = """
import sys
from everview.state.folders import Folders
from everview.state.instance_lock import InstanceLock
from everview.errors import AlreadyRunningError
try:
    lock = InstanceLock(Folders("app"))
    lock.acquire()
except AlreadyRunningError:
    print("refused", flush=True)
else:
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVERVIEW_HOME", str(tmp_path))
    return tmp_path


def holder(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, env=environment(home), text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip


@pytest.fixture
def other(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, which holds the lock."""
    with holder(home) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_second_process_is_refused(home: Path, other: subprocess.Popen[str]) -> None:
    with pytest.raises(AlreadyRunningError):
        InstanceLock(Folders("app")).acquire()
    with pytest.raises(AlreadyRunningError):
        InstanceLock(Folders("app")).acquire(timeout=0.05)


def test_another_app_is_not_refused(home: Path, other: subprocess.Popen[str]) -> None:
    lock = InstanceLock(Folders("another"))
    lock.acquire()
    lock.release()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_lock_is_free_after_its_process_is_killed(
    home: Path, other: subprocess.Popen[str], how: signal.Signals
) -> None:
    other.send_signal(how)
    other.wait(PATIENCE)
    lock = InstanceLock(Folders("app"))
    lock.acquire()
    lock.release()


def test_waiting_process_gets_the_lock(home: Path, other: subprocess.Popen[str]) -> None:
    assert other.stdin is not None
    other.stdin.close()  # the process that holds the lock ends
    lock = InstanceLock(Folders("app"))
    lock.acquire(timeout=PATIENCE)
    lock.release()


def test_second_process_is_refused_until_the_release(home: Path) -> None:
    lock = InstanceLock(Folders("app"))
    lock.acquire()
    with holder(home) as process:
        assert process.communicate(timeout=PATIENCE)[0] == "refused\n"
    lock.release()
    with holder(home) as process:
        assert process.communicate(timeout=PATIENCE)[0] == "held\n"


def test_one_of_ten_processes_at_once_gets_the_lock(home: Path) -> None:
    processes = [holder(home) for _ in range(10)]
    try:
        answers = []
        for process in processes:
            assert process.stdout is not None
            answers.append(process.stdout.readline())
        assert sorted(answers) == ["held\n"] + ["refused\n"] * 9
    finally:
        for process in processes:
            process.kill()
            process.communicate()
