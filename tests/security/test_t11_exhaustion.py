"""T11: exhaustion. Unauthenticated clients get few resources, and links have a maximum rate."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import select
import socket
import struct
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from everview import App, View
from everview.application import logs
from everview.html import HTML, Button, Span
from everview.runtime.execution import handlers as handlers_module
from everview.runtime.windows import log_limit as log_limit_module
from everview.server.access import connections as connections_module
from everview.server.links import websocket as websocket_module
from everview.server.links.links import BROKEN
from everview.server.links.websocket import Pace, WebSocket
from everview.server.server import Server
from tests.support.server import (
    CUT,
    PATIENCE,
    SECRET_TEXT,
    Closed,
    Page,
    Refused,
    Socket,
    connect,
    exchange,
    head,
    new_page,
    on_server,
    parse,
    port_of,
    request,
    serving,
    wait_until,
    works,
)
from tests.support.transfers import one_time_path, serving_files, upload

pytestmark = pytest.mark.security

NONCE = "0" * 32
#: After an attack, memory may have grown by this number of bytes, because allocators do not return
#: all freed memory.
FLAT = 12_000_000


def is_closed(connection: socket.socket) -> bool:
    """Read the available bytes. Returns True at the end of the stream."""
    with contextlib.suppress(*CUT):
        return connection.recv(65_536) == b""
    return True


def wait_for_close(connection: socket.socket) -> bytes:
    """Read until the server closes the connection. Raises TimeoutError."""
    received = b""
    with contextlib.suppress(*CUT):
        while part := connection.recv(65_536):
            received += part
    return received


# before authentication --------------------------------------------------------------------------


@pytest.mark.parametrize("size", [10_000, 1_000_000, 7_000_000])
def test_unauthenticated_link_is_closed_after_few_bytes(server: Server, size: int) -> None:
    """The link is closed before the message is complete."""
    with Socket(port_of(server)) as link:
        link.raw(bytes([0x81, 0x80 | 127]) + struct.pack(">Q", size) + bytes(4) + b" " * 9_000)
        # The test does not send the rest of the message, because the first part exceeds the limit.
        assert link.closed() == BROKEN


def test_unauthenticated_link_is_closed_after_many_small_frames(server: Server) -> None:
    with Socket(port_of(server)) as link:
        for _ in range(60):
            link.frame(9, b"x" * 100)
        with pytest.raises(Closed) as closed:
            while True:
                link._read_frame()
                link.frame(9, b"x" * 100)
        assert closed.value.code == 1006


def test_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections_module, "IDLE_TIME", 0.05)
    with serving() as server, connect(port_of(server)) as connection:
        assert wait_for_close(connection) == b""
        assert works(server)


def test_slow_request_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit is for the whole head of a request. Single bytes do not extend it."""
    monkeypatch.setattr(connections_module, "IDLE_TIME", 0.3)
    with serving() as server, connect(port_of(server)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        deadline = time.monotonic() + 2
        while not select.select([connection], [], [], 0.02)[0]:
            assert time.monotonic() < deadline
            with contextlib.suppress(*CUT):
                connection.sendall(b"x")
        assert is_closed(connection)


@pytest.mark.parametrize("target", ["/_everview/upload/{token}", "/_everview/http/x/page"])
def test_stalled_request_body_is_closed(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """The client sends only the first ten bytes of a body with a thousand bytes."""
    monkeypatch.setattr(connections_module, "BODY_TIME", 0.2)
    with serving_files() as (server, bucket):
        port = port_of(server)
        if "token" not in target:
            target = one_time_path(server, "/page")
        headers = [("Host", f"127.0.0.1:{port}"), ("Content-Length", "1000"), ("X-File-Name", "a"),
                   ("Content-Type", "application/x-www-form-urlencoded")]  # fmt: skip
        with connect(port) as connection:
            connection.sendall(head("POST", target.format(token=bucket.token), headers) + b"x" * 10)
            assert wait_for_close(connection) == b""
        wait_until(lambda: not bucket._arriving, "the upload has ended")
        assert bucket.files == []


def test_slow_request_body_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit applies to each pause between two bytes, not to the whole body."""
    monkeypatch.setattr(connections_module, "BODY_TIME", 1.0)
    with serving_files() as (server, bucket):
        port = port_of(server)
        headers = [("Host", f"127.0.0.1:{port}"), ("Content-Length", "8"), ("X-File-Name", "a"),
                   ("Connection", "close")]  # fmt: skip
        with connect(port) as connection:
            connection.sendall(head("POST", f"/_everview/upload/{bucket.token}", headers))
            for _ in range(8):
                select.select([connection], [], [], 0.2)
                connection.sendall(b"x")
            assert parse(wait_for_close(connection)).status == 200


def test_endless_head_is_dropped(server: Server) -> None:
    line = b"X-More: " + b"y" * 8000 + b"\r\n"
    with connect(port_of(server)) as connection:
        with contextlib.suppress(*CUT):
            connection.sendall(b"GET / HTTP/1.1\r\n" + line * 7)
            for _ in range(connections_module.HEAD_SIZE // len(line)):
                connection.sendall(line)
        assert wait_for_close(connection) == b""


def test_head_with_many_cookies_is_accepted(server: Server) -> None:
    """Cookies ignore the port, so a browser sends the cookies of all servers on this machine."""
    for size in (300, 1000, 2000):
        cookies = ("Cookie", "; ".join(f"c{i}={'v' * size}" for i in range(90)))
        assert request(port_of(server), "/", [cookies]).status == 200


def test_head_with_too_many_cookies_is_refused_with_the_reason(server: Server) -> None:
    cookies = ("Cookie", "; ".join(f"c{i}={'v' * 4000}" for i in range(60)))
    reply = request(port_of(server), "/", [cookies])
    assert reply.status == 431
    assert b"cookies" in reply.body


def test_number_of_unauthenticated_connections_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections_module, "MAX_UNAUTHENTICATED", 16)
    with serving() as server, new_page(server) as window, contextlib.ExitStack() as stack:
        window.attach("/counter/")
        port = port_of(server)
        for number in range(60):
            one = stack.enter_context(connect(port))
            if number % 3 == 0:
                # Every third client sends requests but does not read the responses.
                one.sendall(head("GET", "/_everview/style.css", [("Host", f"127.0.0.1:{port}")]) * 20)
            assert on_server(server, lambda: len(server.connections)) <= 16
        assert works(server)
        assert window.socket.is_open()


def test_windows_do_not_count_as_unauthenticated_connections(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections_module, "MAX_UNAUTHENTICATED", 4)
    with serving() as server, contextlib.ExitStack() as stack:
        windows = [stack.enter_context(new_page(server)) for _ in range(10)]
        for _ in range(10):
            stack.enter_context(connect(port_of(server)))
        assert all(window.socket.is_open() for window in windows)


def test_connection_without_a_request_is_closed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections_module, "MAX_UNAUTHENTICATED", 4)
    with serving() as server, contextlib.ExitStack() as stack:
        port = port_of(server)
        own = stack.enter_context(connect(port))
        request_head = head("GET", "/_everview/icon.svg", [("Host", f"127.0.0.1:{port}")])
        own.sendall(request_head)
        assert own.recv(65_536).startswith(b"HTTP/1.1 200")
        silent = [stack.enter_context(connect(port)) for _ in range(10)]
        assert is_closed(silent[0])
        own.sendall(request_head)
        assert own.recv(65_536)


# malformed requests ----------------------------------------------------------------------------

MALFORMED = [
    b"hello\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", b"\x00\r\n\r\n",
    b"<script>alert(1)</script>\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"\x00" * 10 + b"\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]  # fmt: skip


def test_response_to_a_malformed_request_has_the_security_headers(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """The response of aiohttp has the security headers of the app and does not repeat the request.
    Nothing is logged.
    """
    with caplog.at_level(logging.INFO):
        for data in MALFORMED:
            reply = exchange(port_of(server), data)
            assert reply.status in (0, 400, 403, 431, 505), data[:40]
            if reply.status == 0:
                continue
            assert b"script" not in reply.body
            if reply.status == 400:
                assert reply.body == b"Invalid request."
            for name, value in server.guard.headers.items():
                assert reply.all(name) == [value], (name, data[:40])
            assert "aiohttp" not in "".join(reply.all("Server"))
        assert works(server)
    assert caplog.records == []


def test_broken_links_do_not_fill_the_log(
    server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any client that reaches the port could fill the log, so further warnings are only counted."""

    def break_links(count: int) -> None:
        for _ in range(count):
            with Socket(port_of(server)) as link:
                link.send("garbage")
                link.closed()

    with caplog.at_level(logging.WARNING, "everview.link"):
        break_links(60)
        assert len(caplog.records) == log_limit_module.WARNINGS
        monkeypatch.setattr(log_limit_module, "WARN_EVERY", 0.0)
        break_links(1)
        assert caplog.records[-2].getMessage() == "40 more links broke the protocol"


def test_script_errors_do_not_fill_the_log(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """A window reports 200 errors of 4,000 characters."""
    with caplog.at_level(logging.WARNING), new_page(server) as page:
        for _ in range(200):
            page.socket.send({"t": "error", "text": "x" * 4000})
        page.attach("/counter/")
    assert len(caplog.records) == log_limit_module.WARNINGS
    assert all(len(record.getMessage()) < 1200 for record in caplog.records)


def test_script_error_with_line_break_is_logged_in_one_line(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    forged = "x\n2026-01-01 00:00:00,000 ERROR everview.server: forged"
    with caplog.at_level(logging.WARNING), new_page(server) as page:
        page.socket.send({"t": "error", "text": forged})
        page.attach("/counter/")
    assert [record.getMessage().count("\n") for record in caplog.records] == [0]


def test_link_with_subprotocol_logs_nothing(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a guard, aiohttp would log an unknown subprotocol, however long it is."""
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            with contextlib.suppress(Refused):
                Socket(port_of(server), headers=[("Sec-WebSocket-Protocol", "p" * 30_000)]).close()
        assert works(server)
    assert caplog.records == []


@pytest.mark.parametrize("separator", ["\n", "\r", "\r\n", "\v", "\x85", "\u2028"])
def test_text_with_line_breaks_is_one_log_entry(separator: str) -> None:
    start = "2026-01-01 00:00:00,000 ERROR"
    record = logging.LogRecord("everview", logging.INFO, "", 0, f"a{separator}{start}", (), None)
    lines = logs.OneEntryFormatter("%(message)s").format(record).splitlines()
    assert [line for line in lines if line.startswith(start)] == []
    assert start in "".join(lines)


def test_long_message_of_a_library_is_shortened_in_the_log() -> None:
    record = logging.LogRecord("aiohttp.websocket", logging.WARNING, "", 0, "x" * 30_000, (), None)
    assert len(logs.OneEntryFormatter("%(message)s").format(record)) == logs.LIBRARY_LENGTH


def test_bodies_are_not_decompressed() -> None:
    """A small compressed body is not unpacked into a large file."""
    bomb = zlib.compress(bytes(5_000_000))
    with serving_files() as (server, bucket):
        port = port_of(server)
        headers = [("Host", f"127.0.0.1:{port}"), ("Content-Length", str(len(bomb))),
                   ("Connection", "close"), ("X-File-Name", "a"), ("Content-Encoding", "deflate")]
        exchange(port, head("POST", f"/_everview/upload/{bucket.token}", headers) + bomb)
        assert [file.size for file in bucket.files] == [len(bomb)]


def test_link_is_not_compressed(server: Server) -> None:
    offered = [("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")]
    with Socket(port_of(server), headers=offered) as link:
        assert link.reply.all("Sec-WebSocket-Extensions") == []


# after authentication ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["[" * 2_000_000, '{"a":' * 500_000, '{"t":"event","data":' + "[" * 9_999 + "]" * 9_999 + "}"])
def test_deeply_nested_message_is_refused(server: Server, text: str) -> None:
    with new_page(server) as page:
        page.socket.send(text)
        assert SECRET_TEXT in json.dumps(page.attach())
    assert works(server)


def test_too_large_message_closes_the_link(server: Server) -> None:
    with new_page(server) as page:
        page.socket.raw(bytes([0x81, 0x80 | 127]) + struct.pack(">Q", 9_000_000) + bytes(4))
        assert page.socket.closed() == BROKEN


def test_link_above_the_maximum_rate_is_delayed() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert {pace.over(100) for _ in range(websocket_module.BURST - 1)} == {None}
    wait = pace.over(100)
    assert wait == pytest.approx(websocket_module.BURST / websocket_module.RATE)
    # A link below the maximum rate only sleeps for 0 s, which lets other links run first.
    for _ in range(websocket_module.BURST - 1):
        now[0] += 1 / websocket_module.RATE + 1e-3
        pace.over(100)
    assert pace.over(100) == 0
    # A large frame counts as several messages.
    assert pace.over(8_000_000) > 0.1


def test_link_is_delayed_by_the_time_that_its_messages_take() -> None:
    """If each message takes 1 ms, a link may use only a quarter of the server's time."""
    now, handled, waited = [0.0], 0, 0.0
    pace = Pace(lambda: now[0])
    while now[0] < 10:
        now[0] += 0.001
        handled += 1
        wait = pace.over(100, 0.001) or 0.0
        now[0] += wait
        waited += wait
    assert handled * 0.001 == pytest.approx(10 * websocket_module.TIME_SHARE, rel=0.1)


def test_flood_of_information_requests_does_not_delay_others(server: Server) -> None:
    """Each request takes 1 ms of the server thread. A click in another window is answered
    quickly.
    """
    platform = server.runtime.platform
    original = platform.about

    def slow_about() -> list[tuple[str, str]]:
        until = time.perf_counter() + 0.001
        while time.perf_counter() < until:
            pass
        return original()

    on_server(server, lambda: setattr(platform, "about", slow_about))
    with new_page(server) as loud, new_page(server) as other:
        first = other.attach("/counter/")
        data = b'{"t":"info","what":"about"}'
        frame = bytes([0x81, 0x80 | len(data)]) + bytes(4) + data
        flood = threading.Thread(target=_send, args=(loud.socket._connection, frame * 4000))
        flood.start()
        slowest = 0.0
        for number in range(1, 6):
            began = time.monotonic()
            other.socket.send({"t": "event", "number": number, "document": first["document"],
                              "node": button_of(first), "name": "click", "frames": 1})  # fmt: skip
            while other.socket.receive().get("acknowledged") != number:
                pass
            slowest = max(slowest, time.monotonic() - began)
        loud.close()
        flood.join(PATIENCE)
    assert slowest < 0.5


def test_flooding_window_does_not_delay_others(server: Server) -> None:
    """One window sends 30,000 messages. Clicks in the other window are answered in time."""
    with new_page(server) as flooding, new_page(server) as other:
        flooding.attach("/counter/?flooding")
        first = other.attach("/counter/")
        node, document = button_of(first), first["document"]
        data = json.dumps({"t": "visible", "on": True}).encode()
        frame = bytes([0x81, 0x80 | len(data)]) + bytes(4) + data
        flood = threading.Thread(target=_send, args=(flooding.socket._connection, frame * 30_000))
        flood.start()
        slowest = 0.0
        for number in range(1, 11):
            started = time.monotonic()
            other.socket.send({"t": "event", "number": number, "document": document,
                              "node": node, "name": "click", "frames": 1})  # fmt: skip
            while other.socket.receive().get("acknowledged") != number:
                pass
            slowest = max(slowest, time.monotonic() - started)
        assert flood.is_alive() or slowest < 0.5
        assert slowest < 0.5
        flooding.close()
        flood.join(PATIENCE)


def _send(connection: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(data)


def button_of(frame: dict[str, Any]) -> int:
    """The id of the first button in a snapshot."""
    found: list[int] = []

    def walk(items: list[Any], number: int) -> int:
        for item in items:
            if isinstance(item, int):
                number = item
            elif isinstance(item, str):
                number += 1
            elif isinstance(item, list):
                if item[0] == "button":
                    found.append(number)
                number = walk([i for i in item[1:] if not isinstance(i, dict)], number + 1)
        return number

    walk(frame["frame"]["tree"], 0)
    return found[0]


def test_events_of_a_hanging_view_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers_module, "MAX_HANDLERS", 20)
    app, release, handled = App(__file__, name="hangs"), threading.Event(), []

    @app.route("/")
    class Hangs(View):
        def handle_request(self, request: Any) -> HTML:
            return HTML(Button("a", handle_click=self.click), Span("x"))

        def click(self, event: Any) -> None:
            release.wait(PATIENCE)
            handled.append(event.number)

    with serving(app) as server, new_page(server) as page:
        first = page.attach("/")
        for number in range(1, 61):
            page.socket.send({"t": "event", "number": number, "document": first["document"],
                             "node": button_of(first), "name": "click"})  # fmt: skip
        lost = []
        try:
            while 60 not in lost:
                lost += [e["number"] for e in page.socket.receive().get("effects", []) if e["t"] == "lost"]
        finally:
            release.set()
        assert lost == list(range(21, 61))
        wait_until(lambda: len(handled) == 20, "the other events are handled")
        assert handled == list(range(1, 21))


def test_client_that_does_not_read_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client sends pings, but does not read the pongs."""
    monkeypatch.setattr(websocket_module, "MAX_UNSENT", 200_000)
    monkeypatch.setattr(websocket_module, "RATE", 10**9)
    with serving() as server, new_page(server) as page:
        connection = page.socket._connection
        frame = bytes([0x89, 0x80 | 125]) + bytes(4) + bytes(125)
        with pytest.raises(ConnectionError):
            for _ in range(1000):
                connection.sendall(frame * 1000)
        assert works(server)


def test_unsent_bytes_are_limited() -> None:
    cut: list[bool] = []
    tcp: Any = SimpleNamespace(
        is_closing=lambda: bool(cut), write=lambda data: None, abort=lambda: cut.append(True),
        get_protocol=lambda: None, set_protocol=lambda protocol: None,
        get_write_buffer_size=lambda: websocket_module.MAX_UNSENT + 1,
    )  # fmt: skip
    async def send() -> None:
        socket = WebSocket(tcp, 0)
        socket.send(b"x")
        socket.send(b"x")

    # use a new thread, because browser tests leave an event loop in the main thread
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, send()).result()
    assert cut == [True]


# memory after attacks ---------------------------------------------------------------------------


def attack(server: Server, rounds: int) -> None:
    """Run all attacks of a client without access ``rounds`` times."""
    port = port_of(server)
    for _ in range(rounds):
        exchange(port, MALFORMED[0])
        exchange(port, head("GET", "/" + "a" * 8000, [("Host", "evil.test"),
                                                         ("Connection", "close")]))  # fmt: skip
        for body in (b"x" * 20_000, json.dumps({"t": "hello", "nonce": NONCE}).encode() * 9):
            with Socket(port) as link:
                link.frame(1, body)
                link.closed()
        with Page(port) as page:
            page.ask({"window": NONCE, "user": "u" * 100, "label": "", "key": "00"})
            page.socket.close()
        with connect(port) as connection:
            connection.sendall(head("GET", "/_everview/main.js", [("Host", f"127.0.0.1:{port}")]) * 30)
            connection.recv(1000)
        exchange(port, head("POST", "/_everview/upload/" + "x" * 43, [("Host", f"127.0.0.1:{port}"),
                 ("Content-Length", "100000"), ("Connection", "close")]) + b"x" * 100_000)  # fmt: skip


def memory_of(server: Server) -> int:
    wait_until(lambda: not server.links._unproven, "unproven links are removed")
    wait_until(lambda: on_server(server, lambda: len(server.connections)) == 0, "all connections are closed")
    gc.collect()
    return int(psutil.Process(os.getpid()).memory_info().rss)


def test_memory_does_not_grow_by_an_attack(server: Server) -> None:
    attack(server, 40)
    before = memory_of(server)
    tasks = on_server(server, lambda: len(asyncio.all_tasks()))
    attack(server, 120)
    assert memory_of(server) - before < FLAT
    assert on_server(server, lambda: len(asyncio.all_tasks())) <= tasks + 2
    assert len(server.runtime.windows) == 0
    assert works(server)


def test_unfinished_upload_is_aborted_when_its_view_ends() -> None:
    """The server does not wait for the last byte of the upload, because that byte may never
    arrive.
    """
    with serving_files() as (server, bucket):
        port = port_of(server)
        headers = [("Host", f"127.0.0.1:{port}"), ("Content-Length", "100000000"),
                   ("X-File-Name", "a")]
        with connect(port) as connection:
            connection.sendall(head("POST", f"/_everview/upload/{bucket.token}", headers) + b"x" * 10)
            wait_until(lambda: bucket._arriving, "the upload has started")
            on_server(server, lambda: server.runtime.transfers.close(bucket))
            connection.sendall(b"x" * 300_000)
            assert parse(connection.recv(65_536)).status in (404, 413)
        folder = server.uploads.folder
        assert folder is not None
        wait_until(lambda: not list(folder.iterdir()), "the partial file is deleted")
        assert upload(server, bucket.token, "b").status == 404
