"""T9: another account uses the control channel, or creates a file at its path before the app
starts.

Other tests of the control channel are in ``tests/application/test_control.py``.
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

import pytest

from everview.application import control as control_module
from everview.application.control import AT_ONCE, MAX_LINE, Answer, ListCommand, send_command
from everview.errors import CommandError, StateError
from tests.support.control_channel import FOREIGN, MALFORMED, Channel, exchange_as, is_root
from tests.support.server import PATIENCE, everview, wait_until

pytestmark = pytest.mark.security

needs_root = pytest.mark.skipif(not is_root(), reason="only root can be another account")


@contextmanager
def public_folder() -> Iterator[Path]:
    """A folder that every account can enter. The test needs it because only the owner can enter
    pytest's folders.
    """
    folder = Path(tempfile.mkdtemp(prefix="everview-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@needs_root
def test_other_account_that_reaches_the_socket_gets_no_answer() -> None:
    with public_folder() as folder, Channel(folder) as channel:
        folder.chmod(0o755)
        channel.path.chmod(0o666)
        assert exchange_as(FOREIGN, channel.path) == b""
        assert channel.received == []
        assert send_command(folder, ListCommand())


def test_peer_of_another_uid_gets_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This test works without root: it changes the uid that the server compares."""
    with Channel(tmp_path) as channel:
        another = os.geteuid() + 1
        monkeypatch.setattr(control_module.os, "geteuid", lambda: another)
        with channel.connect() as connection:
            # the server may already have closed the connection
            with contextlib.suppress(ConnectionError):
                connection.sendall(b'{"type":"list"}\n')
            assert received(connection) == b""
        assert channel.received == []
        monkeypatch.undo()
        assert send_command(tmp_path, ListCommand())


@needs_root
def test_other_account_cannot_connect_to_the_socket() -> None:
    with public_folder() as folder, Channel(folder) as channel:
        folder.chmod(0o755)
        assert stat.S_IMODE(os.lstat(channel.path).st_mode) == 0o600
        assert exchange_as(FOREIGN, channel.path).strip() == b"cannot connect"


@needs_root
def test_command_is_not_sent_to_another_account() -> None:
    """The other account could read the URLs of commands, and answer with false URLs."""
    with public_folder() as folder, socket.socket(socket.AF_UNIX) as foreign:
        data: list[bytes] = []
        with as_account(FOREIGN, folder):
            foreign.bind(str(folder / "control"))
            foreign.listen()

        def listen() -> None:
            connection, _ = foreign.accept()
            with connection:
                data.append(connection.recv(1000))

        thread = threading.Thread(target=listen)
        thread.start()
        with pytest.raises(CommandError, match="another account"):
            send_command(folder, ListCommand(), timeout=5)
        thread.join(PATIENCE)
        assert data == [b""]


@contextmanager
def as_account(uid: int, folder: Path) -> Iterator[None]:
    """Create sockets as ``uid``. A socket reports the account that called listen()."""
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


def test_malformed_and_unknown_commands_are_refused(tmp_path: Path) -> None:
    with Channel(tmp_path) as channel:
        for line in MALFORMED:
            with channel.connect() as connection:
                connection.sendall(line)
                connection.shutdown(socket.SHUT_WR)
                answer = received(connection)
            assert not answer or "error" in json.loads(answer), line[:50]
        assert channel.received == []


@pytest.mark.parametrize("end", [b"\n", b""])
def test_line_that_is_too_long_is_not_read(tmp_path: Path, end: bytes) -> None:
    with Channel(tmp_path) as channel:
        with channel.connect() as connection:
            # the server closed the connection while the test was still writing
            with suppress(ConnectionError):
                connection.sendall(b'{"type":"list"' + b" " * (4 * MAX_LINE) + b"}" + end)
            assert received(connection) == b""
        assert channel.received == []
        assert send_command(tmp_path, ListCommand())


def test_idle_connections_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of a thousand silent connections are closed, and a command is still answered afterwards.
    """
    monkeypatch.setattr(control_module, "WAITING", 16)
    monkeypatch.setattr(control_module, "LINE_TIME", 60.0)
    with Channel(tmp_path) as channel:
        with ExitStack() as stack:
            silent = [stack.enter_context(connected(channel)) for _ in range(1000)]
            wait_until(lambda: sum(map(is_open, silent)) <= AT_ONCE + 16, "most connections are closed")
            assert is_open(silent[-1]), "the newest connection may belong to a waiting user"
        assert send_command(tmp_path, ListCommand(), timeout=PATIENCE)


def is_open(connection: socket.socket) -> bool:
    """Whether the connection is still open."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1))
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def connected(channel: Channel) -> socket.socket:
    """Connect, and wait for a place in the listen queue."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    control_module.connect(connection, channel.path, PATIENCE)
    return connection


@pytest.mark.parametrize("kind", ["a socket", "a link to a socket", "a link to a file", "a file"])
def test_foreign_file_at_the_path_is_not_used(tmp_path: Path, kind: str) -> None:
    """The app replaces the file and follows no link. The creator of the file receives nothing."""
    path, other = tmp_path / "control", tmp_path / "other"
    with socket.socket(socket.AF_UNIX) as foreign:
        if "socket" in kind:
            foreign.bind(str(other if "link" in kind else path))
            foreign.listen()
            foreign.setblocking(False)
        elif "link" in kind:
            other.write_text("mine")
        else:
            path.write_text("mine")
        if "link" in kind:
            path.symlink_to(other)
        with Channel(tmp_path):
            assert stat.S_ISSOCK(os.lstat(path).st_mode)
            assert send_command(tmp_path, ListCommand()) == Answer(address="ListCommand")
            if "socket" in kind:
                with pytest.raises(BlockingIOError):
                    foreign.accept()
        if kind == "a link to a file":
            assert other.read_text() == "mine"


def test_folder_at_the_path_of_the_socket_is_reported_with_the_path(tmp_path: Path) -> None:
    (tmp_path / "control").mkdir()
    with pytest.raises(StateError, match="control"), Channel(tmp_path):
        pass


@needs_root
def test_foreign_runtime_folder_is_refused(tmp_path: Path) -> None:
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
