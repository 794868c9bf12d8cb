"""T9: another account talks to, or squats, the channel between starts of the app.

``tests/server/test_control.py`` has the channel's own tests; here are those that the threat is about.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from everview.application import control as control_module
from everview.application.control import AT_ONCE, MAX_LINE, List, ask
from everview.errors import CommandError, EverviewError, StateError
from tests.server.test_control import BAD, FOREIGN, Channel, said_as
from tests.support.server import PATIENCE, everview, wait_until

pytestmark = pytest.mark.security

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every account reaches: pytest keeps its own from them."""
    folder = Path(tempfile.mkdtemp(prefix="everview-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@needs_root
def test_another_account_that_reaches_the_socket_is_not_answered() -> None:
    with open_folder() as folder, Channel(folder) as channel:
        folder.chmod(0o755)
        channel.path.chmod(0o666)
        assert said_as(FOREIGN, channel.path) == b""
        assert channel.asked == []
        assert ask(folder, List())


def test_a_peer_of_another_uid_is_not_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for who is not root: the account is what the socket says."""
    with Channel(tmp_path) as channel:
        another = os.geteuid() + 1
        monkeypatch.setattr(control_module.os, "geteuid", lambda: another)
        with channel.connect() as connection:
            with contextlib.suppress(ConnectionError):  # it may be closed already
                connection.sendall(b'{"type":"list"}\n')
            assert received(connection) == b""
        assert channel.asked == []
        monkeypatch.undo()
        assert ask(tmp_path, List())


@needs_root
def test_another_account_does_not_reach_the_socket() -> None:
    with open_folder() as folder, Channel(folder) as channel:
        folder.chmod(0o755)
        assert stat.S_IMODE(os.lstat(channel.path).st_mode) == 0o600
        assert said_as(FOREIGN, channel.path).strip() == b"cannot connect"


@needs_root
def test_a_command_is_not_said_to_another_account() -> None:
    """It would learn URLs, and could answer what it likes."""
    with open_folder() as folder, socket.socket(socket.AF_UNIX) as squatting:
        heard: list[bytes] = []
        with as_account(FOREIGN, folder):
            squatting.bind(str(folder / "control"))
            squatting.listen()

        def listen() -> None:
            connection, _ = squatting.accept()
            with connection:
                heard.append(connection.recv(1000))

        thread = threading.Thread(target=listen)
        thread.start()
        with pytest.raises(CommandError, match="another account"):
            ask(folder, List(), timeout=5)
        thread.join(PATIENCE)
        assert heard == [b""]


@contextmanager
def as_account(uid: int, folder: Path) -> Iterator[None]:
    """What is made by us belongs to ``uid``; who listens is who listened then."""
    os.chown(folder, uid, uid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)


def received(connection: socket.socket) -> bytes:
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)


def test_garbage_and_unknown_commands_are_refused(tmp_path: Path) -> None:
    with Channel(tmp_path) as channel:
        for line in BAD:
            with channel.connect() as connection:
                connection.sendall(line)
                connection.shutdown(socket.SHUT_WR)
                answer = received(connection)
            assert not answer or "error" in json.loads(answer), line[:50]
        assert channel.asked == []


@pytest.mark.parametrize("end", [b"\n", b""])
def test_what_is_too_long_is_not_read(tmp_path: Path, end: bytes) -> None:
    with Channel(tmp_path) as channel:
        with channel.connect() as connection:
            with suppress(ConnectionError):  # closed before all of it was said
                connection.sendall(b'{"type":"list"' + b" " * (4 * MAX_LINE) + b"}" + end)
            assert received(connection) == b""
        assert channel.asked == []
        assert ask(tmp_path, List())


def test_a_thousand_connects_are_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that say nothing only some are kept; a command comes through when they have gone."""
    monkeypatch.setattr(control_module, "WAITING", 16)
    monkeypatch.setattr(control_module, "LINE_TIME", 60.0)
    with Channel(tmp_path) as channel:
        with ExitStack() as stack:
            silent = [stack.enter_context(connected(channel)) for _ in range(1000)]
            wait_until(lambda: sum(map(is_open, silent)) <= AT_ONCE + 16, "most are closed")
            assert is_open(silent[-1]), "the newest is a person's who waits"
        assert ask(tmp_path, List(), timeout=PATIENCE)


def is_open(connection: socket.socket) -> bool:
    """Whether the other side has not closed it."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1))
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def connected(channel: Channel) -> socket.socket:
    """As the first of a thousand, waiting for a place in the listen queue."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    control_module._connect(connection, str(channel.path), PATIENCE)
    return connection


@pytest.mark.parametrize("kind", ["a socket", "a link to a socket", "a link to a file", "a file"])
def test_what_somebody_put_there_is_not_used(tmp_path: Path, kind: str) -> None:
    """It is taken away, not followed; who made it hears nothing."""
    path, other = tmp_path / "control", tmp_path / "other"
    with socket.socket(socket.AF_UNIX) as squatting:
        if "socket" in kind:
            squatting.bind(str(other if "link" in kind else path))
            squatting.listen()
            squatting.setblocking(False)
        elif "link" in kind:
            other.write_text("mine")
        else:
            path.write_text("mine")
        if "link" in kind:
            path.symlink_to(other)
        with Channel(tmp_path):
            assert stat.S_ISSOCK(os.lstat(path).st_mode)
            assert ask(tmp_path, List()) == {"asked": "List"}
            if "socket" in kind:
                with pytest.raises(BlockingIOError):
                    squatting.accept()
        if kind == "a link to a file":
            assert other.read_text() == "mine"


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "control").mkdir()
    with pytest.raises(StateError, match="control"), Channel(tmp_path):
        pass


@needs_root
def test_a_foreign_runtime_folder_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    runtime = home / "everview" / "run"
    for folder in (home, runtime.parent, runtime):
        folder.mkdir(mode=0o700)
    os.chown(runtime, FOREIGN, FOREIGN)
    for command in (["serve"], ["ls"], ["quit"]):
        ended = everview(home, *command)
        assert ended.returncode == 1
        assert str(runtime) in ended.stderr
        assert len(ended.stderr.splitlines()) == 1
    assert list(runtime.iterdir()) == []


def test_what_the_app_says_is_no_more_than_its_commands(tmp_path: Path) -> None:
    """An error of a handler that is not ours ends that connection, and says nothing of itself."""

    async def fails(command: Any) -> dict[str, Any]:
        raise EverviewError("in its own words")

    with Channel(tmp_path) as channel:
        channel.control._handle = fails
        with pytest.raises(CommandError, match="in its own words"):
            ask(tmp_path, List())
