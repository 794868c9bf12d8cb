"""Links: the websockets of windows. docs/protocol.md describes what goes over them.

A link proves its right first (`Links.prove`), within `PROOF_TIME`. Few unproven links are kept:
one more closes the oldest, so that who holds many open keeps nobody else out. After some wrong
proofs every further answer waits a second.

Threads: the server thread. Guarantees: sending never blocks and never raises.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from aiohttp import WSMsgType, web

from shell.errors import LinkError
from shell.runtime.connection import Connection
from shell.runtime.messages import MAX_MESSAGE, Hello, Proof, decode, encode
from shell.runtime.runtime import Runtime
from shell.runtime.window import Window
from shell.server.connections import Connection as TcpConnection
from shell.server.keys import Identity, Keys, proof

log = logging.getLogger("everview.link")

#: Seconds a link has to prove its right.
PROOF_TIME = 5.0
#: Links that have not proved their right, kept at once.
UNPROVEN_KEPT = 32
#: Wrong proofs in a row before answers are delayed, and the delay in seconds.
WRONG_FREE = 10
WRONG_DELAY = 1.0
#: Seconds the other side has to answer a close; then the connection is dropped. Who is refused
#: and does not answer holds it no longer than that.
CLOSE_TIME = 1.0
#: aiohttp awaits the socket's drain above this many bytes. Credit bounds what is in flight
#: (`Window.ready`), so a send is never to wait.
NO_LIMIT = 2**62
#: Bytes that wait to be sent above which a link is cut: its page has stopped reading, and still
#: asks. When it is back it gets a snapshot.
UNSENT_KEPT = 64_000_000
#: What a link may say in a second: messages, each counting one more for every 4,096 bytes of it.
#: Above it is read later, and nothing is lost. A page says some hundred at most.
RATE = 4000
#: How often that is looked at, in messages.
BURST = 500

#: Longest message that is kept as a frame for the next window, in bytes.
SHARED = 64_000

#: Broken links that are noted in the log in so many seconds; further ones are counted.
WARNINGS, WARN_EVERY = 20, 60.0

#: Close codes, beside the standard's: the page tells a person what to do (client/link.js).
REFUSED, BROKEN = 4403, 4400


class SocketTransport:
    """Sends on one websocket without waiting.

    Text frames are written by us: aiohttp's way, a coroutine through three layers, is a tenth of a
    click. What is written is one frame at a time, so that aiohttp's own (pongs, the close) fit in.
    """

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport) -> None:
        self._socket = socket
        self._transport = transport

    def send(self, data: bytes) -> None:
        self._write(shared_frame(data) if len(data) < SHARED else text_frame(data))

    def pong(self, data: bytes) -> None:
        """Answer a ping; aiohttp would do so without a limit."""
        self._write(bytes((0x8A, len(data))) + data)

    def _write(self, frame: bytes) -> None:
        if self._socket.closed or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > UNSENT_KEPT:
            log.warning("a window does not read what it is sent: its link is cut")
            self._transport.abort()
            return
        self._transport.write(frame)

    def close(self, code: int, reason: str) -> None:
        close_soon(self._socket, code, reason)


def close_soon(socket: web.WebSocketResponse, code: int, reason: str) -> None:
    """Close a websocket without waiting for the other side's answer."""
    task = asyncio.get_running_loop().create_task(socket.close(code=code, message=reason.encode()))
    _closing.add(task)
    task.add_done_callback(_closing.discard)


def text_frame(data: bytes) -> bytes:
    """``data`` as a final, unmasked text frame (RFC 6455, 5.2)."""
    size = len(data)
    if size < 126:
        return bytes((0x81, size)) + data
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + data
    return b"\x81\x7f" + size.to_bytes(8, "big") + data


#: Many windows are sent the same, one after the other.
shared_frame = lru_cache(maxsize=1)(text_frame)


_closing: set[asyncio.Task[Any]] = set()


class Pace:
    """Keeps a link from saying more than `RATE`: `over` says how long to wait before more is read.

    A whole burst is in hand at once otherwise (aiohttp gives what it has without a pause), and no
    other window is heard meanwhile.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._said = 0
        self._since = clock()

    def over(self, size: int) -> float | None:
        """A message of ``size`` bytes came; seconds to wait, or None."""
        self._said += 1 + size // 4096
        if self._said < BURST:
            return None
        now = self._clock()
        wait = self._said / RATE - (now - self._since)
        self._said = 0
        self._since = now + max(wait, 0.0)
        return max(wait, 0.0)


class Links:
    """Accepts links for one runtime."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        self._runtime = runtime
        self._keys = keys
        self._unproven: OrderedDict[web.WebSocketResponse, None] = OrderedDict()
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
        socket = web.WebSocketResponse(
            compress=False,
            max_msg_size=MAX_MESSAGE,
            writer_limit=NO_LIMIT,
            decode_text=False,
            autoping=False,
            timeout=CLOSE_TIME,
        )
        tcp = request.protocol
        if isinstance(tcp, TcpConnection):
            tcp.limit(lambda: close_soon(socket, BROKEN, "not understood"))
        await socket.prepare(request)
        assert request.transport is not None  # noqa: S101  (it is there while it is answered)
        transport = SocketTransport(socket, request.transport)
        window: Window | None = None
        try:
            window = await self._admit(socket, transport, request)
            if window is not None:
                await self._hear(socket, transport, window)
        except LinkError as error:
            # Closed already: the other side went away, or `_admit` had too many.
            if not socket.closed:
                self._warn(error)
                await socket.close(code=BROKEN, message=b"not understood")
        finally:
            if window is not None:
                self._runtime.disconnect(window, transport)
        return socket

    async def _hear(
        self, socket: web.WebSocketResponse, transport: SocketTransport, window: Window
    ) -> None:
        """Take what the window says until its link ends. Raises `LinkError`."""
        runtime = self._runtime
        is_heard = runtime.middlewares.have("handle_websocket_message")
        pace = Pace(asyncio.get_running_loop().time)
        async for message in socket:
            data = message.data
            if message.type is WSMsgType.TEXT:
                decoded = decode(data)
                if isinstance(decoded, Hello | Proof):
                    raise LinkError("a link has proved its right once")
                if is_heard:
                    await runtime.hear(window, decoded)
                else:
                    runtime.receive(window, decoded)
            elif message.type is WSMsgType.PING:
                transport.pong(data)
            elif message.type is not WSMsgType.PONG:
                raise LinkError("only text is understood")
            if (seconds := pace.over(len(data))) is not None:
                await asyncio.sleep(seconds)

    async def _admit(
        self, socket: web.WebSocketResponse, transport: SocketTransport, request: web.Request
    ) -> Window | None:
        while len(self._unproven) >= UNPROVEN_KEPT:
            oldest, _ = self._unproven.popitem(last=False)
            close_soon(oldest, REFUSED, "too many links")
        self._unproven[socket] = None
        try:
            try:
                async with asyncio.timeout(PROOF_TIME):
                    admitted = await self._prove(socket, transport)
            except TimeoutError:
                admitted = None
            if admitted is None:
                # Still one of the few: waiting for the refusal costs no more than for the proof.
                self._wrong += 1
                if self._wrong > WRONG_FREE:
                    await asyncio.sleep(WRONG_DELAY)
                await socket.close(code=REFUSED, message=b"no access")
                return None
        finally:
            self._unproven.pop(socket, None)
        self._wrong = 0
        if isinstance(request.protocol, TcpConnection):
            request.protocol.is_proven()
        window_id, identity, told, welcome = admitted
        connection = Connection(
            identity.user, window_id, identity.label, request.remote or "", request.headers
        )
        user = await self._runtime.admit(connection)
        if user is None:
            await socket.close(code=REFUSED, message=b"no access")
            return None
        window = self._runtime.connect(window_id, user, identity.label, transport, connection, told)
        transport.send(encode({**welcome, "acknowledged": window.acknowledged,
                               "received": window.received}))  # fmt: skip
        return window

    async def _prove(
        self, socket: web.WebSocketResponse, transport: SocketTransport
    ) -> tuple[str, Identity, int | None, dict[str, Any]] | None:
        hello = await self._receive(socket, transport, Hello)
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
        await socket.send_frame(encode(challenge), WSMsgType.TEXT)
        answer = await self._receive(socket, transport, Proof)
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

    async def _receive(
        self, socket: web.WebSocketResponse, transport: SocketTransport, kind: type[Any]
    ) -> Any:
        while (message := await socket.receive()).type in (WSMsgType.PING, WSMsgType.PONG):
            if message.type is WSMsgType.PING:
                transport.pong(message.data)
        if message.type is not WSMsgType.TEXT or len(message.data) > 2000:
            raise LinkError("a link starts with its proof")
        decoded = decode(message.data)
        if not isinstance(decoded, kind):
            raise LinkError("a link starts with its proof")
        return decoded
