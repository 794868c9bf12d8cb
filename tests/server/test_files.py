"""Static files: a fixed table, tags, and the headers of every answer."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from everview.i18n import translate_page
from everview.server.client_bundle.files import CLIENT, Files
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
    "tree.js~", "__init__.py", "link/", "link/x",
]  # fmt: skip


@pytest.mark.parametrize("path", sorted(CLIENT.rglob("*.*")), ids=lambda path: path.name)
def test_every_file_of_the_client_is_served(server: Server, path: Path) -> None:
    """Scripts and style sheets in fewer bytes (test_joining.py, test_shrink.py)."""
    target = "/" if path.name == "index.html" else f"/_everview/{path.relative_to(CLIENT).as_posix()}"
    reply = request(port_of(server), target)
    assert reply.status == 200
    if path.suffix == ".svg":
        assert reply.body == path.read_bytes()
    assert reply.body
    assert b"/**" not in reply.body
    types = {".js": "text/javascript", ".css": "text/css", ".html": "text/html",
             ".svg": "image/svg+xml"}  # fmt: skip
    assert reply.all("Content-Type") == [f"{types[path.suffix]}; charset=utf-8"]


def test_the_page_is_there_in_the_persons_language_and_with_its_icon() -> None:
    """English has no catalogue."""
    page = Files().page.body.decode()
    source = translate_page((CLIENT / "index.html").read_text(encoding="utf-8"))
    assert "{{" not in page
    assert page.count("/_everview/") == 2  # the script and the style sheet
    icon = 'data:image/svg+xml,' + quote((CLIENT / "icon.svg").read_text(encoding="utf-8").strip(), safe="/:=' ")
    assert page == source.replace("/_everview/icon.svg", icon)


def test_a_tag_that_fits_gets_nothing_again(server: Server) -> None:
    port = port_of(server)
    for target in ("/", "/counter/", "/_everview/main.js"):
        (tag,) = request(port, target).all("ETag")
        again = request(port, target, [("If-None-Match", tag)])
        assert (again.status, again.body) == (304, b"")
        assert again.all("ETag") == [tag]
        assert request(port, target, [("If-None-Match", '"other"')]).status == 200


def test_another_content_has_another_tag(tmp_path: Path) -> None:
    files = Files()
    tags = set()
    for text in ("a", "b"):
        (tmp_path / "x.js").write_text(text)
        files.add("/x.js", tmp_path / "x.js")
        file = files.get("/x.js")
        assert file is not None
        tags.add(file.etag)
    assert len(tags) == 2


def test_a_file_is_served_as_it_was_at_the_start(tmp_path: Path) -> None:
    """A file that is replaced while the app runs, by an update, does not mix with the others."""
    path = tmp_path / "x.js"
    path.write_text("before")
    files = Files()
    files.add("/_everview/x.js", path)
    path.write_text("after")
    file = files.get("/_everview/x.js")
    assert file is not None
    assert file.body == b"before"


@pytest.mark.parametrize("name", TRAVERSALS, ids=repr)
def test_defect_12_no_path_names_a_file_on_disk(server: Server, name: str) -> None:
    """Below /_everview/ what is not in the table is 404; a path that leads out of it is the page."""
    reply = request(port_of(server), f"/_everview/{name}")
    page = Files().page.body
    assert reply.status in (400, 404) or reply.body == page
    assert b"def " not in reply.body
    assert b"root:" not in reply.body


@pytest.mark.parametrize("name", ["none.js", "server/keys.py", "link.js.map", "", "index.html"])
def test_unknown_below_shell_is_404(server: Server, name: str) -> None:
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
def test_every_answer_has_the_headers(
    server: Server, target: str, method: str, headers: list[tuple[str, str]], status: int
) -> None:
    """But aiohttp's own 400 for what is no HTTP, which is a plain text that ends the connection."""
    reply = request(port_of(server), target, headers, method=method)
    assert reply.status == status
    if status == 400:
        assert reply.all("Content-Type") == ["text/plain; charset=utf-8"]
        return
    assert {name for name, _ in reply.headers} >= HEADERS
    assert reply.all("X-Content-Type-Options") == ["nosniff"]
    assert reply.all("Server") == []
    assert server.guard.headers["Content-Security-Policy"] in reply.all("Content-Security-Policy")


def test_a_link_without_an_upgrade_is_no_link(server: Server) -> None:
    reply = request(port_of(server), "/_everview/link", [("Origin", server.guard.origin)])
    assert reply.status == 400
    assert not server.links._unproven
