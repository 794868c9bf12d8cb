"""`Connections` limits the TCP connections of the server.

Every web page and every account of the machine can open a connection to the port. So the server
spends little on a client until it is authenticated (T11):

- The head of a request has at most `HEAD_SIZE` bytes and must arrive within `IDLE_TIME` seconds.
- A connection without a request is closed after `IDLE_TIME` seconds.
- At most `MAX_UNAUTHENTICATED` unauthenticated connections are open. If another one is opened, the
  server closes the oldest connection that has sent no request, or else the oldest connection. A
  connection counts from the moment it is accepted. The TLS server of asyncio would create it only
  after its handshake, so silent clients could use up all descriptors of the process without being
  counted.
- Request bodies are never decompressed: a small body stays small.

aiohttp answers requests that it cannot parse before any middleware runs. This module adds our
headers to those answers and keeps them out of the log.

Threads: the server thread.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

logger = logging.getLogger("everview.http")

#: Maximum number of open connections that are not authenticated. A page opens six at once.
MAX_UNAUTHENTICATED = 256
#: On a new connection, and after each answer, the next request must arrive within this number of
#: seconds.
IDLE_TIME = 15.0
#: Maximum size of the head of one request, in bytes. Browsers send the cookies of all servers on
#: 127.0.0.1, whatever their port, so the head of a harmless request may be large.
HEAD_SIZE = 256 * 1024
#: Maximum size of one header, in bytes. It is below `HEAD_SIZE`, so that the server can still
#: answer that the header is too large.
FIELD_SIZE = 192 * 1024
#: If no byte of an unfinished request body arrives for this number of seconds, the connection is
#: closed.
BODY_TIME = 30.0
TOO_LARGE = (
    "The request is too large. If this is a browser, it has too many cookies for this address, "
    "which all programs on this computer share. Delete its cookies, or use another browser."
)
#: A client must finish the TLS handshake within this number of seconds.
HANDSHAKE_TIME = 10.0
#: If the system refuses a connection, for example because the process has too many open files, the
#: server waits this number of seconds before it accepts again.
ACCEPT_PAUSE = 0.2


class Handshake:
    """The TLS handshake of one accepted connection."""

    #: A TLS handshake has not sent a request yet, so it is closed before connections that have.
    has_sent_request = False

    def __init__(
        self, connections: Connections, context: ssl.SSLContext, accepted: socket.socket
    ) -> None:
        self._connections = connections
        self._task = asyncio.get_running_loop().create_task(self._run(context, accepted))
        # If the task is cancelled before it begins, only this callback closes the socket.
        self._task.add_done_callback(lambda task: accepted.close() if task.cancelled() else None)
        connections.add(self)

    def abort(self) -> None:
        """Close the connection without an answer."""
        self._task.cancel()

    async def _run(self, context: ssl.SSLContext, accepted: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                partial(self._connections.create, self), accepted, ssl=context,
                ssl_handshake_timeout=HANDSHAKE_TIME,
            )  # fmt: skip
        except OSError as error:
            # Log at debug level only, because any client that reaches the port could otherwise
            # fill the log with failed handshakes.
            logger.debug("TLS handshake failed: %r", str(error)[:200])
        finally:
            self._connections.discard(self)


class Connection(web.RequestHandler):
    """One connection of aiohttp, with the limits of this module."""

    __slots__ = ("_body_timer", "_connections", "_handshake", "_head_size", "_last_data")

    # aiohttp's options are passed through unchanged.
    def __init__(
        self,
        connections: Connections,
        manager: web.Server,
        handshake: Handshake | None,
        **options: Any,
    ) -> None:
        super().__init__(manager, **options)
        self._connections = connections
        self._handshake = handshake
        self._head_size = 0
        #: When the last bytes arrived, by the clock of the loop.
        self._last_data = 0.0
        self._body_timer: asyncio.TimerHandle | None = None

    @property
    def has_sent_request(self) -> bool:
        """Whether the client has sent a complete request."""
        return self._request_count > 0

    @property
    def _awaits_head(self) -> bool:
        """Whether the connection waits for the head of a request and does nothing else."""
        is_idle = self._waiter is not None and not self._waiter.done()
        return is_idle or not self.has_sent_request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._handshake is not None:
            self._connections.discard(self._handshake)
            self._handshake = None
        self._connections.add(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._connections.discard(self)
        if self._body_timer is not None:
            self._body_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._last_data = self._loop.time()
        awaited_head = self._awaits_head
        super().data_received(data)
        self._head_size = self._head_size + len(data) if awaited_head and self._awaits_head else 0
        if self._head_size > HEAD_SIZE:
            self.abort()

    def mark_authenticated(self) -> None:
        """Mark the connection as authenticated, so that it no longer counts for the limit."""
        self._connections.discard(self)

    def watch_body(self, request: web.BaseRequest) -> None:
        """Close the connection if the body of ``request`` stalls for `BODY_TIME`."""
        if request.content.is_eof() or self.transport is None:
            return
        # The server itself pauses reading while it stores a part of the body.
        waited = 0.0 if self._reading_paused else self._loop.time() - self._last_data
        if waited >= BODY_TIME:
            self.abort()
        else:
            delay = BODY_TIME - waited
            self._body_timer = self._loop.call_later(delay, self.watch_body, request)

    def abort(self) -> None:
        """Close the connection without an answer."""
        if self.transport is not None:
            self.transport.abort()
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that cannot be parsed, or whose handler failed."""
        if status >= 500 and not isinstance(exc, ConnectionError):
            response = super().handle_error(request, status, exc, message)
        else:
            # The error page of aiohttp would repeat data that the client sent. Log at debug level
            # only: any client that reaches the port could otherwise fill the log. A
            # ConnectionError means that the client closed the connection before the answer.
            logger.debug("invalid request: %r", str(exc)[:200])
            response = web.Response(status=status, text="Invalid request.")
            if isinstance(exc, LineTooLong):
                response = web.Response(status=431, text=TOO_LARGE)
            response.force_close()
        response.headers.update(self._connections.headers)
        return response


class Connections:
    """Creates the connections of a server, and limits the number of unauthenticated ones.

    Args:
        server: Handles the requests.
        headers: Added to the answers that aiohttp sends without calling one of our handlers.
    """

    def __init__(self, server: web.Server, headers: Mapping[str, str]) -> None:
        # Without this header, aiohttp would send its name and version.
        self.headers = {**headers, "Server": "Everview"}
        self._server = server
        self._unauthenticated: OrderedDict[Connection | Handshake, None] = OrderedDict()

    def create(self, handshake: Handshake | None = None) -> Connection:
        """Create a connection; this is the protocol factory of the event loop.

        Args:
            handshake: The TLS handshake that was done before, if there was one.
        """
        return Connection(
            self,
            self._server,
            handshake,
            loop=asyncio.get_running_loop(),
            access_log=None,
            keepalive_timeout=IDLE_TIME,
            max_line_size=16_384,
            max_field_size=FIELD_SIZE,
            auto_decompress=False,
            lingering_time=5.0,
        )

    def __len__(self) -> int:
        """The number of open connections that are not authenticated."""
        return len(self._unauthenticated)

    def add(self, connection: Connection | Handshake) -> None:
        """Add a new connection, and close another one if there are too many."""
        while len(self._unauthenticated) >= MAX_UNAUTHENTICATED:
            idle = (found for found in self._unauthenticated if not found.has_sent_request)
            oldest = next(idle, next(iter(self._unauthenticated)))
            self.discard(oldest)
            oldest.abort()
        self._unauthenticated[connection] = None

    def discard(self, connection: Connection | Handshake) -> None:
        """Stop counting a connection that has closed or is authenticated."""
        self._unauthenticated.pop(connection, None)


async def accept_with_tls(
    listener: socket.socket, connections: Connections, context: ssl.SSLContext
) -> None:
    """Accept connections until the task is cancelled.

    Args:
        listener: A bound socket.
        connections: Counts and creates the connections.
        context: The server side of TLS.
    """
    loop = asyncio.get_running_loop()
    while True:
        try:
            accepted, _ = await loop.sock_accept(listener)
        except OSError as error:
            logger.debug("a connection cannot be accepted: %s", error)
            await asyncio.sleep(ACCEPT_PAUSE)
            continue
        accepted.setblocking(False)
        Handshake(connections, context, accepted)


def watch_body(request: web.BaseRequest) -> None:
    """Close the connection of ``request`` if its body stalls."""
    if isinstance(request.protocol, Connection):
        request.protocol.watch_body(request)


def mark_authenticated(request: web.BaseRequest) -> None:
    """Mark the connection of ``request`` as authenticated: it had a valid ticket, token or key."""
    if isinstance(request.protocol, Connection):
        request.protocol.mark_authenticated()
