"""The control channel on a real socket: malformed commands, many clients, other accounts (T9)."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from everview.application import control as control_module
from everview.application.control import (
    AT_ONCE,
    MAX_LINE,
    AddressCommand,
    Answer,
    Command,
    ListCommand,
    OpenCommand,
    QuitCommand,
    StopCommand,
    send_command,
)  # fmt: skip
from everview.application.startup import Running
from everview.errors import CommandError, NotRunningError, StateError
from tests.support.control_channel import (
    FOREIGN,
    MALFORMED,
    PATIENCE,
    Channel,
    exchange_as,
    is_root,
)
from tests.support.server import Serving


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Channel]:
    with Channel(tmp_path) as channel:
        yield channel


@pytest.mark.parametrize("command", [OpenCommand("/counter/"), OpenCommand("/?q=1"), AddressCommand(), ListCommand(), QuitCommand()])
def test_command_is_answered(channel: Channel, command: Command) -> None:
    assert send_command(channel.folder, command) == Answer(address=type(command).__name__)
    assert channel.received == [command]


def test_error_of_the_app_is_raised_with_its_message(channel: Channel) -> None:
    with pytest.raises(CommandError, match="no view 'x'"):
        send_command(channel.folder, StopCommand("x"))


def test_exception_in_a_command_is_reported_and_logged(
    channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    """An earlier version reported that the app had ended when a command raised an exception."""
    with pytest.raises(CommandError, match="see its log"):
        send_command(channel.folder, StopCommand("bug"))
    assert "a bug in the app" in caplog.text
    assert send_command(channel.folder, ListCommand())


EXAMPLES: dict[type, Command] = {
    OpenCommand: OpenCommand("/counter/"),
    AddressCommand: AddressCommand("/counter/"),
    ListCommand: ListCommand(),
    StopCommand: StopCommand("unknown"),
    QuitCommand: QuitCommand(),
}


def test_every_command_is_handled_by_the_running_app(tmp_path: Path) -> None:
    """This test fails if `Running` does not handle a command.

    Add an example of each new command to ``EXAMPLES``.
    """
    assert set(EXAMPLES) == set(get_args(Command))
    runtime = tmp_path / "home" / "everview" / "run"
    with Serving(tmp_path / "home") as serving:
        for kind, command in EXAMPLES.items():
            if kind is StopCommand:
                with pytest.raises(CommandError, match="no view has the id 'unknown'"):
                    send_command(runtime, command)
            else:
                answer = send_command(runtime, command)
                assert bool(answer.address) == (kind in (OpenCommand, AddressCommand))
                assert (answer.pid == serving.process.pid) == (kind in (ListCommand, QuitCommand))
        assert serving.wait() == 0


def test_command_of_an_unknown_type_is_an_error() -> None:
    class UnknownCommand(msgspec.Struct):
        pass

    class Ready(Running):
        runtime = None  # type: ignore[assignment]

    handling = Ready._handle(object.__new__(Ready), UnknownCommand())  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="UnknownCommand"):
        handling.send(None)


@pytest.mark.parametrize("line", MALFORMED, ids=lambda line: repr(line[:40]) + str(len(line)))
def test_malformed_line_is_refused(channel: Channel, line: bytes) -> None:
    answer = json.loads(channel.exchange(line))
    assert set(answer) == {"error"}
    assert channel.received == []
    assert send_command(channel.folder, ListCommand())


@pytest.mark.parametrize("line", [b"", b"x" * (MAX_LINE * 2), b"x" * 1_000_000 + b"\n"], ids=len)
def test_empty_or_too_long_line_is_not_answered(channel: Channel, line: bytes) -> None:
    assert channel.exchange(line) == b""
    assert channel.received == []
    assert send_command(channel.folder, ListCommand())


def test_second_line_of_a_connection_is_ignored(channel: Channel) -> None:
    answer = channel.exchange(b'{"type":"list"}\n' * 3)
    assert answer.count(b"\n") == 1


def test_thousand_connections_do_not_block_a_command(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open too many idle connections, then a thousand connections that are closed at once."""
    monkeypatch.setattr(control_module, "LINE_TIME", 0.05)
    with ExitStack() as stack:
        for _ in range(AT_ONCE + 20):
            stack.enter_context(channel.connect())
        assert send_command(channel.folder, ListCommand(), timeout=PATIENCE)
    for _ in range(1000):
        channel.connect().close()
    assert send_command(channel.folder, ListCommand(), timeout=PATIENCE)
    assert len(channel.received) == 2


def test_fifty_clients_at_once_are_answered(channel: Channel) -> None:
    answers: list[Answer] = []
    command = OpenCommand("/counter/")
    threads = [
        threading.Thread(target=lambda: answers.append(send_command(channel.folder, command)))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [Answer(address="OpenCommand")] * 50


def test_client_waits_for_a_place_in_a_full_listen_queue(tmp_path: Path) -> None:
    """An earlier version reported that the app was not running if the queue was full."""
    with socket.socket(socket.AF_UNIX) as listening, ExitStack() as stack:
        listening.bind(str(tmp_path / "control"))
        listening.listen(1)
        while True:
            connection = stack.enter_context(socket.socket(socket.AF_UNIX))
            connection.setblocking(False)
            try:
                connection.connect(str(tmp_path / "control"))
            except BlockingIOError:
                break
        with pytest.raises(CommandError, match="did not answer"):
            send_command(tmp_path, ListCommand(), timeout=0.05)


def test_socket_is_private_and_removed_at_the_end(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with Channel(tmp_path) as channel:
            mode = os.lstat(channel.path).st_mode
            assert stat.filemode(mode) == "srw-------"
    finally:
        os.umask(old)
    assert not channel.path.exists()
    with pytest.raises(NotRunningError):
        send_command(tmp_path, ListCommand())


def stale_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))


def link_to_a_file(path: Path) -> None:
    (path.parent / "elsewhere").write_text("mine")
    path.symlink_to(path.parent / "elsewhere")


@pytest.mark.parametrize("leave", [stale_socket, link_to_a_file, Path.touch, os.mkfifo], ids=lambda f: f.__name__)
def test_socket_of_a_killed_app_is_replaced(
    tmp_path: Path, leave: Callable[[Path], None]
) -> None:
    leave(tmp_path / "control")
    with Channel(tmp_path) as channel:
        assert send_command(channel.folder, ListCommand())
    if leave is link_to_a_file:
        assert (tmp_path / "elsewhere").read_text() == "mine"


def test_folder_in_place_of_the_socket_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "control").mkdir()
    with pytest.raises(StateError, match=str(tmp_path / "control")), Channel(tmp_path):
        pass


def test_stale_socket_means_that_the_app_is_not_running(tmp_path: Path) -> None:
    stale_socket(tmp_path / "control")
    with pytest.raises(NotRunningError, match="not running"):
        send_command(tmp_path, ListCommand())


@pytest.mark.parametrize(("sent", "error", "text"), [
    (b"", NotRunningError, "ended"),
    (b'{"views": [', NotRunningError, "ended"),
    (b'{"views": []}', NotRunningError, "ended"),
    (b'{"views": 5}\n', CommandError, "malformed answer"),
    (b"\xff\n", CommandError, "malformed answer"),
])  # fmt: skip
def test_incomplete_or_malformed_answer_is_an_error(
    tmp_path: Path, sent: bytes, error: type[Exception], text: str
) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "control"))
        listening.listen()

        def answer_and_end() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(sent)

        thread = threading.Thread(target=answer_and_end)
        thread.start()
        with pytest.raises(error, match=text):
            send_command(tmp_path, ListCommand())
        thread.join()


def test_hanging_app_is_reported_with_its_process_id(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(tmp_path / "control"))
        hung.listen()
        begin = time.monotonic()
        with pytest.raises(CommandError, match=rf"process {os.getpid()}\) did not answer"):
            send_command(tmp_path, ListCommand(), timeout=0.05)
        assert time.monotonic() - begin < PATIENCE


@pytest.mark.skipif(not is_root(), reason="only root can be another account")
@pytest.mark.parametrize("uid", [FOREIGN, 0])
def test_client_of_another_account_is_not_answered(uid: int) -> None:
    """This test removes the file modes that normally protect the socket.

    The folder of the socket is not below tmp_path, because other accounts cannot access tmp_path.
    """
    folder = Path(tempfile.mkdtemp(prefix="everview-"))
    try:
        with Channel(folder) as channel:
            folder.chmod(0o755)
            channel.path.chmod(0o666)
            received = exchange_as(uid, channel.path)
            if uid == 0:
                assert json.loads(received) == {"address": "ListCommand"}
            else:
                assert received == b""
                assert channel.received == []
            assert send_command(folder, ListCommand())
    finally:
        shutil.rmtree(folder)


def test_control_channel_works_if_its_path_is_too_long_for_a_socket(tmp_path: Path) -> None:
    """The address of a Unix socket has at most 108 bytes. The path of its folder may be longer."""
    folder = tmp_path.joinpath(*["a-long-name-" + "x" * 40] * 5)
    folder.mkdir(parents=True)
    assert len(str(folder)) > 250
    with Channel(folder):
        assert send_command(folder, ListCommand()) == Answer(address="ListCommand")
        assert [path.name for path in folder.iterdir()] == ["control"]
    assert list(folder.iterdir()) == []
