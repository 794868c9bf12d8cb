"""A control channel on its own event loop, and clients that send invalid requests."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from everview.application.control import Answer, Command, Control, StopCommand
from everview.errors import CommandError

T = TypeVar("T")

PATIENCE = 30.0
#: The user id of another account. On Linux it belongs to the account "nobody".
FOREIGN = 65534
#: Lines that the app must refuse.
MALFORMED: list[bytes] = [
    b"\n", b"null\n", b"[]\n", b"{}\n", b"garbage\n", b"\xff\xfe\n", b'{"type":"none"}\n',
    b'{"type":"stop"}\n', b'{"type":"stop","id":1}\n', b'{"type":"open","url":"//evil.test"}\n',
    b'{"type":"open","url":"counter"}\n', b'{"type":"open","url":"/\\\\evil"}\n',
    b'{"type":"open","url":"/a b"}\n', b'{"type":"open","url":"/#x"}\n', b'{"type":"open","arguments":[1]}\n', b'{"type":"quit","finish":1}\n',
    b'{"type":"open","url":"/\\n"}\n', b'{"type":"list","more":1}\n', b'{"type":"quit","force":true}\n',
    b'{"type":"stop","id":"' + b"x" * 65 + b'"}\n', b"[" * 5000 + b"\n",
    b'{"type":"open","url":"/' + b"x" * 5000 + b'"}\n', b"GET / HTTP/1.1\r\n",
]  # fmt: skip


class Channel:
    """A control channel that records its commands. The answer to a command contains the name of the
    command as ``address``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "control"
        self.received: list[Command] = []
        self.loop = asyncio.new_event_loop()
        self.control = Control(folder, self.handle)
        self._thread = threading.Thread(target=self.loop.run_forever)

    async def handle(self, command: Command) -> Answer:
        self.received.append(command)
        if isinstance(command, StopCommand):
            if command.id == "bug":
                raise RuntimeError("a bug in the app")
            raise CommandError(f"no view {command.id!r}")
        return Answer(address=type(command).__name__)

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the channel's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def __enter__(self) -> Channel:
        self._thread.start()
        try:
            self.call(self.control.start())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.call(self.control.stop())
        self.call(self._cancel())
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
        # Connect without a timeout, because the queue of waiting connections may be full.
        connection.connect(str(self.path))
        connection.settimeout(PATIENCE)
        return connection

    def exchange(self, data: bytes) -> bytes:
        """Send bytes, end the stream, and read the whole answer."""
        with self.connect() as connection:
            received = b""
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(65_536):
                    received += part
            except ConnectionError:
                pass  # the app closed the connection while the test was still writing
            return received


def exchange_as(uid: int, path: Path) -> bytes:
    """Send a list command as another account, in a separate process.

    Returns:
        The answer, or b"cannot connect" if the connection was refused.
    """
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


def is_root() -> bool:
    """Whether tests can act as another account."""
    return os.geteuid() == 0
