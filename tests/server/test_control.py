"""The control channel: a real socket, garbage, crowds, other accounts (T9)."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from everview.application import control as control_module
from everview.application.control import (
    AT_ONCE,
    MAX_LINE,
    Address,
    Command,
    Control,
    List,
    Open,
    Quit,
    Stop,
    ask,
)  # fmt: skip
from everview.errors import CommandError, NotRunningError, StateError

PATIENCE = 30.0
FOREIGN = 65534
BAD: list[bytes] = [
    b"\n", b"null\n", b"[]\n", b"{}\n", b"garbage\n", b"\xff\xfe\n", b'{"type":"none"}\n',
    b'{"type":"stop"}\n', b'{"type":"stop","id":1}\n', b'{"type":"open","url":"//evil.test"}\n',
    b'{"type":"open","url":"counter"}\n', b'{"type":"open","url":"/\\\\evil"}\n',
    b'{"type":"open","url":"/a b"}\n', b'{"type":"open","url":"/#x"}\n', b'{"type":"open","arguments":[1]}\n', b'{"type":"quit","finish":1}\n',
    b'{"type":"open","url":"/\\n"}\n', b'{"type":"list","more":1}\n', b'{"type":"quit","force":true}\n',
    b'{"type":"stop","id":"' + b"x" * 65 + b'"}\n', b"[" * 5000 + b"\n",
    b'{"type":"open","url":"/' + b"x" * 5000 + b'"}\n', b"GET / HTTP/1.1\r\n",
]  # fmt: skip


class Channel:
    """A control channel on a loop of its own; remembers what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "control"
        self.asked: list[Command] = []
        self.loop = asyncio.new_event_loop()
        self.control = Control(folder, self.handle)
        self._thread = threading.Thread(target=self.loop.run_forever)

    async def handle(self, command: Command) -> dict[str, Any]:
        self.asked.append(command)
        if isinstance(command, Stop):
            raise CommandError(f"no view {command.id!r}")
        return {"asked": type(command).__name__}

    def do(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def __enter__(self) -> Channel:
        self._thread.start()
        try:
            self.do(self.control.start())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.do(self.control.stop())
        self.do(self._cancel())
        self._end()

    async def _cancel(self) -> None:
        others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        # Blocking while it connects: a full queue is waited for.
        connection.connect(str(self.path))
        connection.settimeout(PATIENCE)
        return connection

    def say(self, data: bytes) -> bytes:
        """Send bytes, end, read all that comes back."""
        with self.connect() as connection:
            received = b""
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(65_536):
                    received += part
            except ConnectionError:
                pass  # closed while we still wrote
            return received


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Channel]:
    with Channel(tmp_path) as channel:
        yield channel


@pytest.mark.parametrize("command", [Open("/counter/"), Open("/?q=1"), Address(), List(), Quit()])
def test_a_command_is_answered(channel: Channel, command: Command) -> None:
    assert ask(channel.folder, command) == {"asked": type(command).__name__}
    assert channel.asked == [command]


def test_an_error_is_the_apps_own_words(channel: Channel) -> None:
    with pytest.raises(CommandError, match="no view 'x'"):
        ask(channel.folder, Stop("x"))


@pytest.mark.parametrize("line", BAD, ids=lambda line: repr(line[:40]) + str(len(line)))
def test_what_is_not_understood_is_refused(channel: Channel, line: bytes) -> None:
    answer = json.loads(channel.say(line))
    assert set(answer) == {"error"}
    assert channel.asked == []
    assert ask(channel.folder, List())


@pytest.mark.parametrize("line", [b"", b"x" * (MAX_LINE * 2), b"x" * 1_000_000 + b"\n"], ids=len)
def test_nothing_or_too_much_is_not_answered(channel: Channel, line: bytes) -> None:
    assert channel.say(line) == b""
    assert channel.asked == []
    assert ask(channel.folder, List())


def test_one_line_is_one_command(channel: Channel) -> None:
    """What comes after it on the same connection is not looked at."""
    answer = channel.say(b'{"type":"list"}\n' * 3)
    assert answer.count(b"\n") == 1


def test_a_thousand_connects_keep_no_command_out(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More idle connections than are served at once; then a thousand that come and go."""
    monkeypatch.setattr(control_module, "LINE_TIME", 0.05)
    with ExitStack() as stack:
        for _ in range(AT_ONCE + 20):
            stack.enter_context(channel.connect())
        assert ask(channel.folder, List(), timeout=PATIENCE)
    for _ in range(1000):
        channel.connect().close()
    assert ask(channel.folder, List(), timeout=PATIENCE)
    assert len(channel.asked) == 2


def test_fifty_clients_at_once_are_answered(channel: Channel) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(channel.folder, Open("/counter/"))))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"asked": "Open"}] * 50


def test_a_full_queue_is_waited_for(tmp_path: Path) -> None:
    """It was taken for an app that is not running."""
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
            ask(tmp_path, List(), timeout=0.05)


def test_the_socket_is_private_and_goes_with_the_app(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with Channel(tmp_path) as channel:
            mode = os.lstat(channel.path).st_mode
            assert stat.filemode(mode) == "srw-------"
    finally:
        os.umask(old)
    assert not channel.path.exists()
    with pytest.raises(NotRunningError):
        ask(tmp_path, List())


def stale(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))


def a_link(path: Path) -> None:
    (path.parent / "elsewhere").write_text("mine")
    path.symlink_to(path.parent / "elsewhere")


@pytest.mark.parametrize("leave", [stale, a_link, Path.touch, os.mkfifo], ids=lambda f: f.__name__)
def test_what_a_killed_app_left_is_replaced(tmp_path: Path, leave: Any) -> None:
    leave(tmp_path / "control")
    with Channel(tmp_path) as channel:
        assert ask(channel.folder, List())
    if leave is a_link:
        assert (tmp_path / "elsewhere").read_text() == "mine"


def test_what_cannot_be_replaced_is_named(tmp_path: Path) -> None:
    (tmp_path / "control").mkdir()
    with pytest.raises(StateError, match=str(tmp_path / "control")), Channel(tmp_path):
        pass


def test_a_stale_socket_is_an_app_that_is_not_running(tmp_path: Path) -> None:
    stale(tmp_path / "control")
    with pytest.raises(NotRunningError, match="start it"):
        ask(tmp_path, List())


@pytest.mark.parametrize("answer", [b"", b'{"views": [', b'{"views": []}'], ids=repr)
def test_an_app_that_ends_within_its_answer_is_said_to_have_ended(
    tmp_path: Path, answer: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "control"))
        listening.listen()

        def die() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=die)
        thread.start()
        with pytest.raises(NotRunningError, match="ended"):
            ask(tmp_path, List())
        thread.join()


def test_an_app_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "control"))
        listening.listen()
        begin = time.monotonic()
        with pytest.raises(CommandError, match="did not answer"):
            ask(tmp_path, List(), timeout=0.05)
        assert time.monotonic() - begin < PATIENCE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")
@pytest.mark.parametrize("uid", [FOREIGN, 0])
def test_another_account_is_not_answered(uid: int) -> None:
    """Also where it can reach the socket, which the folder's mode would keep it from.

    The folder is not below tmp_path: pytest keeps that from other accounts.
    """
    folder = Path(tempfile.mkdtemp(prefix="everview-"))
    try:
        with Channel(folder) as channel:
            folder.chmod(0o755)
            channel.path.chmod(0o666)
            received = said_as(uid, channel.path)
            if uid == 0:
                assert json.loads(received) == {"asked": "List"}
            else:
                assert received == b""
                assert channel.asked == []
            assert ask(folder, List())
    finally:
        shutil.rmtree(folder)


def said_as(uid: int, path: Path) -> bytes:
    """What a process of ``uid`` is answered; b"cannot connect" if it does not get that far."""
    import subprocess
    import sys

    program = (
        "import os, socket, sys\n"
        f"os.setgroups([]); os.setgid({uid}); os.setuid({uid})\n"
        "s = socket.socket(socket.AF_UNIX); s.settimeout(30)\n"
        "try: s.connect(sys.argv[1])\n"
        "except OSError: print('cannot connect'); raise SystemExit\n"
        "try:\n"
        '    s.sendall(b\'{"type":"list"}\\n\')\n'
        "    sys.stdout.buffer.write(s.recv(1000))\n"
        "except ConnectionError: pass\n"
    )
    ended = subprocess.run([sys.executable, "-S", "-c", program, str(path)],
                           capture_output=True, check=True, timeout=2 * PATIENCE)  # fmt: skip
    return ended.stdout


def test_a_very_long_path_works(tmp_path: Path) -> None:
    """A socket's name holds 108 bytes; a folder's path may be longer."""
    folder = tmp_path.joinpath(*["a-long-name-" + "x" * 40] * 5)
    folder.mkdir(parents=True)
    assert len(str(folder)) > 250
    with Channel(folder):
        assert ask(folder, List()) == {"asked": "List"}
        assert [path.name for path in folder.iterdir()] == ["control"]
    assert list(folder.iterdir()) == []


def test_an_app_that_hangs_is_named_by_its_process(tmp_path: Path) -> None:
    folder = tmp_path
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(folder / "control"))
        hung.listen()
        with pytest.raises(CommandError, match=rf"process {os.getpid()}\) did not answer"):
            ask(folder, List(), timeout=0.05)
