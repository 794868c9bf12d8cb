"""`WebSocket`: every way in which frames can come, and every way in which a socket can end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from hypothesis import given, settings
from hypothesis import strategies as st

from everview.errors import LinkError
from everview.server.execution.loop import new_event_loop
from everview.server.links import websocket as module
from everview.server.links.websocket import (
    CLOSE,
    CONTINUATION,
    GOING_AWAY,
    PING,
    PONG,
    TEXT,
    WebSocket,
    frame_of,
    masked,
)

PATIENCE = 30.0
MUCH = 10**9


class FakeTransport:
    """What a socket does to its transport."""

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
    """Run ``test`` with a socket, where no browser test has left a loop running."""

    async def main() -> None:
        transport: Any = FakeTransport()
        await test(transport, WebSocket(transport, MUCH))

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


def frame(kind: int, payload: bytes = b"", mask: bytes = b"abcd", first: int = 0x80) -> bytes:
    """A frame of a client; ``first``: the other bits of its first byte."""
    head = frame_of(kind, payload)[: -len(payload) or None]
    return bytes((first | kind, head[1] | 0x80)) + head[2:] + mask + masked(payload, mask)


def part(kind: int, payload: bytes) -> bytes:
    """A frame that is not the last of its message."""
    return frame(kind, payload, first=0)


# what is heard ----------------------------------------------------------------------------------

payloads = st.one_of(
    st.binary(max_size=40), st.sampled_from([125, 126, 127, 65_535, 65_536, 70_000]).map(bytes)
)
#: A message in its fragments, and a ping before each of those but the first, or not.
messages = st.lists(
    st.tuples(st.lists(payloads, min_size=1, max_size=4), st.booleans()), max_size=6
)


@settings(max_examples=200, deadline=None)
@given(messages, st.binary(min_size=4, max_size=4), st.randoms(use_true_random=False))
def test_messages_come_whole_and_in_order_however_they_are_cut(
    said: list[tuple[list[bytes], bool]], mask: bytes, source: Any
) -> None:
    data, pings = b"", 0
    for parts, with_pings in said:
        for index, payload in enumerate(parts):
            if with_pings and index:
                data += frame(PING, b"p%d" % pings, mask)
                pings += 1
            last = index == len(parts) - 1
            data += frame(CONTINUATION if index else TEXT, payload, mask, 0x80 * last)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        heard: list[bytes] = []
        socket.receive_all(heard.append)
        start = 0
        while start < len(data):
            size = source.choice([1, 2, 3, 7, 100, 5_000, 100_000])
            socket.data_received(data[start : start + size])
            start += size
        assert heard == [b"".join(parts) for parts, _ in said]
        assert transport.sent == b"".join(frame_of(PONG, b"p%d" % n) for n in range(pings))
        assert not socket.ended.done()

    run(test)


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_a_mask_is_as_in_the_rfc(data: bytes, mask: bytes) -> None:
    assert masked(data, mask) == bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))


def test_messages_that_are_asked_for_come_one_by_one() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        socket.data_received(frame(TEXT, b"1") + frame(TEXT, b"2") + frame(TEXT, b"3")[:4])
        assert transport.paused  # nobody asked: the rest stays with the sender
        assert await socket.receive() == b"1"
        assert transport.paused
        assert await socket.receive() == b"2"
        third = asyncio.ensure_future(socket.receive())
        await asyncio.sleep(0)
        assert not transport.paused
        socket.data_received(frame(TEXT, b"3")[4:] + frame(TEXT, b"4"))
        assert await third == b"3"
        heard: list[bytes] = []
        socket.receive_all(heard.append)
        socket.data_received(frame(TEXT, b"5"))
        assert heard == [b"4", b"5"]
        assert not transport.paused

    run(test)


def test_who_gave_up_asking_does_not_take_the_message_of_the_next() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.receive(), 0.01)
        socket.data_received(frame(TEXT, b"1"))
        assert await socket.receive() == b"1"

    run(test)


def test_who_says_too_much_is_read_later_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BURST", 10)
    monkeypatch.setattr(module, "RATE", 1000)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        heard: list[bytes] = []
        all_heard = asyncio.Event()

        def hear(data: bytes) -> None:
            heard.append(data)
            if len(heard) == 26:
                all_heard.set()

        socket.receive_all(hear)
        socket.data_received(b"".join(frame(TEXT, b"%d" % n) for n in range(25)))
        assert len(heard) == 10
        socket.data_received(frame(TEXT, b"25"))
        assert transport.paused
        await asyncio.wait_for(all_heard.wait(), PATIENCE)
        assert heard == [b"%d" % n for n in range(26)]
        assert not transport.paused

    run(test)


BROKEN = {
    "a reserved bit": frame(TEXT, b"x", first=0xC0),
    "not masked": frame_of(TEXT, b"x"),
    "binary": frame(0x2, b"x"),
    "no known kind": frame(0x3, b"x"),
    "no known kind of control": frame(0xB, b"x"),
    "a continuation of nothing": frame(CONTINUATION, b"x"),
    "a message in another": part(TEXT, b"x") + frame(TEXT, b"y"),
    "a ping in fragments": part(PING, b"x"),
    "a long ping": frame(PING, bytes(126)),
    "a long message": bytes((0x81, 0xFF)) + (module.MAX_MESSAGE + 1).to_bytes(8, "big"),
    "a long message in fragments": part(TEXT, bytes(10)) + bytes((0x80, 0xFF))
    + (module.MAX_MESSAGE - 9).to_bytes(8, "big"),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("at_once", [True, False])
def test_what_is_no_frame_ends_the_socket(how: str, at_once: bool) -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        heard: list[bytes] = []
        socket.receive_all(heard.append)
        data = frame(TEXT, b"before") + BROKEN[how]
        step = len(data) if at_once else 1
        for start in range(0, len(data), step):
            socket.data_received(data[start : start + step])
        with pytest.raises(LinkError):
            await socket.ended
        socket.data_received(frame(TEXT, b"after"))
        socket.close(4400, "no")
        socket.data_received(frame(TEXT, b"after"))
        assert heard == [b"before"]
        assert transport.sent == frame_of(CLOSE, (4400).to_bytes(2, "big") + b"no")
        with pytest.raises(LinkError):
            await socket.receive()

    run(test)


def test_more_than_is_allowed_before_the_proof_ends_the_socket() -> None:
    async def main() -> None:
        transport: Any = FakeTransport()
        socket = WebSocket(transport, 20)
        socket.receive_all(lambda data: None)
        socket.data_received(frame(TEXT, b"12345678"))
        socket.data_received(frame(TEXT, b"12345678"))
        assert isinstance(socket.ended.exception(), LinkError)
        trusted = WebSocket(transport, 20)
        trusted.accept()
        trusted.receive_all(lambda data: None)
        trusted.data_received(frame(TEXT, bytes(1000)))
        assert not trusted.ended.done()

    in_a_thread(main())


# how it ends ------------------------------------------------------------------------------------


def test_what_takes_a_message_may_fail() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        def fail(data: bytes) -> None:
            raise ZeroDivisionError

        socket.receive_all(fail)
        socket.data_received(frame(TEXT, b"1") + frame(TEXT, b"2"))
        with pytest.raises(ZeroDivisionError):
            await socket.ended

    run(test)


def test_what_takes_a_message_may_close_and_the_rest_is_not_heard() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        heard: list[bytes] = []

        def close(data: bytes) -> None:
            heard.append(data)
            socket.close(4001, "")

        socket.receive_all(close)
        whole = frame(TEXT, b"1")
        socket.data_received(whole[:3])  # so that what is looked at had to be put together
        socket.data_received(whole[3:] + frame(TEXT, b"2") + frame(TEXT, b"3"))
        assert heard == [b"1"]
        assert not transport.closed
        socket.data_received(frame(CLOSE, (4001).to_bytes(2, "big")))
        assert transport.closed

    run(test)


def test_a_close_is_answered_and_the_connection_ended() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        asked = asyncio.ensure_future(socket.receive())
        await asyncio.sleep(0)
        socket.data_received(frame(CLOSE, (1000).to_bytes(2, "big") + b"bye"))
        assert transport.sent == frame_of(CLOSE, (1000).to_bytes(2, "big"))
        assert transport.closed
        assert not transport.aborted
        with pytest.raises(LinkError):
            await asked
        await socket.ended
        socket.send(b"x")
        socket.close(1000, "")
        assert transport.sent == frame_of(CLOSE, (1000).to_bytes(2, "big"))

    run(test)


def test_who_does_not_answer_a_close_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_TIME", 0.02)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        socket.close(4403, "")
        await socket.ended
        assert not transport.closed
        await asyncio.wait_for(transport.dropped.wait(), PATIENCE)
        assert transport.aborted

    run(test)


def test_who_says_goodbye_and_reads_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it was sent before would wait for ever, and the connection with it."""
    monkeypatch.setattr(module, "CLOSE_TIME", 0.02)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        socket.receive_all(lambda data: None)
        socket.data_received(frame(CLOSE, (1000).to_bytes(2, "big")))
        assert transport.closed
        assert not transport.aborted
        await asyncio.wait_for(transport.dropped.wait(), PATIENCE)

    run(test)


def test_a_message_in_very_many_fragments_costs_no_more_than_its_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BURST", MUCH)

    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        heard: list[bytes] = []
        socket.receive_all(heard.append)
        socket.data_received(part(TEXT, b"x"))
        begun = socket._fragments
        for _ in range(100):
            socket.data_received(part(CONTINUATION, b"x"))
            assert socket._fragments is begun  # it grows, and is not made again
        socket.data_received(frame(CONTINUATION, b"x"))
        assert heard == [b"x" * 102]

    run(test)


def test_a_server_that_ends_waits_for_no_answer() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        socket.close(GOING_AWAY, "")
        assert transport.sent == frame_of(CLOSE, GOING_AWAY.to_bytes(2, "big"))
        assert transport.closed
        assert not transport.aborted

    run(test)


def test_a_connection_that_is_lost_is_the_end() -> None:
    async def test(transport: FakeTransport, socket: WebSocket) -> None:
        asked = asyncio.ensure_future(socket.receive())
        await asyncio.sleep(0)
        error = ConnectionResetError()
        socket.connection_lost(error)
        with pytest.raises(LinkError):
            await asked
        await socket.ended
        await socket.disconnected
        assert transport.lost == [error]  # aiohttp, which had it before, learns of it
        socket.send(b"x")
        socket.close(1000, "")
        assert transport.sent == b""

    run(test)


# with aiohttp's client --------------------------------------------------------------------------

SIZES = [0, 1, 125, 126, 65_535, 65_536, 1_000_000]


@pytest.mark.parametrize(
    "make_loop", [new_event_loop, asyncio.new_event_loop], ids=["uvloop or asyncio", "asyncio"]
)
def test_a_client_of_another_hand_is_understood(
    make_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def echo(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        assert request.transport is not None
        socket = WebSocket(request.transport, MUCH)
        socket.send(await socket.receive())
        socket.receive_all(lambda data: socket.close(4000, "enough") if data == b"end" else socket.send(data))
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
