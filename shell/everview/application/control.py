"""The control channel: a second start and the command line send commands to the running app.

The channel is a Unix socket in the private runtime folder, and the account of the peer is checked.
On Windows it is a named pipe that only the user can access. Each side sends one line of JSON. The
app refuses a line that it cannot decode.

Threads: `Control` on the server thread; `send_command` on any other thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import socket
import struct
import sys
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec

from everview.addresses import AppPath, OptionalAppPath
from everview.errors import CommandError, EverviewError, NotRunningError, StateError

logger = logging.getLogger("everview.control")

#: The maximum size of a line on the control channel, in bytes.
MAX_LINE = 16_384
#: At most this number of connections are served at the same time, and at most this number wait to
#: be served. If more wait, the oldest one is closed.
AT_ONCE = 64
WAITING = 256
#: A client must send its line within this number of seconds.
LINE_TIME = 5.0

Argument = Annotated[str, msgspec.Meta(max_length=4096)]


class OpenCommand(msgspec.Struct, tag="open", forbid_unknown_fields=True):
    """Open a window.

    ``url`` is the page to show. If it is "", the app chooses the page from ``arguments`` and
    ``folder``: the arguments and the current folder of the second start.
    """

    url: OptionalAppPath = ""
    arguments: Annotated[list[Argument], msgspec.Meta(max_length=20)] = []
    folder: Argument = ""


class AddressCommand(msgspec.Struct, tag="address", forbid_unknown_fields=True):
    """Return a one-time address of ``url``."""

    url: AppPath = "/"


class ListCommand(msgspec.Struct, tag="list", forbid_unknown_fields=True):
    """List the daemon views."""


class StopCommand(msgspec.Struct, tag="stop", forbid_unknown_fields=True):
    """Stop the view with this id."""

    id: Annotated[str, msgspec.Meta(max_length=64)]


class QuitCommand(msgspec.Struct, tag="quit", forbid_unknown_fields=True):
    """End the app. If ``finish`` is true, first wait until all running work has finished."""

    finish: bool = False


Command = OpenCommand | AddressCommand | ListCommand | StopCommand | QuitCommand


class ProgressInfo(msgspec.Struct):
    """The progress of a view. ``percent`` is None if the total is unknown."""

    done: float
    total: float | None
    percent: int | None
    label: str


class ViewInfo(msgspec.Struct):
    """A view in the list of views. ``age`` is in seconds."""

    id: str
    url: str
    title: str
    state: str
    progress: ProgressInfo | None
    age: float
    windows: int


class Answer(msgspec.Struct, omit_defaults=True):
    """The answer to a command. Each command sets only the fields that belong to it.

    ``error``: the reason if the command failed. ``address``: a one-time address. ``window``: the
    label of a native window that was opened. ``pid``: the app's process. ``views``: the listed
    views, or the views that the app ends when it quits.
    """

    error: str = ""
    address: str = ""
    window: str = ""
    pid: int = 0
    views: list[ViewInfo] = []


_decoder = msgspec.json.Decoder(Command)
_answer_decoder = msgspec.json.Decoder(Answer)


class Control:
    """Listens for commands. The answer to a command is the result of ``handle``."""

    def __init__(self, folder: Path, handle: Callable[[Command], Awaitable[Answer]]) -> None:
        self._folder = folder
        self._handle = handle
        self._server: asyncio.Server | list[Any] | None = None
        self._free = asyncio.Semaphore(AT_ONCE)
        #: The tasks of connections that wait to be served, the oldest first.
        self._waiting: OrderedDict[asyncio.Task[None] | None, None] = OrderedDict()

    async def start(self) -> None:
        """Start to listen. The caller holds the instance lock, so an existing socket file is stale.

        Raises:
            StateError: The socket cannot be created.
        """
        if sys.platform == "win32":
            loop: Any = asyncio.get_running_loop()

            def protocol() -> asyncio.StreamReaderProtocol:
                reader = asyncio.StreamReader(limit=MAX_LINE)
                return asyncio.StreamReaderProtocol(reader, self._serve)

            self._server = await loop.start_serving_pipe(protocol, pipe_name(self._folder))
            return
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _short_path(self._folder) as folder:
                path = folder / "control"
                try:
                    path.unlink(missing_ok=True)
                    listening.bind(str(path))
                    path.chmod(0o600)
                except OSError as error:
                    raise StateError(
                        f"the socket {self._folder / 'control'} cannot be created: "
                        f"{error.strerror}; remove the existing file or folder"
                    ) from error
            listening.listen(128)
            self._server = await asyncio.start_unix_server(
                self._serve, sock=listening, limit=MAX_LINE
            )
        except BaseException:
            listening.close()
            raise

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if isinstance(self._server, list):
            for pipe in self._server:
                pipe.close()
        elif self._server is not None:
            self._server.close()
            (self._folder / "control").unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not _is_own(writer.get_extra_info("socket")):
            logger.warning("refused a connection of another account to the control channel")
            writer.close()
            return
        task = asyncio.current_task()
        self._waiting[task] = None
        if len(self._waiting) > WAITING:
            # Close the oldest connection: its client may have ended long ago, but a person may
            # wait for the answer to the newest one.
            oldest, _ = self._waiting.popitem(last=False)
            if oldest is not None:
                oldest.cancel()
        try:
            async with self._free:
                self._waiting.pop(task, None)
                await self._serve_own(reader, writer)
        except asyncio.CancelledError:
            # A newer connection cancelled this task, because too many were waiting. If the
            # exception were raised again, asyncio's streams would log it as a failure.
            logger.debug("closed a control connection: too many are waiting")
        finally:
            self._waiting.pop(task, None)
            writer.close()

    async def _serve_own(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(LINE_TIME):
                line = await reader.readline()
            if line:
                answer = await self.answer(line)
                writer.write(msgspec.json.encode(answer) + b"\n")
                await writer.drain()
        except (OSError, ValueError, TimeoutError):
            logger.debug("a control connection was closed before its end")

    async def answer(self, line: bytes) -> Answer:
        """Answer one line of a client. An error becomes an `Answer` with ``error``."""
        try:
            command = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return Answer(error=f"the command is malformed: {error}")
        try:
            return await self._handle(command)
        except EverviewError as error:
            return Answer(error=str(error))
        except Exception:
            logger.exception("the control command %r failed", command)
            return Answer(error="the app failed to carry out the command: see its log")


def send_command(folder: Path, command: Command, timeout: float = 60.0) -> Answer:
    """Send a command to the running app.

    Args:
        folder: The runtime folder of the app.
        command: What to do.
        timeout: Seconds to wait for the answer.

    Raises:
        NotRunningError: No app answers.
        CommandError: The app cannot carry out the command, or does not answer in time.
    """
    line = msgspec.json.encode(command) + b"\n"
    peer = "the running app"
    try:
        if sys.platform == "win32":
            with Path(pipe_name(folder)).open("r+b", buffering=0) as pipe:
                pipe.write(line)
                received = _read_line(pipe.read)
        else:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(timeout)
                with _short_path(folder) as short:
                    connect(connection, short / "control", timeout)
                if not _is_own(connection):
                    raise CommandError(
                        f"another account listens on {folder / 'control'}: remove that file"
                    )
                pid, _ = _peer(connection)
                peer += f" (process {pid})" if pid else ""
                connection.sendall(line)
                received = _read_line(connection.recv)
    except TimeoutError:
        raise CommandError(
            f"{peer} did not answer within {timeout:.0f} s: if it hangs, end that process"
        ) from None
    except OSError:
        raise NotRunningError("the app is not running") from None
    if not received.endswith(b"\n"):
        raise NotRunningError("the app ended before it answered")
    try:
        answer = _answer_decoder.decode(received)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"{peer} sent a malformed answer: {error}") from error
    if answer.error:
        raise CommandError(answer.error)
    return answer


def connect(connection: socket.socket, path: Path, timeout: float) -> None:
    """Connect to a Unix socket, and wait for a place in its listen queue.

    On Linux, connecting fails at once with EAGAIN if the listen queue is full, even if the socket
    has a timeout. Raises `TimeoutError` after ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            return connection.connect(str(path))
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError from None
            time.sleep(0.01)


def _read_line(read: Callable[[int], bytes]) -> bytes:
    received = b""
    while not received.endswith(b"\n"):
        part = read(65_536)
        if not part:
            break
        received += part
    return received


def pipe_name(folder: Path) -> str:
    """The name of the pipe of a runtime folder (Windows)."""
    return r"\\.\pipe\everview-" + hashlib.sha256(str(folder).encode()).hexdigest()[:32]


@contextlib.contextmanager
def _short_path(folder: Path) -> Iterator[Path]:
    """A path of ``folder`` that is short enough for a Unix socket (108 bytes; 104 on macOS)."""
    if len(os.fsencode(folder)) < 90:
        yield folder
        return
    if sys.platform != "linux":
        raise StateError(f"the path {folder} is too long for a socket: use a shorter one")
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _peer(connection: socket.socket | None) -> tuple[int | None, int | None]:
    """The process id and the user id of the peer, where the system reports them (Linux)."""
    if connection is None or not hasattr(socket, "SO_PEERCRED"):
        return None, None
    size = struct.calcsize("3i")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    pid, uid, _ = struct.unpack("3i", credentials)
    return pid, uid


def _is_own(connection: socket.socket | None) -> bool:
    """Whether the peer runs under our account, as far as the system can report it."""
    _, uid = _peer(connection)
    return uid is None or uid == os.geteuid()
