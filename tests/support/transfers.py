"""A server with uploads and answers over HTTP, and requests to them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from everview import App, Bucket, Response, View
from everview.html import HTML, FileInput
from everview.runtime.routing.request import Request
from everview.server.server import Server
from tests.support.server import Reply, exchange, head, new_page, on_server, port_of, serving


@contextlib.contextmanager
def serving_files() -> Iterator[tuple[Server, Bucket]]:
    """A server whose view at ``/`` is open and accepts files.

    The server also answers over HTTP: with text at ``/data/<name>``, and with HTML that contains a
    script at ``/page``.
    """
    app, buckets = App(__file__, name="paths"), []

    @app.route("/")
    class Files(View):
        def handle_request(self, request: Any) -> HTML:
            buckets.append(Bucket(request))
            return HTML(FileInput(buckets[0]))

    @app.route("/data/<name>", interactive=False)
    def data(request: Any) -> str:
        return f"data of {request.match_info['name']}"

    @app.route("/page", interactive=False)
    def page(request: Any) -> Response:
        return Response("<script>x</script>", content_type="text/html")

    with serving(app) as server, new_page(server) as window:
        window.attach("/")
        yield server, buckets[0]


def upload(server: Server, token: str, name: str, body: bytes = b"x") -> Reply:
    """Upload a file to the bucket that has ``token``."""
    port = port_of(server)
    headers = [("Host", f"127.0.0.1:{port}"), ("Content-Length", str(len(body))),
               ("Connection", "close"), ("X-File-Name", name)]  # fmt: skip
    return exchange(port, head("POST", f"/_everview/upload/{token}", headers) + body)


def one_time_path(server: Server, url: str) -> str:
    """Return a one-time path that serves the response for ``url``."""
    found = server.runtime.router.resolve(url)
    assert found is not None
    request = Request(url, "owner", found[0], found[1], interactive=False)
    return str(on_server(server, lambda: server.runtime.transfers.address(request)))
