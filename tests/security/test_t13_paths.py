"""T13: names and addresses of files: nothing leads out of a fixed table or a private folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from everview import App, Bucket, Response, View
from everview.html import HTML, FileInput
from everview.runtime.routing.request import Request
from everview.runtime.transfers.transfers import Download
from everview.server.server import Server
from tests.support.server import (
    Reply,
    exchange,
    head,
    new_page,
    on_server,
    port_of,
    request,
    serving,
)

pytestmark = pytest.mark.security

#: Names of files that a page may claim; RFC 3986 escapes are what the page itself sends.
NAMES = [
    "..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "..%5C..%5Cwindows%5Cwin.ini", "C%3A%5Cx.txt",
    "..", ".", "", "%00", "a%00.txt", "%2e%2e%2fa", "....%2F%2Fa", "con", "NUL.txt", "a%0Ab",
    "%E2%80%AEtxt.exe", "x" * 5000, "%FF%FE", "~%2F.bashrc", "-rf", "a%2F..%2F..%2Fb", ". .",
]  # fmt: skip


@contextlib.contextmanager
def files() -> Iterator[tuple[Server, Bucket]]:
    """A server with a view that takes files, and one with answers over HTTP."""
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
    port = port_of(server)
    headers = [("Host", f"127.0.0.1:{port}"), ("Content-Length", str(len(body))),
               ("Connection", "close"), ("X-File-Name", name)]  # fmt: skip
    return exchange(port, head("POST", f"/_everview/upload/{token}", headers) + body)


def address(server: Server, url: str) -> str:
    found = server.runtime.router.resolve(url)
    assert found is not None
    asked = Request(url, "owner", found[0], found[1], interactive=False)
    return str(on_server(server, lambda: server.runtime.transfers.address(asked)))


def test_an_uploaded_files_name_is_no_path() -> None:
    with files() as (server, bucket):
        for name in NAMES:
            upload(server, bucket.token, name)
        folder = server._http._store._folder
        assert folder is not None
        paths = [file.path for file in bucket.files]
        assert paths
        assert {path.parent for path in paths} == {folder}
        # What a page says is part of no path, only of what is shown.
        assert all(set(path.name) <= set("0123456789abcdef") for path in paths)
        assert all(file.name == Path(file.name).name for file in bucket.files)
        assert all(not set(file.name) & set('/\\:*?"<>|\0\n') for file in bucket.files)


def test_an_upload_needs_its_buckets_token() -> None:
    with files() as (server, bucket):
        for token in ("", "x", "x" * 43, bucket.token[:-1], bucket.token + "x", "..%2F" * 3):
            assert upload(server, token, "a").status in (404, 405)
        assert bucket.files == []
        assert upload(server, bucket.token, "a").status == 200


def test_an_answer_is_given_once() -> None:
    with files() as (server, _):
        port, where = port_of(server), address(server, "/data/a")
        assert request(port, where).body == b"data of a"
        assert b"data of" not in request(port, where).body


def test_a_right_to_an_answer_is_of_one_url() -> None:
    with files() as (server, _):
        for other in ("/data/b", "/data/a?x", "/data/a/", "/data/%61", "//data/a", "/data/../data/a"):
            where = address(server, "/data/a").replace("/data/a", other)
            assert b"data of" not in request(port_of(server), where).body


def test_a_download_is_given_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("content")
    with files() as (server, _):
        download = Download("../../a", path=path)
        where = on_server(server, lambda: server.runtime.transfers.download_address(download))
        port = port_of(server)
        assert "/.." not in where
        reply = request(port, where)
        assert reply.body == b"content"
        assert reply.all("Content-Disposition")[0].startswith("attachment;")
        assert b"content" not in request(port, where).body
        for other in ("x" * 43, "..", "%2e%2e"):
            assert b"content" not in request(port, f"/_everview/download/{other}/a").body


def test_an_answer_that_could_run_scripts_is_of_no_origin() -> None:
    with files() as (server, _):
        reply = request(port_of(server), address(server, "/page"))
        (policy,) = reply.all("Content-Security-Policy")
        assert policy.startswith("sandbox;")
        assert "script-src" not in policy
