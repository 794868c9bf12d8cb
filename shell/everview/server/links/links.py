"""Links: the websockets of windows. docs/protocol.md describes what goes over them.

A link proves its right first (`Links.prove`), within `PROOF_TIME`. Few unproven links are kept:
one more closes the oldest, so that who holds many open keeps nobody else out. After some wrong
proofs every further answer waits a second.

Threads: the server thread.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections import OrderedDict
from typing import Any

from aiohttp import web

from everview.errors import LinkError
from everview.runtime.runtime import Runtime
from everview.runtime.windows.connection import Connection
from everview.runtime.windows.messages import AnyMessage, Hello, Proof, decode, encode
from everview.runtime.windows.window import Window
from everview.server.access.connections import mark_authenticated
from everview.server.access.keys import Identity, Keys, proof
from everview.server.links.websocket import WebSocket

log = logging.getLogger("everview.link")

#: Seconds a link has to prove its right.
PROOF_TIME = 5.0
#: Links that have not proved their right, kept at once, and the bytes that each may send; a proof
#: takes less than a thousand.
UNPROVEN_KEPT = 32
UNPROVEN_SIZE = 4096
#: Wrong proofs in a row before answers are delayed, and the delay in seconds.
WRONG_FREE = 10
WRONG_DELAY = 1.0
#: Broken links that are noted in the log in so many seconds; further ones are counted.
WARNINGS, WARN_EVERY = 20, 60.0

#: Close codes, beside the standard's: the page tells a person what to do (client/replica/link.js).
REFUSED, BROKEN = 4403, 4400


class Links:
    """Accepts links for one runtime."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        self._runtime = runtime
        self._keys = keys
        self._unproven: OrderedDict[WebSocket, None] = OrderedDict()
        self._wrong = 0
        self._warned = 0
        self._warned_since = float("-inf")

    def _warn(self, error: LinkError) -> None:
        """Note what broke a link; not each: who reaches the port could fill the log."""
        now = asyncio.get_running_loop().time()
        if now - self._warned_since >= WARN_EVERY:
            if self._warned > WARNINGS:
                log.warning("%d more links broke the protocol", self._warned - WARNINGS)
            self._warned, self._warned_since = 0, now
        self._warned += 1
        if self._warned <= WARNINGS:
            # As a literal, and short: it may hold what the other side wrote.
            log.warning("a link broke the protocol: %r", str(error)[:200])

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one link until it closes."""
        response = web.WebSocketResponse(compress=False)
        await response.prepare(request)
        assert request.transport is not None  # noqa: S101  (it is there while it is answered)
        socket = WebSocket(request.transport, UNPROVEN_SIZE)
        window: Window | None = None
        try:
            window = await self._admit(socket, request)
            if window is not None:
                await self._hear(socket, window)
        except LinkError as error:
            # Closed already: the other side went away, or `_admit` had too many.
            if not socket.closed:
                self._warn(error)
                socket.close(BROKEN, "not understood")
        finally:
            if window is not None:
                self._runtime.disconnect(window, socket)
        await socket.gone
        return response

    async def _hear(self, socket: WebSocket, window: Window) -> None:
        """Take what the window says until its link ends. Raises `LinkError`."""
        runtime = self._runtime
        if runtime.middlewares.have("handle_websocket_message"):
            while not socket.ended.done():
                await runtime.receive_checked(window, _message(await socket.receive()))
        else:
            socket.hear(lambda data: runtime.receive(window, _message(data)))
            await socket.ended

    async def _admit(self, socket: WebSocket, request: web.Request) -> Window | None:
        while len(self._unproven) >= UNPROVEN_KEPT:
            oldest, _ = self._unproven.popitem(last=False)
            oldest.close(REFUSED, "too many links")
        self._unproven[socket] = None
        try:
            try:
                async with asyncio.timeout(PROOF_TIME):
                    admitted = await self._prove(socket)
            except TimeoutError:
                admitted = None
            if admitted is None:
                # Still one of the few: waiting for the refusal costs no more than for the proof.
                self._wrong += 1
                if self._wrong > WRONG_FREE:
                    await asyncio.sleep(WRONG_DELAY)
                socket.close(REFUSED, "no access")
                return None
        finally:
            self._unproven.pop(socket, None)
        self._wrong = 0
        socket.trust()
        mark_authenticated(request)
        window_id, identity, told, welcome = admitted
        connection = Connection(
            identity.user, window_id, identity.label, request.remote or "", request.headers
        )
        user = await self._runtime.admit(connection)
        if user is None:
            socket.close(REFUSED, "no access")
            return None
        window = self._runtime.connect(window_id, user, identity.label, socket, connection, told)
        socket.send(encode({**welcome, "acknowledged": window.acknowledged,
                            "received": window.received}))  # fmt: skip
        return window

    async def _prove(
        self, socket: WebSocket
    ) -> tuple[str, Identity, int | None, dict[str, Any]] | None:
        hello = await self._receive(socket, Hello)
        welcome: dict[str, Any] = {"t": "welcome", "epoch": self._runtime.epoch}
        if hello.ticket:
            identity = self._keys.redeem(hello.ticket)
            if identity is None:
                return None
            window_id = secrets.token_hex(16)
            welcome |= self._credentials(window_id, identity)
            return window_id, identity, None, welcome
        identity = Identity(hello.user, hello.label)
        key = self._keys.window_key(hello.window, identity)
        nonce = secrets.token_hex(16)
        challenge = {"t": "challenge", "nonce": nonce,
                     "proof": proof(key, "server", hello.nonce, nonce)}  # fmt: skip
        socket.send(encode(challenge))
        answer = await self._receive(socket, Proof)
        expected = proof(key, "client", hello.nonce, nonce)
        # As bytes: of texts, only ASCII can be compared.
        if not hmac.compare_digest(answer.proof.encode(), expected.encode()):
            return None
        window_id = hello.window
        known = self._runtime.windows.get(window_id)
        if known is not None and known.transport is not None and hello.fresh:
            # A duplicated tab has a copy of the session storage: it is a window of its own.
            window_id = secrets.token_hex(16)
            welcome |= self._credentials(window_id, identity)
        return window_id, identity, None if hello.fresh else answer.told, welcome

    def _credentials(self, window_id: str, identity: Identity) -> dict[str, str]:
        return {
            "window": window_id,
            "user": identity.user,
            "label": identity.label,
            "key": self._keys.window_key(window_id, identity),
        }

    async def _receive(self, socket: WebSocket, kind: type[Any]) -> Any:
        data = await socket.receive()
        if len(data) > 2000:
            raise LinkError("a link starts with its proof")
        decoded = decode(data)
        if not isinstance(decoded, kind):
            raise LinkError("a link starts with its proof")
        return decoded


def _message(data: bytes) -> AnyMessage:
    """What a window says that has proved its right. Raises `LinkError`."""
    message = decode(data)
    if isinstance(message, Hello | Proof):
        raise LinkError("a link has proved its right once")
    return message
