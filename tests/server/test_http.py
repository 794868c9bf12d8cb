"""What is answered over HTTP: with a right in the URL once, without one never."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from everview import App, Bucket, FileResponse, JsonResponse, Response, View
from everview.html import H1, HTML, Button, FileInput
from everview.server.http.uploads import FileStore
from everview.server.server import Server
from tests.support.server import (
    Page,
    Reply,
    exchange,
    head,
    new_page,
    on_server,
    port_of,
    request,
    serving,
    wait_until,
)


@pytest.fixture
def app() -> App:
    return App(__file__, name="http")


@pytest.fixture
def started(app: App) -> Iterator[Callable[[], Server]]:
    """Starts the server when the routes are there."""
    contexts = []

    def start() -> Server:
        context = serving(app)
        contexts.append(context)
        return context.__enter__()

    yield start
    for context in contexts:
        context.__exit__(None, None, None)


def load(server: Server, url: str) -> str:
    """Where a window that goes to ``url`` is told to load it from."""
    with new_page(server) as page:
        page.socket.say({"t": "attach", "url": url})
        while True:
            for effect in page.socket.hear().get("effects", []):
                if "load" in effect:
                    return str(effect["load"])


def post(port: int, target: str, body: bytes, *headers: tuple[str, str]) -> Reply:
    own = [("Host", f"127.0.0.1:{port}"), ("Content-Length", str(len(body))),
           ("Connection", "close"), *headers]  # fmt: skip
    return exchange(port, head("POST", target, own) + body)


# answers ----------------------------------------------------------------------------------------


def test_an_answer_is_given_once_to_who_has_the_right(app: App, started: Any) -> None:
    asked = []

    @app.route("/data", interactive=False)
    def data(request):
        asked.append(request.user)
        return JsonResponse({"a": 1}, headers={"X-Own": "2"})

    server = started()
    port = port_of(server)
    # Without a right it is the page, as every URL; nothing is asked.
    direct = request(port, "/data")
    assert (direct.status, b"<script" in direct.body) == (200, True)
    address = load(server, "/data?x=1")
    answer = request(port, address)
    assert (answer.status, answer.body) == (200, b'{"a":1}')
    assert answer.all("Content-Type") == ["application/json"]
    assert answer.all("X-Own") == ["2"]
    assert answer.all("X-Content-Type-Options") == ["nosniff"]
    # Reloaded: the URL itself asks for a new right.
    again = request(port, address)
    assert (again.status, again.all("Location")) == (302, ["/data?x=1"])
    assert asked == ["owner"]


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("//evil.example/", "/evil.example/"),
        ("/\\evil.example/", "/evil.example/"),
        ("/%2f%2fevil.example", "/%2f%2fevil.example"),
        ("/?next=//evil.example", "/?next=//evil.example"),
    ],
)
def test_a_wrong_ticket_leads_nowhere_else(
    app: App, started: Any, target: str, location: str
) -> None:
    server = started()
    reply = request(port_of(server), f"/_everview/http/{'x' * 43}{target}")
    assert reply.status == 302
    assert reply.all("Location") == [location]


def test_a_right_is_for_one_url(app: App, started: Any) -> None:
    @app.route("/<name>", interactive=False)
    def data(request):
        return request.match_info["name"]

    server = started()
    address = load(server, "/mine")
    reply = request(port_of(server), address.replace("/mine", "/yours"))
    assert reply.status == 302
    assert b"yours" not in reply.body


def test_what_could_run_scripts_is_of_no_origin(app: App, started: Any) -> None:
    @app.route("/<kind>", interactive=False)
    def data(request):
        kinds = {
            "node": H1("x"),
            "html": Response("<script>1</script>", content_type="text/html"),
            "svg": Response("<svg/>", content_type="image/svg+xml"),
            "png": Response(body=b"x", content_type="image/png"),
        }
        return kinds[request.match_info["kind"]]

    server = started()
    for kind in ("node", "html", "svg"):
        (policy,) = request(port_of(server), load(server, f"/{kind}")).all(
            "Content-Security-Policy"
        )
        assert policy.startswith("sandbox;")
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
    (policy,) = request(port_of(server), load(server, "/png")).all("Content-Security-Policy")
    assert "sandbox" not in policy


def test_a_form_is_posted_to_an_answer(app: App, started: Any) -> None:
    @app.route("/form", interactive=False)
    def form(request):
        return f"{request.method} {request.POST.get('name')}"

    server = started()
    reply = post(port_of(server), load(server, "/form"), b"name=Ann+B",
                 ("Content-Type", "application/x-www-form-urlencoded"))  # fmt: skip
    assert reply.body == b"POST Ann B"


def test_a_file_is_answered_with_its_name(app: App, started: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"0123456789")

    @app.route("/file", interactive=False)
    def file(request):
        return FileResponse(path, name='über "x".bin')

    server = started()
    reply = request(port_of(server), load(server, "/file"))
    assert reply.body == b"0123456789"
    (disposition,) = reply.all("Content-Disposition")
    assert "filename=\"_ber _x_.bin\"; filename*=UTF-8''%C3%BCber%20%22x%22.bin" in disposition


def test_a_view_that_fails_says_nothing_of_why(app: App, started: Any, caplog: Any) -> None:
    @app.route("/broken", interactive=False)
    def broken(request):
        raise RuntimeError("the password is 123")

    server = started()
    reply = request(port_of(server), load(server, "/broken"))
    assert reply.status == 500
    assert b"123" not in reply.body
    assert "the password is 123" in caplog.text


# downloads --------------------------------------------------------------------------------------


def test_a_download_is_had_once(app: App, started: Any, tmp_path: Path) -> None:
    from everview.runtime.transfers.transfers import Download

    server = started()
    path = tmp_path / "a.txt"
    path.write_text("from disk")
    transfers = server.runtime.transfers
    for download, body in (
        (Download("a b.txt", body=b"bytes"), b"bytes"),
        (Download("../../a.txt", path=path), b"from disk"),
    ):
        address = on_server(server, lambda download=download: transfers.download_address(download))
        reply = request(port_of(server), address)
        assert reply.body == body
        assert reply.all("Content-Disposition")[0].startswith("attachment;")
        assert reply.all("Content-Type") == ["application/octet-stream"]
        assert request(port_of(server), address).status == 404
    assert "/.." not in address
    gone = on_server(server, lambda: transfers.download_address(Download("x", path=path)))
    path.unlink()
    assert request(port_of(server), gone).status == 404


# uploads ----------------------------------------------------------------------------------------


def bucket_of(app: App, started: Any, **limits: Any) -> tuple[Server, Bucket, Page]:
    buckets = []

    @app.route("/")
    class Files(View):
        def handle_request(self, request):
            buckets.append(Bucket(request, **limits))
            return HTML(FileInput(buckets[0]))

    server = started()
    page = new_page(server)
    page.attach("/")
    return server, buckets[0], page


def store_of(server: Server) -> FileStore:
    store = server.runtime.services.files
    assert isinstance(store, FileStore)
    return store


def test_a_file_is_uploaded(app: App, started: Any) -> None:
    said = []
    server, bucket, page = bucket_of(app, started, on_progress=said.append)
    body = bytes(range(256)) * 8000
    reply = post(port_of(server), f"/_everview/upload/{bucket.token}", body,
                 ("X-File-Name", "..%2F%C3%BC.bin"))  # fmt: skip
    assert (reply.status, reply.body.decode()) == (200, "ü.bin")
    path = bucket.get_path("ü.bin")
    assert path.read_bytes() == body
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    wait_until(lambda: said and said[-1].done == len(body), "the progress is said")
    page.close()


def test_an_upload_needs_the_right_and_ends_with_the_view(app: App, started: Any) -> None:
    server, bucket, page = bucket_of(app, started)
    port = port_of(server)
    assert post(port, f"/_everview/upload/{'x' * 43}", b"x").status == 404
    post(port, f"/_everview/upload/{bucket.token}", b"x", ("X-File-Name", "a"))
    path = bucket.get_path("a")
    on_server(server, lambda: server.runtime.close_window(next(iter(server.runtime.windows))))
    wait_until(lambda: not path.exists(), "the file is gone")
    assert post(port, f"/_everview/upload/{bucket.token}", b"x").status == 404
    page.close()


def test_limits_hold_whatever_is_announced(app: App, started: Any) -> None:
    server, bucket, page = bucket_of(app, started, max_size=100_000)
    port = port_of(server)
    target = f"/_everview/upload/{bucket.token}"
    assert post(port, target, b"x" * 100_001, ("X-File-Name", "a")).status == 413
    # In chunks, which announce nothing.
    own = [("Host", f"127.0.0.1:{port}"), ("Transfer-Encoding", "chunked"), ("Connection", "close")]
    body = b"".join(b"8000\r\n" + b"x" * 0x8000 + b"\r\n" for _ in range(4)) + b"0\r\n\r\n"
    assert exchange(port, head("POST", target, own) + body).status in (413, 0)
    assert bucket.files == []
    # Cut off: what did not arrive whole is not there.
    short = [("Host", f"127.0.0.1:{port}"), ("Content-Length", "1000"), ("X-File-Name", "cut")]
    from tests.support.server import connect

    with connect(port) as connection:
        connection.sendall(head("POST", target, short) + b"x" * 10)
    wait_until(lambda: not bucket._arriving, "the upload is given up")
    assert bucket.files == []
    folder = store_of(server).folder
    assert folder is not None
    wait_until(lambda: list(folder.iterdir()) == [], "nothing of it is left")
    page.close()


def test_other_sites_cannot_upload(app: App, started: Any) -> None:
    server, bucket, page = bucket_of(app, started)
    port = port_of(server)
    target = f"/_everview/upload/{bucket.token}"
    for header in (("Origin", "http://127.0.0.1:1"), ("Origin", "null"),
                   ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")):  # fmt: skip
        assert post(port, target, b"x", header).status == 403
    assert bucket.files == []
    page.close()


def test_the_folder_of_uploads_goes_with_the_server(app: App) -> None:
    with serving(app) as server:
        store = store_of(server)
        path = store.new_path()
        store.open(path).close()
        assert path.exists()
    assert not path.parent.exists()


# pass-through -----------------------------------------------------------------------------------


def test_a_pass_through_route_gets_the_request_as_it_is(app: App, started: Any) -> None:
    @app.route("/api/<rest:path>", http_pass_through=True)
    async def api(request: web.Request):
        body = await request.read()
        return web.Response(text=f"{request.method} {request.path} {len(body)}", status=201)

    @app.route("/plain", http_pass_through=True)
    class Plain(View):
        def handle_request(self, request: web.Request):
            return JsonResponse({"path": request.path})

    server = started()
    port = port_of(server)
    reply = post(port, "/api/a/b", b"12345")
    assert (reply.status, reply.body) == (201, b"POST /api/a/b 5")
    assert request(port, "/plain").body == b'{"path":"/plain"}'
    # Behind the guard, as everything.
    assert request(port, "/api/a", hosts=["evil.example"]).status == 403
    assert post(port, "/api/a", b"", ("Origin", "http://evil.example")).status == 403
    assert request(port, "/api/a").all("X-Content-Type-Options") == ["nosniff"]


def test_a_pass_through_route_that_fails_says_nothing_of_why(app: App, started: Any) -> None:
    @app.route("/broken", http_pass_through=True)
    def broken(request):
        raise RuntimeError("the password is 123")

    @app.route("/wrong", http_pass_through=True)
    def wrong(request):
        return "no response"

    @app.route("/missing", http_pass_through=True)
    def missing(request):
        raise web.HTTPNotFound(text="not here")

    server = started()
    port = port_of(server)
    for path in ("/broken", "/wrong"):
        reply = request(port, path)
        assert reply.status == 500
        assert b"123" not in reply.body
    assert request(port, "/missing").body == b"not here"


def test_large_bodies_are_refused(app: App, started: Any) -> None:
    app.settings.HTTP_MAX_SIZE = 1000

    @app.route("/api", http_pass_through=True)
    async def api(request: web.Request):
        await request.read()
        return web.Response(text="read")

    server = started()
    assert post(port_of(server), "/api", b"x" * 1000).status == 200
    assert post(port_of(server), "/api", b"x" * 1001).status == 413


def test_views_are_not_posted_to(app: App, started: Any) -> None:
    @app.route("/")
    def view(request):
        return HTML(Button("x"))

    server = started()
    assert post(port_of(server), "/", b"").status == 405


# who comes in -----------------------------------------------------------------------------------


def test_a_link_that_the_app_refuses_is_closed(app: App, started: Any) -> None:
    seen = []

    @app.route("/")
    def view(request):
        return "here"

    @app.identify
    def who(connection):
        seen.append(connection)
        return None if len(seen) == 1 else "someone"

    server = started()
    from tests.support.server import Closed

    with pytest.raises(Closed) as closed, new_page(server) as page:
        page.attach("/")
    assert closed.value.code == 4403
    with new_page(server) as page:
        page.attach("/")
        (window,) = server.runtime.windows
        assert window.user == "someone"
    assert seen[0].user == "owner"
    assert seen[0].remote == "127.0.0.1"
    assert seen[0].headers["Origin"] == server.guard.origin


def test_messages_are_heard_by_middlewares_on_a_real_link(app: App, started: Any) -> None:
    heard = []

    @app.middleware
    class Ear:
        def handle_websocket_message(self, data):
            heard.append(type(data.message).__name__)
            return data

    @app.route("/")
    def view(request):
        return "here"

    server = started()
    with new_page(server) as page:
        page.attach("/")
    assert heard == ["Attach"]


