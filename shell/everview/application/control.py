"""The control channel: how a second start, ``everview ls`` and ``everview quit`` reach the app.

A Unix socket in the private runtime folder, with a check of the peer's account (a named pipe with
the user's own access list on Windows). One JSON line each way. What cannot be decoded is refused.

Threads: `Control` on the server thread, `ask` anywhere but there.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import struct
import sys
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec

from everview.errors import CommandError, EverviewError, NotRunningError, StateError

log = logging.getLogger("everview.control")

MAX_LINE = 16_384
#: Connections served at once, and those that wait for that; of more, the oldest are closed.
AT_ONCE = 64
WAITING = 256
#: Seconds a peer has for its line.
LINE_TIME = 5.0

#: A path of the app: a '#' would end it where the ticket is put, and what is white a URL ignores.
Url = Annotated[str, msgspec.Meta(max_length=4096, pattern=r"^/(?![/\\])[^\s#]*\Z")]


MaybeUrl = Annotated[str, msgspec.Meta(max_length=4096, pattern=r"^(/(?![/\\])[^\s#]*)?\Z")]
Argument = Annotated[str, msgspec.Meta(max_length=4096)]


class Open(msgspec.Struct, tag="open", forbid_unknown_fields=True):
    """A start: the URL it names ("": none), and the arguments and folder it was made with."""

    url: MaybeUrl = ""
    arguments: Annotated[list[Argument], msgspec.Meta(max_length=20)] = []
    folder: Argument = ""


class Address(msgspec.Struct, tag="address", forbid_unknown_fields=True):
    url: Url = "/"


class List(msgspec.Struct, tag="list", forbid_unknown_fields=True):
    pass


class Stop(msgspec.Struct, tag="stop", forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(max_length=64)]


class Quit(msgspec.Struct, tag="quit", forbid_unknown_fields=True):
    """End the app; ``finish``: when what works has finished."""

    finish: bool = False


Command = Open | Address | List | Stop | Quit
_decoder = msgspec.json.Decoder(Command)


class Control:
    """Answers commands with ``handle``."""

    def __init__(
        self, folder: Path, handle: Callable[[Command], Awaitable[dict[str, Any]]]
    ) -> None:
        self._folder = folder
        self._handle = handle
        self._server: asyncio.AbstractServer | list[Any] | None = None
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting: OrderedDict[Any, None] = OrderedDict()

    async def start(self) -> None:
        """Listen. The caller holds the instance lock: a socket that is there already is stale."""
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
                        f"the socket {self._folder / 'control'} cannot be made: "
                        f"{error.strerror}; move away what is there"
                    ) from error
            listening.listen(128)
            self._server = await asyncio.start_unix_server(
                self._serve, sock=listening, limit=MAX_LINE
            )
        except BaseException:
            listening.close()
            raise

    async def stop(self) -> None:
        """Stop listening and take the socket away."""
        if isinstance(self._server, list):
            for pipe in self._server:
                pipe.close()
        elif self._server is not None:
            self._server.close()
            (self._folder / "control").unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not _is_own(writer.get_extra_info("socket")):
            log.warning("another account tried the control channel")
            writer.close()
            return
        task = asyncio.current_task()
        self._waiting[task] = None
        if len(self._waiting) > WAITING:
            # The oldest: it may have gone long ago, and the newest is a person's who waits.
            oldest, _ = self._waiting.popitem(last=False)
            oldest.cancel()
        try:
            async with self._free:
                self._waiting.pop(task, None)
                await self._serve_own(reader, writer)
        except asyncio.CancelledError:
            # As above. Let through, asyncio's streams would log it as a failure.
            log.debug("a control connection was one too many")
        finally:
            self._waiting.pop(task, None)
            writer.close()

    async def _serve_own(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._answer(reader, writer)
            if answer is not None:
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError, TimeoutError):
            log.debug("a control connection ended early")

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> dict[str, Any] | None:
        async with asyncio.timeout(LINE_TIME):
            line = await reader.readline()
        if not line:
            return None
        try:
            command = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return {"error": f"the command is not understood: {error}"}
        try:
            return await self._handle(command)
        except EverviewError as error:
            return {"error": str(error)}


def ask(folder: Path, command: Command, timeout: float = 60.0) -> dict[str, Any]:
    """Send a command to the app that serves ``folder``; returns its answer.

    Raises `NotRunningError` if nobody answers, `CommandError` with the app's own words if it
    cannot do it.
    """
    line = msgspec.json.encode(command) + b"\n"
    who = "the running app"
    try:
        if sys.platform == "win32":
            with Path(pipe_name(folder)).open("r+b", buffering=0) as pipe:
                pipe.write(line)
                received = _read_line(pipe.read)
        else:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(timeout)
                with _short_path(folder) as short:
                    _connect(connection, str(short / "control"), timeout)
                if not _is_own(connection):
                    raise CommandError(
                        f"another account listens on {folder / 'control'}: remove that file"
                    )
                pid, _ = _peer(connection)
                who += f" (process {pid})" if pid else ""
                connection.sendall(line)
                received = _read_line(connection.recv)
    except TimeoutError:
        raise CommandError(
            f"{who} did not answer within {timeout:.0f} s: if it hangs, end that process"
        ) from None
    except OSError:
        raise NotRunningError("the app is not running: start it with 'everview'") from None
    if not received.endswith(b"\n"):
        raise NotRunningError("the app ended while it was asked")
    answer: dict[str, Any] = json.loads(received)
    if "error" in answer:
        raise CommandError(answer["error"])
    return answer


def _connect(connection: socket.socket, path: str, timeout: float) -> None:
    """Connect, waiting for a place in the listen queue.

    With a timeout set, a full queue is an error at once on Linux (EAGAIN), not a wait.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            return connection.connect(path)
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
    """The pipe of a runtime folder (Windows)."""
    import hashlib

    return r"\\.\pipe\everview-" + hashlib.sha256(str(folder).encode()).hexdigest()[:32]


class _short_path:  # noqa: N801  (a context manager used like a function)
    """``folder`` by a path short enough for a socket's name (108 bytes on Linux, 104 on macOS)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1

    def __enter__(self) -> Path:
        if len(os.fsencode(self._folder)) < 90:
            return self._folder
        if sys.platform != "linux":
            raise StateError(f"the path {self._folder} is too long for a socket: use a shorter one")
        self._descriptor = os.open(self._folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        return Path(f"/proc/self/fd/{self._descriptor}")

    def __exit__(self, *error: object) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


def _peer(connection: Any) -> tuple[int | None, int | None]:
    """The process and the account of the other side, where the system tells (Linux)."""
    if connection is None or not hasattr(socket, "SO_PEERCRED"):
        return None, None
    size = struct.calcsize("3i")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    pid, uid, _ = struct.unpack("3i", credentials)
    return pid, uid


def _is_own(connection: Any) -> bool:
    """Whether the peer is our own account, or nobody tells."""
    _, uid = _peer(connection)
    return uid is None or uid == os.geteuid()
