"""Invalid messages of a link do not affect other links.

Before authentication an invalid message closes its link. After authentication only the message is
refused, because a page that reconnects would send the same message again.
"""

from __future__ import annotations

import json
import logging
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from everview.server.links import links as links_module
from everview.server.links import websocket as websocket_module
from everview.server.links.links import BROKEN, REFUSED
from everview.server.server import Server
from tests.support.server import (
    SECRET_TEXT,
    Closed,
    Page,
    Socket,
    new_page,
    on_server,
    port_of,
    ticket_of,
    wait_until,
    works,
)  # fmt: skip

NONCE = "0" * 32
#: Invalid first messages of a link, each with the expected close code.
BEFORE: list[Any] = [
    "", " ", "null", "[]", "{}", "1", '"hello"', "{", "hello", "\x00", '{"t":"hello"', "NaN",
    b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", '{"t":"hello","nonce":"\\ud800\\ud800\\ud800"}',
    {"t": "none"}, {"t": None}, {"t": ["hello"]}, {"nonce": NONCE},
    {"t": "hello"}, {"t": "hello", "nonce": ""}, {"t": "hello", "nonce": "short"},
    {"t": "hello", "nonce": "x" * 129}, {"t": "hello", "nonce": 1}, {"t": "hello", "nonce": None},
    {"t": "hello", "nonce": NONCE, "ticket": 1}, {"t": "hello", "nonce": NONCE, "more": 1},
    {"t": "hello", "nonce": NONCE, "fresh": "yes"}, {"t": "hello", "nonce": NONCE, "window": "x" * 129},
    {"t": "proof", "proof": ""}, {"t": "attach", "url": "/"}, {"t": "resync"},
    {"t": "event", "number": 1, "document": "", "node": 1, "name": "click"},
    {"t": "hello", "nonce": NONCE, "ticket": "x" * 3000},
    "[" * 1900, '{"t":' * 300, " " * 2001,
]  # fmt: skip
#: Invalid messages that an authenticated window sends.
AFTER: list[Any] = [
    "", "null", "[]", "{}", "garbage", b"\xff", {"t": "none"}, {"t": "attach"},
    {"t": "hello", "nonce": NONCE}, {"t": "proof", "proof": "0" * 64},
    {"t": "attach", "url": "counter"}, {"t": "attach", "url": "//evil.test"},
    {"t": "attach", "url": "/\\evil.test"}, {"t": "attach", "url": ""},
    {"t": "attach", "url": "/" + "x" * 5000}, {"t": "attach", "url": 1},
    {"t": "attach", "url": "/", "revision": -1}, {"t": "attach", "url": "/", "revision": 2**60},
    {"t": "attach", "url": "/", "revision": 1.5}, {"t": "attach", "url": "/", "more": 1},
    {"t": "event", "number": 0, "document": "", "node": 1, "name": "click"},
    {"t": "event", "number": 1, "document": "", "node": 0, "name": "click"},
    {"t": "event", "number": 1, "document": "", "node": 1, "name": ""},
    {"t": "event", "number": 1, "document": "", "node": 1, "name": "x" * 65},
    {"t": "event", "number": 1, "document": 1, "node": 1, "name": "click"},
    {"t": "confirm", "frames": -1}, {"t": "confirm", "frames": 10_000}, {"t": "confirm", "effects": -1},
    {"t": "visible", "on": 1}, {"t": "window", "do": "quit"}, {"t": "window", "do": "open", "url": "x"},
    {"t": "error", "text": "x" * 4001}, {"t": "error", "text": ["x"]},
    "[" * 100_000, '{"t":"event","number":1,"document":"","node":1,"name":"x","data":' + "[" * 5000,
]  # fmt: skip


def ids(message: Any) -> str:
    text = repr(message)
    return text if len(text) < 60 else f"{text[:50]}...{len(text)}-{zlib.crc32(text.encode()) % 1000}"


@pytest.fixture
def bystander(server: Server) -> Iterator[Page]:
    """Another window, which the invalid messages must not affect."""
    with new_page(server) as page:
        page.attach("/counter/")
        yield page
        assert page.socket.is_open()
        assert SECRET_TEXT in json.dumps(page.attach("/counter/?after"))


def test_invalid_message_before_authentication_closes_the_link(
    server: Server, bystander: Page
) -> None:
    for message in BEFORE:
        with Socket(port_of(server)) as link:
            link.send(message)
            assert link.closed() in (BROKEN, REFUSED), ids(message)
    assert on_server(server, lambda: len(server.runtime.windows)) == 1
    assert works(server)


@pytest.mark.parametrize("message", AFTER, ids=ids)
def test_invalid_message_after_authentication_is_refused_and_the_link_stays_open(
    server: Server, bystander: Page, message: Any
) -> None:
    with new_page(server) as page:
        page.socket.send(message)
        assert page.socket.is_open()
        page.socket.send({"t": "attach", "url": "/counter/?next"})
        while SECRET_TEXT not in json.dumps(page.frame()):
            pass  # the error page of a refused address


@pytest.mark.parametrize(
    "data",
    ['"\\ud800"', '{"deep":' * 5000, "[" * 100_000, "NaN", '"a', "\x00", '"a",  "more":1'],
    ids=range(7),
)
def test_refused_event_is_acknowledged_and_not_accepted_again(server: Server, data: str) -> None:
    """If a refused event were not acknowledged, the page would send it again forever."""
    with new_page(server) as page:
        document = page.attach("/counter/")["document"]
        start = '{"t":"event","number":7,"document":' + json.dumps(document)
        page.socket.send(start + ',"node":1,"name":"click","data":' + data + "}")
        while (message := page.socket.receive()).get("acknowledged") != 7:
            pass
        effects = [effect["t"] for effect in message.get("effects", [])]
        assert effects in (["notice"], ["lost"])
        assert page.socket.is_open()


def test_refused_message_is_logged_once_in_one_short_line(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "everview.link"), new_page(server) as page:
        page.socket.send({"t": "event", "number": 1, "\nforged": "x" * 5000})
        page.attach()  # the message was handled
    (text,) = [record.getMessage() for record in caplog.records]
    assert "refused" in text
    assert "\n" not in text
    assert len(text) < 300


@pytest.mark.parametrize("opcode", [0x2, 0x0, 0x3, 0xB])
@pytest.mark.parametrize("proven", [False, True])
def test_frame_that_is_not_text_closes_the_link(
    server: Server, bystander: Page, opcode: int, proven: bool
) -> None:
    link = new_page(server).socket if proven else Socket(port_of(server))
    with link:
        link.frame(opcode, json.dumps({"t": "hello", "nonce": NONCE}).encode())
        assert link.closed() == BROKEN


def test_fragmented_message_is_received_as_one(server: Server) -> None:
    ticket = ticket_of(server.address("/"))
    data = json.dumps({"t": "hello", "nonce": NONCE, "ticket": ticket}).encode()
    with Page(port_of(server)) as page:
        page.socket.raw(bytes([0x01, 0x80 | 20]) + bytes(4) + data[:20])
        page.socket.frame(0, data[20:])
        assert page.socket.receive()["t"] == "welcome"


def test_too_large_message_is_refused_before_it_is_received(
    server: Server, bystander: Page
) -> None:
    """A frame is refused as soon as its header announces too many bytes.

    Before authentication the limit is lower.
    """
    with new_page(server) as page:
        page.socket.raw(bytes([0x81, 0x80 | 127]) + struct.pack(">Q", 2**40) + bytes(4))
        assert page.socket.closed() == BROKEN
    with Socket(port_of(server)) as link:
        link.send(json.dumps({"t": "hello", "nonce": NONCE}) + " " * 2000)
        assert link.closed() == BROKEN


def test_message_with_a_full_text_area_is_accepted(server: Server) -> None:
    """The limit of a message is larger than the longest text of a text area."""
    with new_page(server) as page:
        document = page.attach("/counter/")["document"]
        page.socket.send({"t": "event", "number": 1, "document": document, "node": 1,
                         "name": "change", "data": "x" * 1_000_000})  # fmt: skip
        assert page.socket.is_open()


def test_hello_or_proof_after_authentication_is_ignored(server: Server, bystander: Page) -> None:
    """A link can authenticate only once, because it belongs to one window until it is closed."""
    for message in ({"t": "hello", "nonce": NONCE, "ticket": ticket_of(server.address("/"))},
                    {"t": "proof", "proof": "0" * 64}):  # fmt: skip
        with new_page(server) as page:
            windows = on_server(server, lambda: len(server.runtime.windows))
            page.socket.send(message)
            assert SECRET_TEXT in json.dumps(page.attach())
            assert on_server(server, lambda: len(server.runtime.windows)) == windows


def test_second_hello_before_authentication_closes_the_link(
    server: Server, bystander: Page
) -> None:
    with Page(port_of(server)) as page:
        page.ask({"window": NONCE, "user": "owner", "label": "", "key": "00"})
        page.socket.send({"t": "hello", "nonce": NONCE})
        assert page.socket.closed() == BROKEN


def test_lost_link_is_cleaned_up_at_every_step(server: Server, bystander: Page) -> None:
    port = port_of(server)
    Socket(port).close()
    with Page(port) as page:
        page.ask({"window": NONCE, "user": "owner", "label": "", "key": "00"})
    with Socket(port) as link:
        link.raw(b"\x81")
    with Socket(port) as link:
        link.raw(bytes([0x81, 0x80 | 100]) + b"half")
    with new_page(server):
        pass
    wait_until(lambda: not server.links._unproven, "unproven links are removed")
    wait_until(
        lambda: on_server(server, lambda: [w.transport for w in server.runtime.windows])
        .count(None) == 1, "the link of the window is removed",
    )  # fmt: skip


def test_client_that_ignores_a_close_is_disconnected(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiohttp's own websocket would wait 10 s for the close frame of each refused client."""
    assert websocket_module.CLOSE_TIME <= 2
    monkeypatch.setattr(websocket_module, "CLOSE_TIME", 0.05)
    with Socket(port_of(server)) as link:
        link.send("garbage")
        link._read_frame()  # the client receives the close frame and does not answer it
        link._connection.settimeout(5)
        with pytest.raises(Closed) as closed:
            link._read_frame()
        assert closed.value.code == 1006


def test_text_of_a_client_is_one_short_line_in_the_log(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """A client can neither forge log lines nor fill the log."""
    with caplog.at_level(logging.WARNING, "everview.link"):
        for name in ("\n2026-01-01 INFO forged: line", "x" * 1500):
            with Socket(port_of(server)) as link:
                link.send({"t": "hello", "nonce": NONCE, name: 1})
                assert link.closed() == BROKEN
    texts = [record.getMessage() for record in caplog.records]
    assert len(texts) == 2
    assert all("\n" not in text and len(text) < 300 for text in texts)


def test_closed_links_are_not_logged(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Closed links are not logged, because many short links would fill the log."""
    with caplog.at_level(logging.WARNING):
        for _ in range(links_module.MAX_UNPROVEN + 10):
            Socket(port_of(server)).close()
        wait_until(lambda: not server.links._unproven, "they are removed")
    assert caplog.records == []


def test_exception_in_the_server_ends_one_link_and_is_logged(
    server: Server, bystander: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with new_page(server) as page:
        page.attach("/counter/?other")
        with monkeypatch.context() as broken:
            broken.setattr(server.runtime, "receive", lambda window, message: 1 / 0)
            page.socket.send({"t": "resync"})
            assert page.socket.closed() == 1006
    assert "ZeroDivisionError" in caplog.text
    assert works(server)
