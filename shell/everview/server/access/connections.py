"""`Connections`: the TCP connections of the server: how many, for how long, how much they may say.

Every web page and every account of the machine can reach the port, so what comes before a proof is
small and short (T11): a request's head has `HEAD_SIZE` bytes and `IDLE_TIME` seconds, a connection
without a request as long. At most `KEPT` connections are open that have proved no right: of too
many, the oldest that has asked for nothing goes, then the oldest. Bodies are never decompressed:
what is small on the wire is small here.

aiohttp answers what it cannot parse by itself, before any route or middleware of ours: those
answers get our headers here, and one line of the log at most.

Threads: the server thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from aiohttp import web

log = logging.getLogger("everview.http")

#: Connections kept that have proved no right: a page needs six for a moment.
KEPT = 256
#: Seconds a connection has to say what it wants: its first request, and each one after.
IDLE_TIME = 15.0
#: Bytes of one request's head. Much of it may be cookies of other servers on this machine, which
#: browsers send to every port of it.
HEAD_SIZE = 64 * 1024


class Connection(web.RequestHandler):
    """One connection, as aiohttp serves it, with limits."""

    __slots__ = ("_connections", "_head")

    def __init__(self, connections: Connections, manager: web.Server, **options: Any) -> None:
        super().__init__(manager, **options)
        self._connections = connections
        self._head = 0

    @property
    def has_asked(self) -> bool:
        """Whether there was a request."""
        return self._request_count > 0

    @property
    def _asks(self) -> bool:
        """Whether the head of a request is awaited, and nothing else is on."""
        return not self.has_asked or (self._waiter is not None and not self._waiter.done())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connections.add(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._connections.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        asks = self._asks
        super().data_received(data)
        self._head = self._head + len(data) if asks and self._asks else 0
        if self._head > HEAD_SIZE:
            self.abort()

    def is_proven(self) -> None:
        """It is a window's link, or has shown another right: it is one of few no more."""
        self._connections.forget(self)

    def abort(self) -> None:
        """Drop it without a word."""
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
        """Answer what is no request, or what an answer of ours failed with."""
        if status >= 500 and not isinstance(exc, ConnectionError):
            response = super().handle_error(request, status, exc, message)
        else:
            # Not aiohttp's text, which repeats what was sent. Who left before the answer (a
            # ConnectionError) is nothing for the log: whoever reaches the port could fill it.
            log.debug("a request came to nothing: %r", str(exc)[:200])
            response = web.Response(status=status, text="This is not understood.")
            response.force_close()
        response.headers.update(self._connections.headers)
        return response


class Connections:
    """Makes connections for ``server``; ``headers`` go with every answer that is not ours."""

    def __init__(self, server: web.Server, headers: Mapping[str, str]) -> None:
        # aiohttp would say which version it is.
        self.headers = {**headers, "Server": "Everview"}
        self._server = server
        self._open: OrderedDict[Connection, None] = OrderedDict()

    def __call__(self) -> Connection:
        """A new connection: this is what the loop's ``create_server`` takes."""
        return Connection(
            self,
            self._server,
            loop=asyncio.get_running_loop(),
            access_log=None,
            keepalive_timeout=IDLE_TIME,
            max_line_size=16_384,
            max_field_size=32_768,
            auto_decompress=False,
            lingering_time=5.0,
        )

    def __len__(self) -> int:
        """How many there are that have proved no right."""
        return len(self._open)

    def add(self, connection: Connection) -> None:
        """One more; if that is too many, another goes."""
        while len(self._open) >= KEPT:
            silent = (found for found in self._open if not found.has_asked)
            oldest = next(silent, next(iter(self._open)))
            self.forget(oldest)
            oldest.abort()
        self._open[connection] = None

    def forget(self, connection: Connection) -> None:
        """It has ended, or has proved a right."""
        self._open.pop(connection, None)
