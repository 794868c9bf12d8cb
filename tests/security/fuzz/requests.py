"""Fuzz the bytes that are sent to the port: requests, bodies, uploads, forms, frames."""

from __future__ import annotations

import logging
import socket
from typing import Any

from everview import App, Bucket, View
from everview.html import HTML, FileInput
from everview.runtime.routing.request import Request
from everview.server.server import Server

failed: list[str] = []


class Failures(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        failed.append(record.getMessage() + str(record.exc_info))


app = App(__file__, name="fuzz")
buckets: list[Bucket] = []


@app.route("/")
class Start(View):
    def handle_request(self, request: Any) -> HTML:
        buckets.append(Bucket(request, max_size=5000))
        return HTML(FileInput(buckets[-1]))


@app.route("/form", interactive=False)
def form(request: Any) -> str:
    return repr(sorted(request.POST))


server = Server(app.make_runtime)
server.start()
PORT = int(server.guard.authority.rpartition(":")[2])
for name in ("everview", "aiohttp", "asyncio"):
    logging.getLogger(name).addHandler(Failures(logging.ERROR))


async def start_view() -> None:
    found = server.runtime.router.resolve("/")
    assert found is not None
    instance = server.runtime.make_instance(Request("/", "owner", found[0], found[1]))
    instance.start()


async def ticket() -> str:
    found = server.runtime.router.resolve("/form")
    assert found is not None
    request = Request("/form", "owner", found[0], found[1], interactive=False)
    return server.runtime.transfers.address(request)


server.call(start_view())


def one(data: bytes) -> None:
    """Send a request. The first byte of ``data`` selects the part that the fuzzer provides."""
    kind, rest = data[:1], data[1:]
    own = f"Host: 127.0.0.1:{PORT}\r\n".encode()
    if kind == b"u" and buckets:
        line = f"POST /_everview/upload/{buckets[0].token} HTTP/1.1\r\n".encode()
        rest = line + own + rest
    elif kind == b"f":
        line = f"POST {server.call(ticket())} HTTP/1.1\r\n".encode()
        rest = line + own + rest
    elif kind == b"w":
        head = (f"GET /_everview/link HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n"
                f"Origin: http://127.0.0.1:{PORT}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
        rest = head.encode() + rest
    failed.clear()
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as connection:
        received = b""
        try:
            connection.sendall(rest)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65_536):
                received += part
                if len(received) > 200_000:
                    break
        except ConnectionError:
            pass
    assert not received or received.startswith(b"HTTP/1."), received[:100]
    assert not failed, failed
    for upload in list(buckets[0].files) if buckets else []:
        buckets[0].remove(upload.name)
