"""`Links`: the websockets of windows. docs/protocol.md describes the messages.

A link must authenticate within `PROOF_TIME`. The number of links that have not authenticated yet
is limited. If another one is opened, the server closes a random one of them, whose page then
connects again. A client that opens many links therefore does not lock other windows out. After
several failed authentications in a row, each further refusal is delayed by a second.

Threads: the server thread.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web
from websockets.frames import CloseCode

from everview.errors import LinkError
from everview.runtime.runtime import Runtime
from everview.runtime.windows.connection import Connection
from everview.runtime.windows.log_limit import LogLimit
from everview.runtime.windows.messages import Hello, Message, Proof, WindowMessage, decode, refused
from everview.runtime.windows.updates import Challenge, Welcome, encode
from everview.runtime.windows.window import Window
from everview.server.access.connections import mark_authenticated
from everview.server.access.keys import Identity, Keys, proof
from everview.server.links.websocket import WebSocket

logger = logging.getLogger("everview.link")

M = TypeVar("M", bound=Message)

#: A link must authenticate within this number of seconds.
PROOF_TIME = 5.0
#: The maximum number of links that have not authenticated, and the number of bytes that each of
#: them may send. Authentication needs less than a thousand bytes.
MAX_UNPROVEN = 128
UNPROVEN_SIZE = 4096
#: Maximum size of a message before authentication, in bytes.
PROOF_MESSAGE = 2000
#: The header for subprotocols. Our page never sends it, so a request with it is refused.
SUBPROTOCOL = "Sec-WebSocket-Protocol"
#: After this number of consecutive failed authentications, refusals are delayed by this number of
#: seconds.
WRONG_BEFORE_DELAY = 10
WRONG_DELAY = 1.0

#: Close codes of Everview, in addition to the standard ones. The page shows what the user can do
#: (client/replica/link.js).
REFUSED, BROKEN = 4403, 4400
#: Too many links have not authenticated yet. A page that gets this close code connects again.
TRY_AGAIN = CloseCode.TRY_AGAIN_LATER


@dataclass(frozen=True)
class Admission:
    """The result of a successful authentication.

    Args:
        window_id: the window that gets the link.
        identity: its owner and label.
        effects_received: number of the last effects that the page got; None if it was just loaded.
        is_new: the page has no key for the window yet.
    """

    window_id: str
    identity: Identity
    effects_received: int | None
    is_new: bool


class Links:
    """Accepts links for one runtime."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        self._runtime = runtime
        self._keys = keys
        self._unproven: dict[WebSocket, None] = {}
        self._wrong = 0
        self._warnings = LogLimit(logger, "links broke the protocol", runtime.loop.time)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one link until it closes."""
        if SUBPROTOCOL in request.headers:
            # Refuse the header of subprotocols: aiohttp would log it, and it may be 30 KB long.
            return web.Response(status=400, text="Links have no subprotocol.")
        response = web.WebSocketResponse(compress=False)
        await response.prepare(request)
        assert request.transport is not None  # noqa: S101  (it is set during a request)
        socket = WebSocket(request.transport, UNPROVEN_SIZE)
        window: Window | None = None
        try:
            window = await self._admit(socket, request)
            if window is not None:
                await self._serve(socket, window)
        except LinkError as error:
            # The socket may be closed already: by the client, or by `_admit` because of a newer
            # link. In these cases there is nothing to do.
            if not socket.closed:
                self._warnings.warn("a link broke the protocol", str(error)[:200])
                socket.close(BROKEN, "protocol error")
        finally:
            if window is not None:
                self._runtime.disconnect(window, socket)
        await socket.disconnected
        return response

    async def _serve(self, socket: WebSocket, window: Window) -> None:
        """Pass the messages of a window to the runtime until its link ends. Raises `LinkError`."""
        runtime = self._runtime
        if runtime.middlewares.have("handle_websocket_message"):
            while not socket.ended.done():
                message = self._window_message(window, await socket.receive())
                if message is not None:
                    await runtime.receive_checked(window, message)
        else:

            def receive(data: bytes) -> None:
                message = self._window_message(window, data)
                if message is not None:
                    runtime.receive(window, message)

            socket.receive_all(receive)
            await socket.ended

    def _window_message(self, window: Window, data: bytes) -> WindowMessage | None:
        """Decode a message of an accepted link.

        An invalid message is refused, but the link stays open: after a reconnect, the page would
        send the same message again.

        Returns:
            The message; None if it was refused.
        """
        try:
            message = decode(data)
        except LinkError as error:
            reason = str(error)
        else:
            if not isinstance(message, Hello | Proof):
                return message
            reason = "the link was accepted already"
        self._warnings.warn("a message of a window was refused", reason[:200])
        self._runtime.refuse(window, refused(data, reason))
        return None

    async def _admit(self, socket: WebSocket, request: web.Request) -> Window | None:
        """Authenticate the link and connect its window. Returns None if the link is refused."""
        admission = await self._proof_in_time(socket)
        if admission is None:
            return None
        self._wrong = 0
        socket.accept()
        mark_authenticated(request)
        window_id, identity = admission.window_id, admission.identity
        connection = Connection(
            identity.user, window_id, identity.label, request.remote or "", request.headers
        )
        user = await self._runtime.admit(connection)
        if user is None:
            socket.close(REFUSED, "no access")
            return None
        window = self._runtime.connect(
            window_id, user, identity.label, socket, connection, admission.effects_received
        )
        socket.send(encode(self._welcome(admission, window)))
        return window

    def _welcome(self, admission: Admission, window: Window) -> Welcome:
        welcome = Welcome(
            self._runtime.epoch, window.last_event_received, window.last_event_handled
        )
        if admission.is_new:
            identity = admission.identity
            welcome.window = admission.window_id
            welcome.user, welcome.label = identity.user, identity.label
            welcome.key = self._keys.window_key(admission.window_id, identity)
        return welcome

    async def _proof_in_time(self, socket: WebSocket) -> Admission | None:
        """Authenticate a link, which must prove its identity within `PROOF_TIME` seconds.

        Returns None if the authentication fails or takes too long. The link is then refused.
        """
        while len(self._unproven) >= MAX_UNPROVEN:
            # Close a random link. In a flood of links, the oldest one would always belong to the
            # slowest page.
            evicted = secrets.choice(list(self._unproven))
            del self._unproven[evicted]
            evicted.close(TRY_AGAIN, "too many links")
        self._unproven[socket] = None
        try:
            try:
                async with asyncio.timeout(PROOF_TIME):
                    admission = await self._prove(socket)
            except TimeoutError:
                admission = None
            if admission is None:
                # While its refusal is delayed, the link still counts as not authenticated.
                self._wrong += 1
                if self._wrong > WRONG_BEFORE_DELAY:
                    await asyncio.sleep(WRONG_DELAY)
                socket.close(REFUSED, "no access")
        finally:
            self._unproven.pop(socket, None)
        return admission

    async def _prove(self, socket: WebSocket) -> Admission | None:
        hello = await _receive(socket, Hello)
        if hello.ticket:
            identity = self._keys.redeem(hello.ticket)
            if identity is None:
                return None
            return Admission(secrets.token_hex(16), identity, None, is_new=True)
        identity = Identity(hello.user, hello.label)
        key = self._keys.window_key(hello.window, identity)
        nonce = secrets.token_hex(16)
        socket.send(encode(Challenge(nonce, proof(key, "server", hello.nonce, nonce))))
        answer = await _receive(socket, Proof)
        expected = proof(key, "client", hello.nonce, nonce)
        # Compare bytes, because compare_digest accepts only ASCII strings.
        if not hmac.compare_digest(answer.proof.encode(), expected.encode()):
            return None
        effects_received = None if hello.fresh else answer.effects
        known = self._runtime.windows.get(hello.window)
        if known is not None and known.transport is not None and hello.fresh:
            # A duplicated tab has a copy of the session storage of another tab. It becomes a new
            # window.
            return Admission(secrets.token_hex(16), identity, effects_received, is_new=True)
        return Admission(hello.window, identity, effects_received, is_new=False)


async def _receive(socket: WebSocket, kind: type[M]) -> M:
    """Receive a message of the authentication. Raises `LinkError` for any other message."""
    data = await socket.receive()
    if len(data) > PROOF_MESSAGE:
        raise LinkError("a link must authenticate before any other message")
    message = decode(data)
    if not isinstance(message, kind):
        raise LinkError("a link must authenticate before any other message")
    return message
