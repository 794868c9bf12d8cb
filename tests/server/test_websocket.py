"""`WebSocket`: received frames, and the end of a link."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from everview.errors import LinkError
from everview.server.links import websocket as module
from everview.server.links.websocket import GOING_AWAY, LinkState, WebSocket, text_frame
from everview.server.server import new_event_loop

PATIENCE = 30.0
LARGE = 10**9
TEXT, CONT, BINARY = Opcode.TEXT, Opcode.CONT, Opcode.BINARY
CLOSE, PING, PONG = Opcode.CLOSE, Opcode.PING, Opcode.PONG


class FakeTransport:
    """A fake transport that records the calls of its socket."""

    def __init__(self) -> None:
        self.sent = b""
        self.paused = self.closed = self.aborted = False
        self.lost: list[Any] = []
        self.dropped = asyncio.Event()

    def get_protocol(self) -> Any:
        return self

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def connection_lost(self, error: Any) -> None:
        self.lost.append(error)

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        assert not self.paused
        self.paused = True

    def resume_reading(self) -> None:
        assert self.paused
        self.paused = False

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True
        self.dropped.set()


def run(test: Callable[[FakeTransport, WebSocket], Coroutine[Any, Any, None]]) -> None:
    """Run ``test`` with a socket in a new thread, which has no other event loop."""

    async def main() -> None:
        transport: Any = FakeTransport()
        await test(transport, WebSocket(transport, LARGE))

    in_a_thread(main())


def in_a_thread(
    main: Coroutine[Any, Any, Any],
    make_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
) -> None:
    def run_loop() -> None:
        with asyncio.Runner(loop_factory=make_loop) as runner:
            runner.run(main)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run_loop).result()


def frame(opcode: Opcode, payload: bytes = b"", fin: bool = True) -> bytes:
    """Return the bytes of a frame that a client sends."""
    return Frame(opcode, payload, fin).serialize(mask=True)


def server_frame(opcode: Opcode, payload: bytes = b"") -> bytes:
    """Return the bytes of a frame that the server sends."""
    return Frame(opcode, payload).serialize(mask=False)


def first_byte(data: bytes, value: int) -> bytes:
    """Return a frame with its first byte replaced."""
    return bytes([value]) + data[1:]


def code(number: int) -> bytes:
    """Return the payload of a close frame with a code."""
    return number.to_bytes(2, "big")


# receiving --------------------------------------------------------------------------------------

payloads = st.one_of(
    st.binary(max_size=40), st.sampled_from([125, 126, 127, 65_535, 65_536, 70_000]).map(bytes)
)
#: Each message has fragments. The flag tells whether a ping is sent before every fragment except
#: the first.
messages = st.lists(
    st.tuples(st.lists(payloads, min_size=1, max_size=4), st.booleans()), max_size=6
)


@settings(max_examples=200, deadline=None)
@given(messages, st.randoms(use_true_random=False))
def test_messages_arrive_complete_and_in_order_for_any_split_of_the_data(
    sent: list[tuple[list[bytes], bool]], source: Any
) -> None:
    data, numbers = b"", itertools.count()
    for parts, with_pings in sent:
        for index, payload in enumerate(parts):
            if with_pings and index:
                data += frame(PING, b"p%d" % next(numbers))
            data += frame(CONT if index else TEXT, payload, index == len(parts) - 1)
    pings = next(numbers)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        received: list[bytes] = []
        socket.receive_all(received.append)
        start = 0
        while start < len(data):
            size = source.choice([1, 2, 3, 7, 100, 5_000, 100_000])
            socket.data_received(data[start : start + size])
            start += size
        assert received == [b"".join(parts) for parts, _ in sent]
        assert transport.sent == b"".join(server_frame(PONG, b"p%d" % n) for n in range(pings))
        assert not socket.ended.done()

    run(test)


def test_receive_returns_messages_one_by_one() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        third = frame(TEXT, b"3")
        socket.data_received(frame(TEXT, b"1") + frame(TEXT, b"2") + third[:4])
        assert transport.paused  # reading is paused until `receive` is called
        assert await socket.receive() == b"1"
        assert transport.paused
        assert await socket.receive() == b"2"
        waiting = asyncio.ensure_future(socket.receive())
        await asyncio.sleep(0)
        assert not transport.paused
        socket.data_received(third[4:] + frame(TEXT, b"4"))
        assert await waiting == b"3"
        received: list[bytes] = []
        socket.receive_all(received.append)
        socket.data_received(frame(TEXT, b"5"))
        assert received == [b"4", b"5"]
        assert not transport.paused

    run(test)


def test_cancelled_receive_does_not_consume_the_next_message() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.receive(), 0.01)
        socket.data_received(frame(TEXT, b"1"))
        assert await socket.receive() == b"1"

    run(test)


def test_messages_above_the_rate_limit_are_received_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BURST", 10)
    monkeypatch.setattr(module, "RATE", 1000)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        received: list[bytes] = []
        complete = asyncio.Event()

        def receive(data: bytes) -> None:
            received.append(data)
            if len(received) == 26:
                complete.set()

        socket.receive_all(receive)
        socket.data_received(b"".join(frame(TEXT, b"%d" % n) for n in range(25)))
        assert len(received) == 10
        assert transport.paused
        socket.data_received(frame(TEXT, b"25"))
        await asyncio.wait_for(complete.wait(), PATIENCE)
        assert received == [b"%d" % n for n in range(26)]
        assert not transport.paused

    run(test)


def test_messages_before_a_close_frame_are_received_despite_the_rate_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A page that is closed sends its last edit directly before the close frame.
    monkeypatch.setattr(module, "BURST", 1)
    monkeypatch.setattr(module, "RATE", 1000)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        received: list[bytes] = []
        socket.receive_all(received.append)
        socket.data_received(frame(TEXT, b"1") + frame(TEXT, b"2") + frame(CLOSE, code(1000)))
        assert not socket.ended.done()
        await asyncio.wait_for(socket.ended, PATIENCE)
        assert received == [b"1", b"2"]
        assert transport.sent == server_frame(CLOSE, code(1000))

    run(test)


def test_message_in_many_fragments_is_not_copied_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BURST", LARGE)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        received: list[bytes] = []
        socket.receive_all(received.append)
        socket.data_received(frame(TEXT, b"x", fin=False))
        fragments = socket._fragments
        for _ in range(100):
            socket.data_received(frame(CONT, b"x", fin=False))
            assert socket._fragments is fragments
        socket.data_received(frame(CONT, b"x"))
        assert received == [b"x" * 102]

    run(test)


# violations -------------------------------------------------------------------------------------

VIOLATIONS = {
    "a reserved bit": first_byte(frame(TEXT, b"x"), 0xC1),
    "no mask": server_frame(TEXT, b"x"),
    "a binary message": frame(BINARY, b"x"),
    "an unknown opcode": first_byte(frame(TEXT, b"x"), 0x83),
    "an unknown control opcode": first_byte(frame(PING, b"x"), 0x8B),
    "a continuation without a message": frame(CONT, b"x"),
    "a message within another": frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"),
    "a fragmented ping": first_byte(frame(PING, b"x"), 0x09),
    "a long ping": first_byte(frame(TEXT, bytes(126)), 0x89),
    "a long message": bytes((0x81, 0xFF)) + (module.MAX_MESSAGE + 1).to_bytes(8, "big"),
    "a long fragmented message": frame(TEXT, bytes(10), fin=False) + bytes((0x80, 0xFF))
    + (module.MAX_MESSAGE - 9).to_bytes(8, "big"),
    "a close frame of 1 byte": frame(CLOSE, b"x"),
    "close code 1005": frame(CLOSE, code(1005)),
    "close code 999": frame(CLOSE, code(999)),
}  # fmt: skip


@pytest.mark.parametrize("violation", VIOLATIONS)
@pytest.mark.parametrize("at_once", [True, False])
def test_violation_of_the_protocol_breaks_the_link(violation: str, at_once: bool) -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        received: list[bytes] = []
        socket.receive_all(received.append)
        data = frame(TEXT, b"before") + VIOLATIONS[violation]
        step = len(data) if at_once else 1
        for start in range(0, len(data), step):
            socket.data_received(data[start : start + step])
        with pytest.raises(LinkError):
            await socket.ended
        assert socket.state is LinkState.BROKEN
        socket.data_received(frame(TEXT, b"after"))
        socket.close(4400, "no")
        socket.data_received(frame(TEXT, b"after"))
        assert received == [b"before"]
        assert transport.sent == server_frame(CLOSE, code(4400) + b"no")
        with pytest.raises(LinkError):
            await socket.receive()

    run(test)


def test_too_much_data_before_authentication_breaks_the_link() -> None:
    async def main() -> None:
        transport: Any = FakeTransport()
        socket = WebSocket(transport, 20)
        socket.receive_all(lambda data: None)
        socket.data_received(frame(TEXT, b"12345678"))
        socket.data_received(frame(TEXT, b"12345678"))
        assert isinstance(socket.ended.exception(), LinkError)
        accepted = WebSocket(transport, 20)
        accepted.accept()
        accepted.receive_all(lambda data: None)
        accepted.data_received(frame(TEXT, bytes(1000)))
        assert not accepted.ended.done()

    in_a_thread(main())


def test_limit_of_data_before_authentication_applies_after_a_refusal() -> None:
    async def main() -> None:
        transport: Any = FakeTransport()
        socket = WebSocket(transport, 20)
        socket.close(4403, "no access")
        socket.data_received(bytes((0x81, 0xFF)) + (10**6).to_bytes(8, "big") + bytes(4))
        socket.data_received(bytes(10**5))
        assert not socket._unread
        assert not socket._parser.reader.buffer or len(socket._parser.reader.buffer) <= 20
        socket._transport.abort()
        socket.connection_lost(None)

    in_a_thread(main())


# closing the connection -------------------------------------------------------------------------


def test_exception_of_the_receiver_ends_the_link() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        def fail(data: bytes) -> None:
            raise ZeroDivisionError

        socket.receive_all(fail)
        socket.data_received(frame(TEXT, b"1") + frame(TEXT, b"2"))
        with pytest.raises(ZeroDivisionError):
            await socket.ended

    run(test)


def test_receiver_that_closes_the_link_gets_no_further_message() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        received: list[bytes] = []

        def close(data: bytes) -> None:
            received.append(data)
            socket.close(4001, "")

        socket.receive_all(close)
        first = frame(TEXT, b"1")
        socket.data_received(first[:3])
        socket.data_received(first[3:] + frame(TEXT, b"2") + frame(TEXT, b"3"))
        assert received == [b"1"]
        assert not transport.closed
        socket.data_received(frame(CLOSE, code(4001)))
        assert transport.closed

    run(test)


def test_close_frame_is_answered_and_the_connection_closed() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        waiting = asyncio.ensure_future(socket.receive())
        await asyncio.sleep(0)
        socket.data_received(frame(CLOSE, code(1000) + b"bye"))
        assert transport.sent == server_frame(CLOSE, code(1000) + b"bye")
        assert transport.closed
        assert not transport.aborted
        with pytest.raises(LinkError):
            await waiting
        await socket.ended
        socket.send(b"x")
        socket.close(1000, "")
        assert transport.sent == server_frame(CLOSE, code(1000) + b"bye")

    run(test)


def test_close_frame_without_a_code_is_answered() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        socket.receive_all(lambda data: None)
        socket.data_received(frame(CLOSE))
        assert transport.sent == server_frame(CLOSE)
        assert transport.closed

    run(test)


def test_client_that_ignores_the_close_frame_is_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CLOSE_TIME", 0.02)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        socket.close(4403, "")
        await socket.ended
        assert not transport.closed
        await asyncio.wait_for(transport.dropped.wait(), PATIENCE)
        assert transport.aborted

    run(test)


def test_client_that_closes_and_does_not_read_is_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If the client reads nothing, unsent data must not keep the connection open forever."""
    monkeypatch.setattr(module, "CLOSE_TIME", 0.02)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        socket.receive_all(lambda data: None)
        socket.data_received(frame(CLOSE, code(1000)))
        assert transport.closed
        assert not transport.aborted
        await asyncio.wait_for(transport.dropped.wait(), PATIENCE)

    run(test)


def test_ending_server_does_not_wait_for_the_clients_close_frame() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        socket.close(GOING_AWAY, "")
        assert transport.sent == server_frame(CLOSE, code(GOING_AWAY))
        assert transport.closed
        assert not transport.aborted

    run(test)


def test_lost_connection_ends_the_link() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        waiting = asyncio.ensure_future(socket.receive())
        await asyncio.sleep(0)
        error = ConnectionResetError()
        socket.connection_lost(error)
        with pytest.raises(LinkError):
            await waiting
        await socket.ended
        await socket.disconnected
        assert socket.state is LinkState.DISCONNECTED
        # the error is passed to aiohttp's protocol, the earlier owner of the transport
        assert transport.lost == [error]
        socket.send(b"x")
        socket.close(1000, "")
        assert transport.sent == b""

    run(test)


def test_state_of_a_link_changes_in_one_direction_only() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        assert socket.state is LinkState.UNPROVEN
        socket.accept()
        assert socket.state is LinkState.ACCEPTED
        socket.close(1000, "")
        assert socket.state is LinkState.CLOSING
        socket.accept()
        assert socket.state is LinkState.CLOSING
        with pytest.raises(RuntimeError):
            socket._enter(LinkState.ACCEPTED)
        socket.connection_lost(None)
        with pytest.raises(RuntimeError):
            socket._enter(LinkState.CLOSING)

    run(test)


# interoperation with aiohttp's client -----------------------------------------------------------

SIZES = [0, 1, 125, 126, 65_535, 65_536, 1_000_000]


@pytest.mark.parametrize(
    "make_loop", [new_event_loop, asyncio.new_event_loop], ids=["uvloop or asyncio", "asyncio"]
)
def test_client_of_another_implementation_is_served(
    make_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def echo(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        assert request.transport is not None
        socket = WebSocket(request.transport, LARGE)
        socket.send(await socket.receive())
        socket.receive_all(
            lambda data: socket.close(4000, "enough") if data == b"end" else socket.send(data)
        )
        await socket.ended
        await socket.disconnected
        return response

    async def main() -> None:
        application = web.Application()
        application.router.add_get("/", echo)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(address, max_msg_size=0) as ours:
                for size in SIZES:
                    await ours.send_str("ü" * size)
                    assert await ours.receive_str() == "ü" * size
                await ours.ping(b"ping")
                await ours.send_str("end")
                closed = await ours.receive()
                assert (closed.type, closed.data, closed.extra) == (WSMsgType.CLOSE, 4000, "enough")
            async with session.ws_connect(address) as theirs:
                await theirs.send_str("hello")
                await theirs.receive_str()
                assert await theirs.close(code=4321)
            assert theirs.close_code == 4321
        await runner.cleanup()

    in_a_thread(asyncio.wait_for(main(), PATIENCE), make_loop)


def test_shared_frame_is_encoded_as_a_text_frame() -> None:
    assert module.shared_frame(b"x") == text_frame(b"x") == server_frame(TEXT, b"x")
