"""A real server, and a client on raw sockets that can send invalid requests and frames.

`request` and `Socket` write the bytes themselves, so that tests can send two ``Host`` headers, no
``Origin`` or unmasked frames. `Page` behaves like ``client/replica/link.js``. All waits end after
at most `PATIENCE` seconds.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from everview import App, View
from everview.html import H1, HTML, Button, Span
from everview.server.access.keys import proof
from everview.server.access.remote import Remote
from everview.server.server import Server
from tests.support.waiting import PATIENCE
from tests.support.waiting import wait_until as wait_until

#: The exceptions that a client gets if the server aborts its connection, without and with TLS.
CUT = (ConnectionError, ssl.SSLError)
#: The TLS settings, while servers and clients use TLS (tests/security/test_remote.py); otherwise
#: None.
TLS: Tls | None = None
ROOT = Path(__file__).resolve().parents[2]
#: A text in the tree of a view. This text must not be in the static files of the page.
SECRET_TEXT = "only-for-windows-31d7"

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Tls:
    """The TLS settings of servers and clients."""

    remote: Remote
    client: ssl.SSLContext


# starting a server ------------------------------------------------------------------------------


def counter_app() -> App:
    """An app with a daemon view at ``/counter/``."""
    app = App(__file__, name="support")

    @app.route("/counter/")
    class Counter(View):
        is_daemon = True
        TITLE = SECRET_TEXT

        def handle_request(self, request: Any) -> HTML:
            self.count = Span("10", _id="count")
            return HTML(H1(SECRET_TEXT), self.count,
                        Button("Increment", handle_click=self.increment))  # fmt: skip

        def increment(self, event: Any) -> None:
            self.count.set_text(int(self.count.get_text()) + 1)

    return app


@contextlib.contextmanager
def serving(
    app: App | None = None, port: int = 0, clock: Callable[[], float] | None = None
) -> Iterator[Server]:
    """Start a server of ``app``. By default, the system chooses the port."""
    remote = TLS.remote if TLS is not None else None
    server = Server((app or counter_app()).make_runtime, port, remote=remote, clock=clock)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def port_of(server: Server) -> int:
    return int(server.guard.authority.rpartition(":")[2])


def listening_addresses() -> list[tuple[str, int]]:
    """The addresses and ports on which this process listens, as the system reports them."""
    return [
        (found.laddr.ip, found.laddr.port)
        for found in psutil.Process().net_connections("inet")
        if found.status == psutil.CONN_LISTEN
    ]


def on_server(server: Server, function: Callable[[], Any]) -> Any:
    """Call ``function`` on the server thread."""

    async def run() -> Any:
        return function()

    return server.call(run())


# HTTP requests ----------------------------------------------------------------------------------


@dataclass
class Reply:
    """A response. The status is 0 if the server closed the connection without one."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Return all values of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


def connect(port: int, host: str = "127.0.0.1") -> socket.socket:
    connection = connect_tcp(port, host)
    if TLS is None:
        return connection
    return TLS.client.wrap_socket(connection, server_hostname="127.0.0.1")


def connect_tcp(port: int, host: str = "127.0.0.1") -> socket.socket:
    """Connect without TLS, even if `TLS` is set."""
    connection = socket.create_connection((host, port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def scheme() -> str:
    """The scheme of the addresses of a server's pages."""
    return "http" if TLS is None else "https"


def head(method: str, target: str, headers: Headers, version: str = "1.1") -> bytes:
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def exchange(port: int, data: bytes) -> Reply:
    """Send bytes, and read until the server closes the connection."""
    with connect(port) as connection:
        connection.sendall(data)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                received += part
    return parse(received)


def parse(received: bytes) -> Reply:
    if not received:
        return Reply(0, [], b"")
    text, _, body = received.partition(b"\r\n\r\n")
    first, *lines = text.decode("latin-1").split("\r\n")
    pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return Reply(int(first.split()[1]), pairs, body)


def request(
    port: int,
    target: str = "/",
    headers: Headers = (),
    method: str = "GET",
    hosts: Sequence[str] | None = None,
    version: str = "1.1",
) -> Reply:
    """Send one request. ``hosts`` are its Host headers (default: one header that is valid)."""
    if hosts is None:
        hosts = [f"127.0.0.1:{port}"]
    own = [("Host", host) for host in hosts]
    return exchange(port, head(method, target, [*own, *headers, ("Connection", "close")], version))


# the websocket client ---------------------------------------------------------------------------


class Closed(Exception):  # noqa: N818  (not an error)
    """The link was closed. ``code`` is the close code, or 1006 if there was no close frame."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class Refused(Exception):  # noqa: N818
    """The server refused the websocket."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"refused with {reply.status}: {reply.body!r}")
        self.reply = reply


class Socket:
    """A websocket client (RFC 6455). Raises `Refused` if the server refuses the websocket.

    ``origins`` and ``hosts`` are the values of the Origin and Host headers. By default, each header
    has its valid value.
    """

    def __init__(
        self,
        port: int,
        origins: Sequence[str] | None = None,
        hosts: Sequence[str] | None = None,
        headers: Headers = (),
        target: str = "/_everview/link",
    ) -> None:
        own = f"127.0.0.1:{port}"
        names = [("Host", host) for host in ([own] if hosts is None else hosts)]
        names += [("Origin", o) for o in ([f"{scheme()}://{own}"] if origins is None else origins)]
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        names += [("Upgrade", "websocket"), ("Connection", "Upgrade"),
                  ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key), *headers]  # fmt: skip
        self._buffer = b""
        self._connection = connect(port)
        try:
            self._connection.sendall(head("GET", target, names))
            while b"\r\n\r\n" not in self._buffer:
                if not (part := self._connection.recv(65_536)):
                    break
                self._buffer += part
            self.reply = parse(self._buffer)
            if self.reply.status != 101:
                raise Refused(self.reply)
        except BaseException:
            self._connection.close()
            raise
        self._buffer = self._buffer.partition(b"\r\n\r\n")[2]

    def __enter__(self) -> Socket:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection without a close frame, as if the page was killed."""
        self._connection.close()

    def frame(self, opcode: int, data: bytes, masked: bool = True) -> None:
        """Send one frame."""
        size = len(data)
        start = bytes([0x80 | opcode])
        bit = 0x80 if masked else 0
        if size < 126:
            start += bytes([bit | size])
        elif size < 65_536:
            start += bytes([bit | 126]) + struct.pack(">H", size)
        else:
            start += bytes([bit | 127]) + struct.pack(">Q", size)
        if masked:
            # The mask consists of zeros, so the data is sent unchanged.
            start += bytes(4)
        with contextlib.suppress(*CUT):
            self._connection.sendall(start + data)

    def raw(self, data: bytes) -> None:
        self._connection.sendall(data)

    def send(self, message: Any) -> None:
        """Send a message as JSON. A message of type str or bytes is sent unchanged."""
        if isinstance(message, (str, bytes)):
            data = message.encode() if isinstance(message, str) else message
        else:
            data = json.dumps(message).encode()
        self.frame(1, data)

    def receive(self) -> Any:
        """Receive the next message. Raises `Closed`."""
        opcode, data = self._read_frame()
        if opcode == 8:
            code = struct.unpack(">H", data[:2])[0] if data else 1005
            self.frame(8, data[:2])
            raise Closed(code)
        return json.loads(data)

    def closed(self) -> int:
        """Wait until the server closes the link, and return the close code."""
        try:
            while True:
                self.receive()
        except Closed as closed:
            return closed.code

    def is_open(self) -> bool:
        """Whether the server answers a ping with a pong."""
        try:
            self.frame(9, b"?")
            while True:
                opcode, _ = self._read_frame()
                if opcode == 10:
                    return True
                if opcode == 8:
                    return False
        except Closed:
            return False

    def _read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            try:
                part = self._connection.recv(65_536)
            except ConnectionResetError:
                part = b""
            if not part:
                raise Closed(1006)
            self._buffer += part
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _read_frame(self) -> tuple[int, bytes]:
        first, second = self._read(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", self._read(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self._read(8))
        return first & 0x0F, self._read(size)


# the simulated page -----------------------------------------------------------------------------


class Page:
    """A simulated window without a browser. It authenticates and opens views like link.js.

    ``credentials`` are the values that link.js stores in the session storage of the tab.
    """

    def __init__(self, port: int, **headers: Any) -> None:
        self.port = port
        self.socket = Socket(port, **headers)
        self.nonce = secrets.token_hex(16)
        self.challenge: dict[str, Any] = {}
        self.credentials: dict[str, str] = {}
        self.welcomed: dict[str, Any] = {}

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def close(self) -> None:
        self.socket.close()

    def redeem(self, ticket: str) -> Page:
        """Authenticate with a ticket. Raises `Closed` if it is refused."""
        self.socket.send({"t": "hello", "nonce": self.nonce, "ticket": ticket})
        return self._welcome()

    def ask(self, credentials: dict[str, str], fresh: bool = False) -> str:
        """Send the credentials and return the server's nonce. The attribute ``challenge`` then
        contains the server's proof of the key.
        """
        self.credentials = credentials
        names = {name: credentials[name] for name in ("window", "user", "label")}
        self.socket.send({"t": "hello", "nonce": self.nonce, "fresh": fresh, **names})
        self.challenge = self.socket.receive()
        assert self.challenge["t"] == "challenge", self.challenge
        nonce: str = self.challenge["nonce"]
        return nonce

    def server_is_proven(self) -> bool:
        """Whether the server has proved that it knows the key. link.js has the same check."""
        expected = proof(self.credentials["key"], "server", self.nonce, self.challenge["nonce"])
        return bool(expected == self.challenge["proof"])

    def answer(self, text: str | None = None) -> Page:
        """Answer the challenge with the proof of the key, or with ``text``."""
        if text is None:
            text = proof(self.credentials["key"], "client", self.nonce, self.challenge["nonce"])
        self.socket.send({"t": "proof", "proof": text})
        return self._welcome()

    def reconnect(self, credentials: dict[str, str], fresh: bool = False) -> Page:
        """Authenticate with a window key. Raises `Closed` if it is refused."""
        self.ask(credentials, fresh)
        return self.answer()

    def attach(self, url: str = "/counter/") -> dict[str, Any]:
        """Show ``url`` and return the first message with a frame."""
        self.socket.send({"t": "attach", "url": url})
        return self.frame()

    def frame(self) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = self.socket.receive()
            if "frame" in message:
                return message

    def _welcome(self) -> Page:
        try:
            self.welcomed = self.socket.receive()
        except BaseException:
            self.socket.close()
            raise
        assert self.welcomed["t"] == "welcome", self.welcomed
        if "key" in self.welcomed:
            self.credentials = {
                name: self.welcomed[name] for name in ("window", "user", "label", "key")
            }
        return self


def ticket_of(address: str) -> str:
    return urlsplit(address).fragment


def new_page(server: Server, **headers: Any) -> Page:
    """Open a window with a new ticket."""
    return Page(port_of(server), **headers).redeem(ticket_of(server.address("/")))


def works(server: Server) -> bool:
    """Whether a new window can connect and show a view."""
    with new_page(server) as page:
        return SECRET_TEXT in json.dumps(page.attach("/counter/"))


# processes of the app ---------------------------------------------------------------------------


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that writes below ``home`` and has no display."""
    variables = {name: value for name, value in os.environ.items()
                 if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}  # fmt: skip
    return {**variables, "EVERVIEW_HOME": str(home), "PYTHONPATH": f"{ROOT / 'shell'}{os.pathsep}{ROOT}", "BROWSER": "false", **more}


class Serving:
    """``everview serve`` in a process. The first line of its output is its address."""

    def __init__(
        self, home: Path, *arguments: str, command: Sequence[str] = ("-m", "everview", "serve"),
        preexec_fn: Callable[[], object] | None = None, folder: Path = ROOT, **more: str,
    ) -> None:  # fmt: skip
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.errors = home.parent / f"{home.name}.stderr"
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, *command, *arguments], cwd=folder, env=environment(home, **more),
                stdout=subprocess.PIPE, stderr=errors, text=True,
                preexec_fn=preexec_fn,  # noqa: PLW1509  (the tests set umask and uid)
            )  # fmt: skip
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    def __enter__(self) -> Serving:
        secure = "--certificate" in self.process.args
        starts = ("https://127.0.0.1:", "https://app.test:") if secure else "http://127.0.0.1:"
        assert self.address.startswith(starts), (self.address, self.stderr())
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    @property
    def port(self) -> int:
        port = urlsplit(self.address).port
        assert port is not None
        return port

    def page(self) -> Page:
        """Open a window with the ticket of the printed address."""
        return Page(self.port).redeem(ticket_of(self.address))

    def stderr(self) -> str:
        return self.errors.read_text()

    def wait(self) -> int:
        """Wait until the process has ended and return its exit code."""
        return self.process.wait(PATIENCE)

    def end(self) -> int:
        """End the process with SIGTERM, and return the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()


def everview(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the app and return its result."""
    return subprocess.run(
        [sys.executable, "-m", "everview", *arguments], cwd=ROOT, env=environment(home, **more),
        capture_output=True, text=True, timeout=4 * PATIENCE, check=False,
    )  # fmt: skip
