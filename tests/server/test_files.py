"""The client's files: a fixed table, entity tags, and the headers of every response."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from everview import i18n
from everview.server.client_bundle import files as files_module
from everview.server.client_bundle.files import CLIENT, Files, read_client
from everview.server.server import Server
from tests.support.server import port_of, request

HEADERS = {
    "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
    "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy",
    "Cache-Control",
}  # fmt: skip
TRAVERSALS = [
    "../server/keys.py", "..%2fserver%2fkeys.py", "%2e%2e/server/keys.py", "....//server/keys.py",
    "..\\server\\keys.py", "/etc/passwd", "%2fetc%2fpasswd", "main.js/", "main.js/..", "main.js%00",
    "main.js%00.css", "./main.js/.", "MAIN.JS", "main.js.", "main.js%20", "", "index.html", ".",
    "tree.js~", "__init__.py", "link/", "link/x", "chrome", "chrome/", "chrome/../main.js",
]  # fmt: skip


@pytest.mark.parametrize("path", sorted(CLIENT.rglob("*.*")), ids=lambda path: path.name)
def test_every_file_of_the_client_is_served(server: Server, path: Path) -> None:
    name = path.relative_to(CLIENT).as_posix()
    reply = request(port_of(server), "/" if name == "index.html" else f"/_everview/{name}")
    assert reply.status == 200
    assert reply.body
    types = {".js": "text/javascript", ".css": "text/css", ".html": "text/html",
             ".svg": "image/svg+xml"}  # fmt: skip
    assert reply.all("Content-Type") == [f"{types[path.suffix]}; charset=utf-8"]


def test_checkout_without_a_bundle_serves_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(files_module.VARIABLE)
    files = Files()
    for path in CLIENT.rglob("*.js"):
        file = files.get(f"/_everview/{path.relative_to(CLIENT).as_posix()}")
        assert file is not None
        assert file.body == path.read_bytes()


def test_bundle_is_served_without_comments() -> None:
    assert all(b"/**" not in content for content in read_client().values())


def test_page_contains_its_texts_and_its_icon() -> None:
    page = Files().page.body.decode()
    source = i18n.translate_page((CLIENT / "index.html").read_text(encoding="utf-8"))
    assert "{{" not in page
    assert page.count("/_everview/") == 2  # the addresses of the script and of the style sheet
    icon = 'data:image/svg+xml,' + quote((CLIENT / "icon.svg").read_text(encoding="utf-8").strip(), safe="/:=' ")
    assert page == source.replace("/_everview/icon.svg", icon)


def test_texts_of_another_language_are_served_as_a_script() -> None:
    i18n.use(["de"])
    try:
        file = Files().get("/_everview/strings.js")
    finally:
        i18n.use([])
    assert file is not None
    assert file.body.decode().startswith("export const strings = {")
    assert '"Copied.": "Kopiert."' in file.body.decode()


def test_matching_entity_tag_gets_an_empty_response(server: Server) -> None:
    port = port_of(server)
    for target in ("/", "/counter/", "/_everview/main.js"):
        (tag,) = request(port, target).all("ETag")
        again = request(port, target, [("If-None-Match", tag)])
        assert (again.status, again.body) == (304, b"")
        assert again.all("ETag") == [tag]
        assert request(port, target, [("If-None-Match", '"other"')]).status == 200


def test_changed_content_has_another_entity_tag() -> None:
    client = read_client()
    tags = set()
    for text in (b"a", b"b"):
        file = Files({**client, "x.js": text}).get("/_everview/x.js")
        assert file is not None
        tags.add(file.etag)
    assert len(tags) == 2


def test_file_that_is_replaced_on_disk_is_served_with_its_first_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the app is updated while it runs, pages do not get a mix of old and new scripts."""
    for name, content in read_client().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "x.js").write_text("before")
    monkeypatch.setenv(files_module.VARIABLE, str(tmp_path))
    files = Files()
    (tmp_path / "x.js").write_text("after")
    file = files.get("/_everview/x.js")
    assert file is not None
    assert file.body == b"before"


@pytest.mark.parametrize("name", TRAVERSALS, ids=repr)
def test_defect_12_path_of_a_request_names_no_file_on_disk(server: Server, name: str) -> None:
    """An unknown path below /_everview/ gives 404; a path outside it gives the page."""
    reply = request(port_of(server), f"/_everview/{name}")
    page = Files().page.body
    assert reply.status in (400, 404) or reply.body == page
    assert b"def " not in reply.body
    assert b"root:" not in reply.body


@pytest.mark.parametrize("name", ["none.js", "server/keys.py", "link.js.map", "", "index.html"])
def test_unknown_file_below_the_prefix_is_not_found(server: Server, name: str) -> None:
    assert request(port_of(server), f"/_everview/{name}").status == 404


@pytest.mark.parametrize(
    ("target", "method", "headers", "status"),
    [
        ("/", "GET", [], 200),
        ("/", "HEAD", [], 200),
        ("/_everview/main.js", "GET", [], 200),
        ("/_everview/none.js", "GET", [], 404),
        ("/", "POST", [], 405),
        ("/", "OPTIONS", [], 405),
        ("/_everview/link", "GET", [], 403),
        ("/_everview/link", "POST", [], 405),
        ("/", "GET", [("Sec-Fetch-Site", "cross-site")], 403),
        ("/", "GET", [("Host", "evil.test")], 400),
    ],
    ids=str,
)
def test_every_response_has_the_security_headers(
    server: Server, target: str, method: str, headers: list[tuple[str, str]], status: int
) -> None:
    """Only the responses of aiohttp to malformed HTTP (400) have no security headers."""
    reply = request(port_of(server), target, headers, method=method)
    assert reply.status == status
    if status == 400:
        assert reply.all("Content-Type") == ["text/plain; charset=utf-8"]
        return
    assert {name for name, _ in reply.headers} >= HEADERS
    assert reply.all("X-Content-Type-Options") == ["nosniff"]
    assert reply.all("Server") == []
    assert server.guard.headers["Content-Security-Policy"] in reply.all("Content-Security-Policy")


def test_link_request_without_an_upgrade_is_rejected(server: Server) -> None:
    reply = request(port_of(server), "/_everview/link", [("Origin", server.guard.origin)])
    assert reply.status == 400
    assert not server.links._unproven
