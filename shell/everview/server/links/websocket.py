"""`WebSocket` is the server's end of a websocket.

The `WebSocket` takes over the connection after aiohttp has answered the handshake.

The ``websockets`` package parses and builds frames (RFC 6455). The package does no I/O:
`data_received` passes the bytes to it, so that a message is handled as soon as it is read. The
websocket of aiohttp puts messages into a queue that a task reads. This would cost 5 % of the time
of a click (docs/performance.md). Links are not compressed.

This module adds the limits: bytes before authentication, size and rate of messages, unsent bytes,
and the time until a closed link is disconnected. Callers receive messages one by one (`receive`),
or pass a function that receives all messages (`receive_all`). While there is no receiver, reading
is paused.

Threads: the server thread. Guarantees: sending never blocks and never raises. No message is longer
than `MAX_MESSAGE`. A closed link is disconnected after `CLOSE_TIME` at the latest.
"""

from __future__ import annotations

import asyncio
import enum
import logging
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from time import thread_time
from typing import assert_never

from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.protocol import OPEN, SERVER, Protocol

from everview.errors import LinkError
from everview.runtime.windows.messages import MAX_MESSAGE

logger = logging.getLogger("everview.link")
#: The logger for the parser. Its level hides unwanted records: the parser logs the content of
#: frames at DEBUG, and each close at INFO.
_parser_logger = logging.getLogger("everview.link.parser")
_parser_logger.setLevel(logging.WARNING)

#: A client that does not answer a close frame is disconnected after this number of seconds.
CLOSE_TIME = 1.0
#: A link with more unsent bytes than this is disconnected, because its page has stopped reading.
#: When the page connects again, it gets a snapshot.
MAX_UNSENT = 64_000_000
#: Maximum rate of a link, in frames per second. Each 4,096 bytes of a frame count as one more
#: frame. If a client sends faster, the server reads later; no message is lost. A page sends a few
#: hundred frames per second at most.
RATE = 4000
#: The maximum part of the server thread's time that the messages of one link may use. A message
#: that takes longer than average counts as several.
TIME_SHARE = 0.25
#: The rate is checked after this many frames.
BURST = 500
#: Data is parsed in pieces of this number of bytes. The rate is checked after each piece.
CHUNK = 4096
#: The frame of a message up to this size, in bytes, is cached for the next window.
SHARED = 64_000

GOING_AWAY = CloseCode.GOING_AWAY


class LinkState(enum.Enum):
    """The states in the life of a link."""

    #: The client has not authenticated, so it may send only a few bytes.
    UNPROVEN = enum.auto()
    ACCEPTED = enum.auto()
    #: The client violated the protocol: no further data is parsed.
    BROKEN = enum.auto()
    #: A close frame was sent: nothing else is sent, and no further message is received.
    CLOSING = enum.auto()
    DISCONNECTED = enum.auto()


_TRANSITIONS: dict[LinkState, frozenset[LinkState]] = {
    LinkState.UNPROVEN: frozenset(LinkState) - {LinkState.UNPROVEN},
    LinkState.ACCEPTED: frozenset({LinkState.BROKEN, LinkState.CLOSING, LinkState.DISCONNECTED}),
    LinkState.BROKEN: frozenset({LinkState.CLOSING, LinkState.DISCONNECTED}),
    LinkState.CLOSING: frozenset({LinkState.DISCONNECTED}),
    LinkState.DISCONNECTED: frozenset(),
}


class WebSocket(asyncio.Protocol):
    """A websocket that takes over ``transport`` after the handshake.

    Before `accept`, the client may send only ``unproven_size`` bytes. The future ``ended`` is done
    when no further message will come. If an error ended the link, the future has its exception,
    for example a `LinkError` if the client violated the protocol. The future ``disconnected`` is
    done when the connection is closed.
    """

    def __init__(self, transport: asyncio.Transport, unproven_size: int) -> None:
        self._transport = transport
        self._previous_protocol = transport.get_protocol()
        self._loop = asyncio.get_running_loop()
        self._parser = Protocol(SERVER, state=OPEN, max_size=MAX_MESSAGE, logger=_parser_logger)
        self.state = LinkState.UNPROVEN
        #: Bytes that the client may still send before `accept`; None: no limit.
        self._unproven_size: int | None = unproven_size
        #: The error if the client violated the protocol. All further data is then discarded.
        self._violation: LinkError | None = None
        self._pace = Pace(self._loop.time)
        #: The function that receives the next message; None if there is no receiver now.
        self._receiver: Callable[[bytes], None] | None = None
        self._next_message: asyncio.Future[bytes] | None = None
        #: The received bytes that were not parsed yet, and the frames that were not handled yet.
        self._unread = bytearray()
        self._frames: deque[Frame] = deque()
        #: The fragments of an incomplete message; None if no message is incomplete.
        self._fragments: bytearray | None = None
        #: True while the rate is exceeded. During that time, no frame is handled.
        self._is_slowed = False
        #: True while reading from the transport is paused.
        self._is_paused = False
        self._abort_timer: asyncio.TimerHandle | None = None
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self.disconnected: asyncio.Future[None] = self._loop.create_future()
        transport.set_protocol(self)

    @property
    def closed(self) -> bool:
        """Whether the link is closing or closed, so that nothing can be sent."""
        return self.state in (LinkState.CLOSING, LinkState.DISCONNECTED)

    def accept(self) -> None:
        """Accept the link after authentication: the limit of bytes before authentication ends."""
        self._unproven_size = None
        if self.state is LinkState.UNPROVEN:
            self._enter(LinkState.ACCEPTED)

    def _enter(self, state: LinkState) -> None:
        if state not in _TRANSITIONS[self.state]:
            raise RuntimeError(f"a link cannot go from {self.state.name} to {state.name}")
        self.state = state

    # sending -----------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send a text message. Does nothing if the link is closed. ``data`` is UTF-8."""
        self._write(shared_frame(data) if len(data) < SHARED else text_frame(data))

    def close(self, code: int, reason: str) -> None:
        """Send a close frame.

        If the code is `GOING_AWAY`, do not wait for the client's close frame.
        """
        if self.closed:
            return
        if self._parser.state is OPEN:
            self._parser.send_close(code, reason)
            self._flush()
        else:
            # The parser has failed. Its close frame was dropped, and it sends no second one, so
            # build the frame here.
            payload = Close(code, reason).serialize()
            self._write(Frame(Opcode.CLOSE, payload).serialize(mask=False))
        self._start_closing()
        if code == GOING_AWAY:
            self._transport.close()
        elif self._violation is None:
            # Continue reading until the close frame of the client arrives.
            self._receiver = _ignore
            self._continue()

    def _start_closing(self) -> None:
        if not self.closed:
            self._enter(LinkState.CLOSING)
        if self._abort_timer is None:
            self._abort_timer = self._loop.call_later(CLOSE_TIME, self._transport.abort)
        self._end(None)

    def _flush(self) -> None:
        """Send the data of the parser: pongs and the close frame."""
        for data in self._parser.data_to_send():
            if data:  # empty data is a request to end the stream; closing the transport does that
                self._write(data)

    def _write(self, frame: bytes) -> None:
        if self.closed or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > MAX_UNSENT:
            logger.warning("disconnected a window that does not read")
            self._transport.abort()
            return
        self._transport.write(frame)

    # receiving ---------------------------------------------------------------------------------

    async def receive(self) -> bytes:
        """Wait for the next message.

        Raises:
            LinkError: The link has ended.
        """
        if self.ended.done():
            await self.ended
            raise LinkError("the link has ended")
        message: asyncio.Future[bytes] = self._loop.create_future()
        self._next_message = message
        self._receiver = self._resolve
        self._continue()
        try:
            return await message
        finally:
            self._next_message = None
            if self._receiver == self._resolve:
                self._receiver = None

    def _resolve(self, message: bytes) -> None:
        self._receiver = None
        if self._next_message is not None and not self._next_message.done():
            self._next_message.set_result(message)

    def receive_all(self, receiver: Callable[[bytes], None]) -> None:
        """Call ``receiver`` with each message from now on.

        If ``receiver`` raises, the link ends.
        """
        if not self.ended.done():
            self._receiver = receiver
            self._continue()

    def data_received(self, data: bytes) -> None:
        if self._violation is not None:
            return
        if self._unproven_size is not None:
            self._unproven_size -= len(data)
            if self._unproven_size < 0:
                self._break(LinkError("too much data before authentication"))
                return
        if self._unread or self._frames or len(data) > CHUNK or self._receiver is None:
            self._unread += data
        else:
            self._parse(data)  # the usual case: one short message
        self._handle_data()
        if self._unread or self._frames:
            self._pause()

    def _handle_data(self) -> None:
        """Parse data and handle frames, as long as there is a receiver and the rate allows it."""
        while self._receiver is not None and not self._is_slowed:
            if self._frames:
                self._handle(self._frames.popleft())
            elif self._parser.parser_exc is not None:
                self._break(LinkError(str(self._parser.parser_exc)))
            elif self._unread:
                data = bytes(self._unread[:CHUNK])
                del self._unread[:CHUNK]
                self._parse(data)
            else:
                return

    def _parse(self, data: bytes) -> None:
        self._parser.receive_data(data)
        for event in self._parser.events_received():
            if isinstance(event, Frame):  # after the handshake, all events are frames
                self._frames.append(event)
        if self._parser.parser_exc is not None:
            # `Links` closes the link with its own code: drop the parser's close frame.
            self._parser.data_to_send()
        elif self._parser.close_rcvd is None:
            self._flush()
        # The messages before the client's close frame are handled first. The close frame is
        # therefore answered later.

    def _handle(self, frame: Frame) -> None:
        began = thread_time()
        match frame.opcode:
            case Opcode.TEXT if frame.fin:
                self._deliver(bytes(frame.data))
            case Opcode.TEXT:
                self._fragments = bytearray(frame.data)
            case Opcode.CONT:
                self._add_fragment(frame)
            case Opcode.CLOSE:
                self._flush()
                self._start_closing()
                self._transport.close()
            case Opcode.BINARY:
                self._break(LinkError("binary messages are not supported"))
            case Opcode.PING | Opcode.PONG:
                pass  # the parser answers pings itself
            case _:
                assert_never(frame.opcode)
        spent = thread_time() - began
        if (seconds := self._pace.over(len(frame.data), spent)) is not None:
            self._is_slowed = True
            self._loop.call_later(seconds, self._end_slowdown)

    def _add_fragment(self, frame: Frame) -> None:
        assert self._fragments is not None  # noqa: S101  (the parser checks the order of frames)
        self._fragments += frame.data  # extended in place, because there may be many fragments
        if frame.fin:
            message, self._fragments = bytes(self._fragments), None
            self._deliver(message)

    def _deliver(self, message: bytes) -> None:
        assert self._receiver is not None  # noqa: S101  (else no frame is handled)
        try:
            self._receiver(message)
        except Exception as error:  # noqa: BLE001  (raised where the end is awaited)
            self._end(error)

    # limiting the rate -------------------------------------------------------------------------

    def _end_slowdown(self) -> None:
        self._is_slowed = False
        self._continue()

    def _pause(self) -> None:
        if not self._is_paused and not self._transport.is_closing():
            self._is_paused = True
            self._transport.pause_reading()

    def _continue(self) -> None:
        """Continue to handle frames and to read, if there is a receiver and the rate allows it."""
        self._handle_data()
        if (
            self._is_paused
            and self._receiver is not None
            and not self._is_slowed
            and not self._transport.is_closing()
        ):
            self._is_paused = False
            self._transport.resume_reading()

    # the end of the link -----------------------------------------------------------------------

    def _break(self, error: LinkError) -> None:
        """End the link because the client violated the protocol.

        Data after the violation cannot be parsed.
        """
        self._violation = error
        self._unread.clear()
        self._frames.clear()
        if not self.closed:
            self._enter(LinkState.BROKEN)
        self._end(error)

    def _end(self, error: Exception | None) -> None:
        self._receiver = None
        if not self.ended.done():
            if error is None:
                self.ended.set_result(None)
            else:
                self.ended.set_exception(error)
                self.ended.exception()  # otherwise asyncio logs the exception
        if self._next_message is not None and not self._next_message.done():
            self._next_message.set_exception(error or LinkError("the link has ended"))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        if self.state is not LinkState.DISCONNECTED:
            self._enter(LinkState.DISCONNECTED)
        self._end(None)
        if not self.disconnected.done():
            self.disconnected.set_result(None)
        self._previous_protocol.connection_lost(exc)


class Pace:
    """Limits a link to `RATE`.

    Without this limit, all frames of one read would be handled at once, while other windows wait.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._count = 0
        self._since = clock()

    def over(self, size: int, spent: float = 0.0) -> float | None:
        """Count a frame of ``size`` bytes that took ``spent`` seconds to handle.

        Returns:
            The number of seconds to wait before the next frame is handled; None if no wait is
            needed.
        """
        self._count += 1 + size // 4096 + int(spent * RATE / TIME_SHARE)
        if self._count < BURST:
            return None
        now = self._clock()
        wait = max(self._count / RATE - (now - self._since), 0.0)
        self._count = 0
        self._since = now + wait
        return wait


def text_frame(data: bytes) -> bytes:
    """Build the websocket frame of a text message from the server."""
    return Frame(Opcode.TEXT, data).serialize(mask=False)


@lru_cache(maxsize=1)
def shared_frame(data: bytes) -> bytes:
    """A cache for `text_frame`: several windows often get the same message in a row."""
    return text_frame(data)


def _ignore(message: bytes) -> None:
    """A receiver that drops messages which arrive after the link was closed."""
