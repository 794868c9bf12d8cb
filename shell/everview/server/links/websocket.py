"""`WebSocket`: the server's end of a websocket (RFC 6455), once aiohttp has answered its handshake.

aiohttp's own end puts what it reads into a queue, and a task takes it from there, nine coroutines
deep: a twentieth of a click (docs/performance.md). Here a message is taken as soon as it is read.
There are no extensions: links are not compressed.

Messages are received one by one (`receive`), or all as they come (`receive_all`). What
nobody asks for stays with the sender, but for what one read of the socket brings.

Threads: the server thread. Guarantees: sending never blocks and never raises; no message is longer
than `MAX_MESSAGE`; a connection ends `CLOSE_TIME` after its close at the latest.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import lru_cache

from everview.errors import LinkError
from everview.runtime.windows.messages import MAX_MESSAGE

log = logging.getLogger("everview.link")

#: Seconds the other side has to answer a close; then the connection is dropped. Who is refused
#: and does not answer holds it no longer than that.
CLOSE_TIME = 1.0
#: Bytes that wait to be sent above which a link is cut: its page has stopped reading, and still
#: asks. When it is back it gets a snapshot.
UNSENT_KEPT = 64_000_000
#: What a link may say in a second: frames, each counting one more for every 4,096 bytes of it.
#: Above it is read later, and nothing is lost. A page says some hundred at most.
RATE = 4000
#: How often that is looked at, in frames.
BURST = 500
#: Longest message that is kept as a frame for the next window, in bytes.
SHARED = 64_000

#: Opcodes (RFC 6455, 5.2). From `CLOSE` on they are of control frames.
CONTINUATION, TEXT, CLOSE, PING, PONG = 0x0, 0x1, 0x8, 0x9, 0xA
FINAL = 0x80
#: The code of a close (RFC 6455, 7.4.1) by a server that ends.
GOING_AWAY = 1001


class WebSocket(asyncio.Protocol):
    """Takes ``transport`` over; of what comes, ``allowed`` bytes are read before `accept`.

    ``closed``: nothing is sent any more. ``ended``: done when nothing more will be heard; with what
    failed, a `LinkError` if that was the other side. ``disconnected``: done when the connection is.
    """

    def __init__(self, transport: asyncio.Transport, allowed: int) -> None:
        self._transport = transport
        self._before = transport.get_protocol()
        self._loop = asyncio.get_running_loop()
        self._allowed: int | None = allowed
        self._pace = Pace(self._loop.time)
        #: Who gets the next message; None: nobody wants one now.
        self._take: Callable[[bytes], None] | None = None
        self._asked: asyncio.Future[bytes] | None = None
        #: What has not been looked at, and how much of it is needed for that.
        self._unread = bytearray()
        self._needed = 0
        #: What has come of a message in fragments.
        self._fragments: bytearray | None = None
        self._is_slowed = self._is_paused = self._is_broken = False
        self._drop: asyncio.TimerHandle | None = None
        self.closed = False
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self.disconnected: asyncio.Future[None] = self._loop.create_future()
        transport.set_protocol(self)

    # sending -----------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send a message, the text ``data``; nothing if the socket is closed."""
        self._write(shared_frame(data) if len(data) < SHARED else frame_of(TEXT, data))

    def close(self, code: int, reason: str) -> None:
        """Say goodbye; what else comes is not heard. Who is `GOING_AWAY` waits for no answer."""
        if self.disconnected.done():
            return
        self._say_close(code.to_bytes(2, "big") + reason.encode())
        if code == GOING_AWAY:
            self._transport.close()
            return
        # On to the other side's answer.
        self._take = _ignore
        self._go_on()

    def _say_close(self, payload: bytes) -> None:
        self._write(frame_of(CLOSE, payload))
        self.closed = True
        if self._drop is None:
            self._drop = self._loop.call_later(CLOSE_TIME, self._transport.abort)
        self._end(None)

    def _write(self, frame: bytes) -> None:
        if self.closed or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > UNSENT_KEPT:
            log.warning("a window does not read what it is sent: its link is cut")
            self._transport.abort()
            return
        self._transport.write(frame)

    # hearing -----------------------------------------------------------------------------------

    async def receive(self) -> bytes:
        """The next message. Raises `LinkError` if there will be none."""
        if self.ended.done():
            await self.ended
            raise LinkError("the link has ended")
        asked: asyncio.Future[bytes] = self._loop.create_future()
        self._asked = asked
        self._take = self._answer
        self._go_on()
        try:
            return await asked
        finally:
            self._asked = None
            if self._take == self._answer:
                self._take = None

    def _answer(self, data: bytes) -> None:
        self._take = None
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(data)

    def receive_all(self, take: Callable[[bytes], None]) -> None:
        """Call ``take`` with each message from now on; what it raises ends the socket."""
        if not self.ended.done():
            self._take = take
            self._go_on()

    def accept(self) -> None:
        """The other side has proved its right: it may say more."""
        self._allowed = None

    def data_received(self, data: bytes) -> None:
        if self._is_broken:
            return
        if self._allowed is not None:
            self._allowed -= len(data)
            if self._allowed < 0:
                # What is more is not even put together.
                self._break(LinkError("more than a proof"))
                return
        if self._unread or self._take is None or self._is_slowed:
            self._unread += data
            if self._take is None or self._is_slowed:
                self._pause()
                return
            if len(self._unread) < self._needed:
                return
            data = bytes(self._unread)
        self._read(data)

    def _read(self, data: bytes) -> None:
        """Take the frames in ``data``, which is all there is; what is left of it waits."""
        if self._unread:
            self._unread = bytearray()  # now: who takes a message may close, and read on
        start = 0
        try:
            while (
                self._take is not None and not self._is_slowed and (end := self._frame(data, start))
            ):
                start = end
        except LinkError as error:
            self._break(error)
            return
        if start < len(data) and not self._is_broken:
            self._unread += data[start:]

    def _frame(self, data: bytes, start: int) -> int:
        """Take the frame at ``start``; returns its end, 0 if it is not there as a whole."""
        head = data[start : start + 10]
        size, at = (head[1] & 0x7F, 2) if len(head) > 1 else (0, 2)
        if size > 125:
            at = 4 if size == 126 else 10
            size = int.from_bytes(head[2:at], "big")
        if len(head) < at:
            self._needed = at
            return 0
        self._needed = at + 4 + size
        if head[0] & 0x70 or not head[1] & 0x80:
            raise LinkError("a frame of no known kind, or not masked")
        kind = head[0] & 0x0F
        begun = 0 if self._fragments is None else len(self._fragments)
        if size > (125 if kind >= CLOSE else MAX_MESSAGE - begun):
            raise LinkError("the message is too large")
        end = start + self._needed
        if end > len(data):
            return 0
        begin = end - size
        payload = masked(data[begin:end], data[begin - 4 : begin])
        self._take_frame(kind, bool(head[0] & FINAL), payload)
        if (seconds := self._pace.over(size)) is not None:
            self._is_slowed = True
            self._loop.call_later(seconds, self._is_fast)
        return end

    def _take_frame(self, kind: int, is_final: bool, payload: bytes) -> None:
        if kind == TEXT and is_final and self._fragments is None:
            self._hand_over(payload)
        elif kind in (TEXT, CONTINUATION):
            self._take_fragment(kind, is_final, payload)
        elif not is_final:
            raise LinkError("a control frame in fragments")
        elif kind == PING:
            self._write(frame_of(PONG, payload))
        elif kind == CLOSE:
            if not self.closed:
                self._say_close(payload[:2])
            self._take = None
            self._transport.close()
        elif kind != PONG:
            raise LinkError("only text is understood")

    def _take_fragment(self, kind: int, is_final: bool, payload: bytes) -> None:
        if (kind == TEXT) != (self._fragments is None):
            raise LinkError("fragments of no message")
        if self._fragments is None:
            self._fragments = bytearray()
        self._fragments += payload  # in place: there may be many
        if is_final:
            message, self._fragments = bytes(self._fragments), None
            self._hand_over(message)

    def _hand_over(self, message: bytes) -> None:
        assert self._take is not None  # noqa: S101  (nothing is read otherwise)
        try:
            self._take(message)
        except Exception as error:  # noqa: BLE001  (carried to who waits for the end)
            self._end(error)

    # holding back, and ending ------------------------------------------------------------------

    def _is_fast(self) -> None:
        self._is_slowed = False
        self._go_on()

    def _pause(self) -> None:
        if not self._is_paused and not self._transport.is_closing():
            self._is_paused = True
            self._transport.pause_reading()

    def _go_on(self) -> None:
        """Somebody takes messages again."""
        if self._unread and not self._is_slowed and not self._is_broken:
            self._read(bytes(self._unread))
        if self._is_paused and self._take is not None and not self._transport.is_closing():
            self._is_paused = False
            self._transport.resume_reading()

    def _break(self, error: LinkError) -> None:
        """The other side does not keep to the protocol: nothing more of it can be understood."""
        self._is_broken = True
        self._unread.clear()
        self._end(error)

    def _end(self, error: Exception | None) -> None:
        self._take = None
        if not self.ended.done():
            if error is None:
                self.ended.set_result(None)
            else:
                self.ended.set_exception(error)
                self.ended.exception()  # nobody need ask
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(error or LinkError("the link has ended"))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._drop is not None:
            self._drop.cancel()
        self.closed = True
        self._end(None)
        if not self.disconnected.done():
            self.disconnected.set_result(None)
        self._before.connection_lost(exc)


class Pace:
    """Keeps a link from saying more than `RATE`: `over` says how long to wait before more is read.

    All that one read of a socket brings is in hand at once otherwise, and no other window is heard
    meanwhile.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._said = 0
        self._since = clock()

    def over(self, size: int) -> float | None:
        """A frame of ``size`` bytes came; seconds to wait, or None."""
        self._said += 1 + size // 4096
        if self._said < BURST:
            return None
        now = self._clock()
        wait = self._said / RATE - (now - self._since)
        self._said = 0
        self._since = now + max(wait, 0.0)
        return max(wait, 0.0)


def frame_of(kind: int, payload: bytes) -> bytes:
    """A final frame that is not masked: one of a server's."""
    size = len(payload)
    if size < 126:
        return bytes((FINAL | kind, size)) + payload
    if size < 65_536:
        return bytes((FINAL | kind, 126)) + size.to_bytes(2, "big") + payload
    return bytes((FINAL | kind, 127)) + size.to_bytes(8, "big") + payload


@lru_cache(maxsize=1)
def shared_frame(data: bytes) -> bytes:
    """Many windows are sent the same, one after the other."""
    return frame_of(TEXT, data)


def masked(data: bytes, mask: bytes) -> bytes:
    """``data`` with the mask of a frame put on, or taken off (RFC 6455, 5.3)."""
    size = len(data)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "little")
    return (int.from_bytes(data, "little") ^ key).to_bytes(size, "little")


def _ignore(data: bytes) -> None:
    """What comes after the close."""
