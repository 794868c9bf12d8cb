"""HTTP: responses, downloads, uploads and pass-through routes, over a real socket."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from everview import App, Bucket, FileResponse, JsonResponse, Response, View, i18n
from everview.html import H1, HTML, Button, FileInput
from everview.runtime.transfers.buckets import Transfer
from everview.runtime.transfers.transfers import Download
from everview.server.http.replies import attachment
from everview.server.http.uploads import FileStore
from everview.server.server import Server
from tests.support.server import (
    Closed,
    Page,
    Reply,
    connect,
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
    """Return a function that starts the server. A test calls it after it has added its routes."""
    contexts = []

    def start() -> Server:
        context = serving(app)
        contexts.append(context)
        return context.__enter__()

    yield start
    for context in contexts:
        context.__exit__(None, None, None)


def load(server: Server, url: str) -> str:
    """Return the one-time address that a window gets for ``url``."""
    with new_page(server) as page:
        page.socket.send({"t": "attach", "url": url})
        while True:
            for effect in page.socket.receive().get("effects", []):
                if effect["t"] == "load":
                    return str(effect["url"])


def post(port: int, target: str, body: bytes, *headers: tuple[str, str]) -> Reply:
    own = [("Host", f"127.0.0.1:{port}"), ("Content-Length", str(len(body))),
           ("Connection", "close"), *headers]  # fmt: skip
    return exchange(port, head("POST", target, own) + body)


# responses --------------------------------------------------------------------------------------


def test_response_with_ticket_is_sent_once(app: App, started: Any) -> None:
    users = []

    @app.route("/data", interactive=False)
    def data(request):
        users.append(request.user)
        return JsonResponse({"a": 1}, headers={"X-Own": "2"})

    server = started()
    port = port_of(server)
    # Without a ticket the server returns the page and does not call the view.
    direct = request(port, "/data")
    assert (direct.status, b"<script" in direct.body) == (200, True)
    address = load(server, "/data?x=1")
    answer = request(port, address)
    assert (answer.status, answer.body) == (200, b'{"a":1}')
    assert answer.all("Content-Type") == ["application/json"]
    assert answer.all("X-Own") == ["2"]
    assert answer.all("X-Content-Type-Options") == ["nosniff"]
    # A used ticket redirects to the URL of the route, whose page requests a new ticket.
    again = request(port, address)
    assert (again.status, again.all("Location")) == (302, ["/data?x=1"])
    assert users == ["owner"]


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("//evil.example/", "/evil.example/"),
        ("/\\evil.example/", "/evil.example/"),
        ("/%2f%2fevil.example", "/%2f%2fevil.example"),
        ("/?next=//evil.example", "/?next=//evil.example"),
    ],
)
def test_wrong_ticket_redirects_to_own_server(
    app: App, started: Any, target: str, location: str
) -> None:
    server = started()
    reply = request(port_of(server), f"/_everview/http/{'x' * 43}{target}")
    assert reply.status == 302
    assert reply.all("Location") == [location]


def test_ticket_for_another_url_is_refused(app: App, started: Any) -> None:
    @app.route("/<name>", interactive=False)
    def data(request):
        return request.match_info["name"]

    server = started()
    address = load(server, "/mine")
    reply = request(port_of(server), address.replace("/mine", "/yours"))
    assert reply.status == 302
    assert b"yours" not in reply.body


def test_response_that_may_run_scripts_is_sandboxed(app: App, started: Any) -> None:
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


def test_posted_form_reaches_the_view(app: App, started: Any) -> None:
    @app.route("/form", interactive=False)
    def form(request):
        return f"{request.method} {request.POST.get('name')}"

    server = started()
    reply = post(port_of(server), load(server, "/form"), b"name=Ann+B",
                 ("Content-Type", "application/x-www-form-urlencoded"))  # fmt: skip
    assert reply.body == b"POST Ann B"


def test_file_response_has_its_name(app: App, started: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"0123456789")

    @app.route("/file", interactive=False)
    def file(request):
        return FileResponse(path, name='über "x".bin')

    server = started()
    reply = request(port_of(server), load(server, "/file"))
    assert reply.body == b"0123456789"
    (disposition,) = reply.all("Content-Disposition")
    assert "filename=\"_ber _x_.bin\"; filename*=UTF-8''%C3%BCber%20_x_.bin" in disposition


@pytest.mark.parametrize(
    ("name", "saved"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\a.txt", "a.txt"), ("a\u202etxt.exe", "atxt.exe"),
     ("CON", "_CON"), ("a\r\nb", "ab"), ("..", "file")],
)  # fmt: skip
def test_name_of_a_download_header_is_safe(name: str, saved: str) -> None:
    assert attachment(name) == f"attachment; filename=\"{saved}\"; filename*=UTF-8''{saved}"


def test_one_time_answers_are_not_stored_by_the_browser(app: App, started: Any) -> None:
    @app.route("/private", interactive=False)
    def private(request):
        return "private"

    server = started()
    transfers = server.runtime.transfers
    download = on_server(server, lambda: transfers.download_address(Download("x", body=b"x")))
    for target, status in ((load(server, "/private"), 200), (download, 200), (download, 404)):
        reply = request(port_of(server), target)
        assert (reply.status, reply.all("Cache-Control")) == (status, ["no-store"])
    assert request(port_of(server), "/").all("Cache-Control") == ["no-cache"]


@pytest.mark.parametrize(
    ("options", "name", "status", "text"),
    [({"accept": [".csv"]}, "a.txt", 415, "Hier werden nur Dateien"),
     ({"max_size": 3}, "a.txt", 413, "a.txt ist"),
     ({"max_files": 1}, "a.txt", 409, "Hier ist nur 1 Datei")],
)  # fmt: skip
def test_refused_upload_has_a_fitting_status_and_a_translated_reason(
    started: Any, app: App, options: dict[str, Any], name: str, status: int, text: str
) -> None:
    buckets = []

    @app.route("/limited")
    class Limited(View):
        def handle_request(self, request):
            buckets.append(Bucket(request, **options))
            return HTML(FileInput(buckets[0]))

    server = started()
    i18n.use(["de"])
    try:
        with new_page(server) as page:
            page.attach("/limited")
            target = f"/_everview/upload/{buckets[0].token}"
            if "max_files" in options:
                assert post(port_of(server), target, b"x", ("X-File-Name", "b")).status == 200
            reply = post(port_of(server), target, b"12345", ("X-File-Name", name))
    finally:
        i18n.use(["en"])
    assert reply.status == status
    assert reply.body.decode().startswith(text)


@pytest.mark.parametrize("path", ["/%C3%BCber/Bj%C3%B6rk%2Fx", "/%c3%bcber/Bj%c3%b6rk%2fx"])
def test_route_with_non_ascii_letters_is_found_at_the_url_of_a_page(
    app: App, started: Any, path: str
) -> None:
    @app.route("/über/<name>", http_pass_through=True)
    def about(request):
        return web.Response(text="found")

    def arguments_of(path: str) -> Any:
        found = app.router.resolve(path)
        return None if found is None else dict(found[1])

    assert arguments_of(path) == {"name": "Björk/x"}
    assert arguments_of("/über/Björk%2Fx") == {"name": "Björk/x"}
    assert arguments_of("/%C3%BCber/a%252Fb") == {"name": "a%2Fb"}
    assert arguments_of("/%C3%BCber/a/b") is None
    assert request(port_of(started()), path).body == b"found"


def test_failing_response_hides_the_error(app: App, started: Any, caplog: Any) -> None:
    @app.route("/broken", interactive=False)
    def broken(request):
        raise RuntimeError("the password is 123")

    server = started()
    reply = request(port_of(server), load(server, "/broken"))
    assert reply.status == 500
    assert b"123" not in reply.body
    assert "the password is 123" in caplog.text


# downloads --------------------------------------------------------------------------------------


def test_download_requested_twice_is_sent_once(app: App, started: Any, tmp_path: Path) -> None:
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
    address = on_server(server, lambda: transfers.download_address(Download("x", path=path)))
    path.unlink()
    assert request(port_of(server), address).status == 404


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


def test_uploaded_file_is_private_and_complete(app: App, started: Any) -> None:
    reports: list[Transfer] = []
    server, bucket, page = bucket_of(app, started, on_progress=reports.append)
    body = bytes(range(256)) * 8000
    reply = post(port_of(server), f"/_everview/upload/{bucket.token}", body,
                 ("X-File-Name", "..%2F%C3%BC.bin"))  # fmt: skip
    assert (reply.status, reply.body.decode()) == (200, "ü.bin")
    path = bucket.get_path("ü.bin")
    assert path.read_bytes() == body
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    wait_until(lambda: reports and reports[-1].done == len(body), "the progress is reported")
    page.close()


def test_upload_without_token_or_after_the_view_is_refused(app: App, started: Any) -> None:
    server, bucket, page = bucket_of(app, started)
    port = port_of(server)
    assert post(port, f"/_everview/upload/{'x' * 43}", b"x").status == 404
    post(port, f"/_everview/upload/{bucket.token}", b"x", ("X-File-Name", "a"))
    path = bucket.get_path("a")
    on_server(server, lambda: server.runtime.close_window(next(iter(server.runtime.windows))))
    wait_until(lambda: not path.exists(), "the file is deleted")
    assert post(port, f"/_everview/upload/{bucket.token}", b"x").status == 404
    page.close()


def test_upload_over_the_limit_is_refused(app: App, started: Any) -> None:
    server, bucket, page = bucket_of(app, started, max_size=100_000)
    port = port_of(server)
    target = f"/_everview/upload/{bucket.token}"
    assert post(port, target, b"x" * 100_001, ("X-File-Name", "a")).status == 413
    # A chunked body has no Content-Length.
    own = [("Host", f"127.0.0.1:{port}"), ("Transfer-Encoding", "chunked"), ("Connection", "close")]
    body = b"".join(b"8000\r\n" + b"x" * 0x8000 + b"\r\n" for _ in range(4)) + b"0\r\n\r\n"
    assert exchange(port, head("POST", target, own) + body).status in (413, 0)
    assert bucket.files == []
    # A body that is cut off is not stored.
    short = [("Host", f"127.0.0.1:{port}"), ("Content-Length", "1000"), ("X-File-Name", "cut")]
    with connect(port) as connection:
        connection.sendall(head("POST", target, short) + b"x" * 10)
    wait_until(lambda: not bucket._arriving, "the upload is aborted")
    assert bucket.files == []
    folder = store_of(server).folder
    assert folder is not None
    wait_until(lambda: list(folder.iterdir()) == [], "its file is deleted")
    page.close()


def test_upload_from_another_site_is_refused(app: App, started: Any) -> None:
    server, bucket, page = bucket_of(app, started)
    port = port_of(server)
    target = f"/_everview/upload/{bucket.token}"
    for header in (("Origin", "http://127.0.0.1:1"), ("Origin", "null"),
                   ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")):  # fmt: skip
        assert post(port, target, b"x", header).status == 403
    assert bucket.files == []
    page.close()


def test_stopped_server_deletes_uploads(app: App) -> None:
    with serving(app) as server:
        store = store_of(server)
        path = store.new_path()
        store.open(path).close()
        assert path.exists()
    assert not path.parent.exists()


# pass-through -----------------------------------------------------------------------------------


def test_pass_through_route_gets_the_request(app: App, started: Any) -> None:
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
    # The guard also checks requests to pass-through routes.
    assert request(port, "/api/a", hosts=["evil.example"]).status == 403
    assert post(port, "/api/a", b"", ("Origin", "http://evil.example")).status == 403
    assert request(port, "/api/a").all("X-Content-Type-Options") == ["nosniff"]


def test_failing_pass_through_route_hides_the_error(app: App, started: Any) -> None:
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


def test_body_over_the_limit_is_refused(app: App, started: Any) -> None:
    app.settings.HTTP_MAX_SIZE = 1000

    @app.route("/api", http_pass_through=True)
    async def api(request: web.Request):
        await request.read()
        return web.Response(text="read")

    server = started()
    assert post(port_of(server), "/api", b"x" * 1000).status == 200
    assert post(port_of(server), "/api", b"x" * 1001).status == 413


def test_post_to_a_view_is_refused(app: App, started: Any) -> None:
    @app.route("/")
    def view(request):
        return HTML(Button("x"))

    server = started()
    assert post(port_of(server), "/", b"").status == 405


# links ------------------------------------------------------------------------------------------


def test_link_refused_by_identify_is_closed(app: App, started: Any) -> None:
    seen = []

    @app.route("/")
    def view(request):
        return "here"

    @app.identify
    def identify(connection):
        seen.append(connection)
        return None if len(seen) == 1 else "someone"

    server = started()
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


def test_middleware_receives_messages_of_a_link(app: App, started: Any) -> None:
    received = []

    @app.middleware
    class Recorder:
        def handle_websocket_message(self, data):
            received.append(type(data.message).__name__)
            return data

    @app.route("/")
    def view(request):
        return "here"

    server = started()
    with new_page(server) as page:
        page.attach("/")
    assert received == ["Attach"]


