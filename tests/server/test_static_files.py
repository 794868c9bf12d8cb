"""Static files of classes and apps: a fixed table, media types and headers (T13)."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from everview import App, View
from everview.errors import StaticFileError
from everview.html import HTML, Div, Document
from everview.html.tree.static_files import (
    CLASSES,
    PREFIX,
    TYPES,
    Script,
    StaticFile,
    StaticTable,
    StyleSheet,
    add_class_files,
    linked_files,
)
from everview.html.widgets.widget import Widget
from everview.server.server import Server
from everview.testing import SimulatedApp
from tests.support.server import port_of, request

STATIC = Path(__file__).resolve().parents[1] / "support" / "static"


class Sheet(Div):
    STATIC_FILES = [StyleSheet(STATIC / "a.css"), StaticFile(STATIC / "dot.svg")]


class Late(Sheet):
    STATIC_FILES = [
        Script(STATIC / "b.js", sort_order=5),
        StyleSheet(STATIC / "b.css", sort_order=-1),
    ]


class Marked(View):
    STATIC_FILES = [StyleSheet("../support/static/c.css")]

    def handle_request(self, request):
        return HTML(Sheet("styled"))


@pytest.fixture
def app() -> App:
    app = App(__file__)
    app.route("/")(Marked)
    return app


@pytest.fixture
def server(app: App) -> Iterator[Server]:
    server = Server(app.make_runtime)
    server.start()
    yield server
    server.stop()


def url_of(cls: type, name: str) -> str:
    return next(file.url for file in vars(cls)["STATIC_FILES"] if file.path.name == name)


# served files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cls", "name", "media_type"),
    [
        (Sheet, "a.css", "text/css; charset=utf-8"),
        (Sheet, "dot.svg", "image/svg+xml; charset=utf-8"),
        (Late, "b.js", "text/javascript; charset=utf-8"),
    ],
)
def test_declared_file_is_served_unchanged(
    server: Server, cls: type, name: str, media_type: str
) -> None:
    reply = request(port_of(server), url_of(cls, name))
    assert (reply.status, reply.body) == (200, (STATIC / name).read_bytes())
    assert reply.all("Content-Type") == [media_type]
    assert reply.all("X-Content-Type-Options") == ["nosniff"]
    assert server.guard.headers["Content-Security-Policy"] in reply.all("Content-Security-Policy")
    (tag,) = reply.all("ETag")
    again = request(port_of(server), url_of(cls, name), [("If-None-Match", tag)])
    assert (again.status, again.body) == (304, b"")


def test_media_type_of_a_picture_has_no_charset(server: Server, app: App, tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"\x89PNG\xff")
    url = app.add_static_file("img/p.png", path=tmp_path / "p.png")
    reply = request(port_of(server), url)
    assert (reply.status, reply.body) == (200, b"\x89PNG\xff")
    assert reply.all("Content-Type") == ["image/png"]


def test_static_file_of_an_app_is_served_from_text_or_path(server: Server, app: App) -> None:
    url = app.add_static_file("theme.css", "main { color: red }")
    assert url == PREFIX + "theme.css"
    assert request(port_of(server), url).body == b"main { color: red }"
    path = app.add_static_file("other.svg", path="../support/static/dot.svg")
    assert request(port_of(server), path).body == (STATIC / "dot.svg").read_bytes()


def test_static_file_of_an_app_is_not_served_by_another_app(app: App) -> None:
    app.add_static_file("mine.css", "a {}")
    other = App(__file__)
    assert app.static_files.get(PREFIX + "mine.css") is not None
    assert other.static_files.get(PREFIX + "mine.css") is None
    assert other.static_files.get(url_of(Sheet, "a.css")) is not None


def test_guard_refuses_foreign_request_for_a_static_file(server: Server) -> None:
    url = url_of(Sheet, "a.css")
    assert request(port_of(server), url, [("Host", "evil.test:80")]).status in (400, 403)
    assert request(port_of(server), url, [("Sec-Fetch-Site", "cross-site")]).status == 403
    assert request(port_of(server), url, method="POST").status == 405


def traversals() -> list[str]:
    """Requests for files next to a served file, and for files outside the table."""
    steps = ["..", "%2e%2e", "..%2f..", "%2e%2e%2f", "..\\", "..%5c", "....//", "..;", "%c0%ae%c0%ae",
             "%252e%252e", ".%00.", "..%00", "\u2025", "．．"]  # fmt: skip
    targets = ["keys.py", "etc/passwd", "shell/everview/server/access/keys.py", "a.css", "__init__.py", ".env"]
    places = ["", "x/", "everview.widgets/", "img/"]
    found = [
        quote(f"{place}{step}/{target}", safe="%/\\.;")
        for step in steps
        for target in targets
        for place in places
    ]
    name = url_of(Sheet, "a.css").removeprefix(PREFIX)
    folder, _, file = name.partition("/")
    found += [
        folder, f"{folder}/", f"{name}/", f"{name}/..", f"{name}%00", f"{name}%00.png", f"{name}.",
        f"{name}%20", f"{name}~", f"{name}.map", f"{folder}//{file}", f"{folder}/./{file}",
        f"{folder.upper()}/{file.upper()}", f"./{name}", f"x/../{name}", f"{folder}/test_static_files.py",
        f"{folder}/../{file}", f"{folder}%2f{file}%00", f"{folder}/*", f"{folder}/sample.js%3f",
        "", ".", "/", "//", "%2f", "%2fetc%2fpasswd", "/etc/passwd", "file:///etc/passwd", "C:%5cx",
    ]  # fmt: skip
    return found


def test_path_outside_the_table_is_not_served(server: Server) -> None:
    """Request the whole corpus. The server refuses each path, because none is in the table."""
    port = port_of(server)
    served = {file.body for file in CLASSES._files.values()}
    corpus = traversals()
    assert len(corpus) > 350
    for path in corpus:
        reply = request(port, PREFIX + path)
        assert reply.status in (400, 404), path
        assert reply.body not in served, path
        assert b"root:" not in reply.body, path


@pytest.mark.parametrize("name", ["b.css", "sample.js"])
def test_undeclared_file_in_the_same_folder_is_not_served(server: Server, name: str) -> None:
    """A declared file does not make the other files of its folder available."""
    folder = url_of(Sheet, "a.css").rpartition("/")[0]
    table = StaticTable()
    table.add(StaticFile(STATIC / "a.css"))
    assert (STATIC / name).exists()
    assert table.get(f"{folder}/{name}") is None
    assert request(port_of(server), f"{folder}/none-{name}").status == 404


# refused files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["../x.css", "/etc/x.css", "a/../b.css", "a//b.css", "a b.css", "é.css", ".hidden.css", "a/.css",
     "a\\b.css", "a.css/", "%2e%2e/a.css", "a?b.css", "a#.css", "", "https://x/a.css"],
    ids=repr,
)  # fmt: skip
def test_url_that_is_not_a_plain_path_is_refused(app: App, url: str) -> None:
    with pytest.raises(StaticFileError):
        app.add_static_file(url, "x {}")


@pytest.mark.parametrize("name", ["x.html", "x.py", "x", "x.htm", "x.exe", "x.css.bak", "x.xhtml"])
def test_static_file_with_the_type_of_a_page_or_program_is_refused(app: App, name: str) -> None:
    with pytest.raises(StaticFileError, match="are not served"):
        app.add_static_file(name, "x")


def test_missing_file_raises_at_the_definition_of_the_class() -> None:
    with pytest.raises(StaticFileError, match=r"none\.css.*cannot be read.*relative to"):

        class Broken(Div):
            STATIC_FILES = [StyleSheet("static/none.css")]


@pytest.mark.parametrize("declared", ["a.css", ["a.css"], {"a": 1}], ids=repr)
def test_static_files_that_are_not_a_list_raise(declared: Any) -> None:
    with pytest.raises(StaticFileError, match="must be a list"):
        type("Broken", (Div,), {"STATIC_FILES": declared, "__module__": __name__})


def test_route_of_a_view_with_a_missing_file_raises(app: App) -> None:
    class Broken(View):
        STATIC_FILES = [StyleSheet("none.css")]

    with pytest.raises(StaticFileError, match=r"none\.css"):
        app.route("/broken")(Broken)


def test_different_files_at_one_url_raise(app: App) -> None:
    app.add_static_file("x.css", "a {}")
    app.add_static_file("x.css", "a {}")  # adding a file again with the same content is allowed
    with pytest.raises(StaticFileError, match="would both be served"):
        app.add_static_file("x.css", "b {}")


def test_widget_without_a_module_raises() -> None:
    class Plain(Widget):
        pass

    with pytest.raises(StaticFileError, match="has no page side"):
        Plain()
    with pytest.raises(StaticFileError, match=r"must be a Script"):
        type("Wrong", (Widget,), {"MODULE": "x.js", "__module__": __name__})


def test_file_that_changes_later_is_served_with_its_first_content(tmp_path: Path) -> None:
    path = tmp_path / "x.css"
    path.write_text("before {}")
    table = StaticTable()
    url = table.add(StyleSheet(path)).url
    path.write_text("after {}")
    table.add(StyleSheet(path))
    file = table.get(url)
    assert file is not None
    assert file.body == b"before {}"


# linked files -----------------------------------------------------------------------------------


def names(urls: list[str]) -> list[str]:
    return [url.rpartition("/")[2] for url in urls]


def test_files_are_linked_by_sort_order_with_base_classes_first() -> None:
    assert [file.path.name for file in linked_files(Late)] == ["a.css", "b.js", "b.css"]
    document = Document()
    document.root.append(Div(Late()))
    assert names(document.snapshot()["meta"]["files"]) == ["b.css", "a.css", "b.js"]


def test_files_are_in_the_frame_with_the_first_use_of_the_class() -> None:
    document = Document()
    document.root.append(Div())
    frame = document.snapshot()
    assert "files" not in frame["meta"]
    document.root.append(Div(Sheet()))
    frame = document.delta(frame["to"])
    assert names(frame["meta"]["files"]) == ["a.css"]
    document.root.append(Sheet(), Sheet())
    frame = document.delta(frame["to"])
    assert "meta" not in frame
    document.root.append(Late())
    frame = document.delta(frame["to"])
    assert names(frame["meta"]["files"]) == ["b.css", "a.css", "b.js"]
    assert names(document.snapshot()["meta"]["files"]) == ["b.css", "a.css", "b.js"]


def test_window_that_missed_a_frame_gets_the_files() -> None:
    document = Document()
    document.root.append(Div())
    old = document.snapshot()["to"]
    document.root.append(Sheet())
    document.delta(old)
    document.root.append("x")
    assert names(document.delta(old)["meta"]["files"]) == ["a.css"]


def test_first_frame_has_the_files_of_view_and_app(app: App) -> None:
    app.add_static_file("theme.css", "a {}", link=True)
    app.add_static_file("not-linked.css", "a {}")
    with SimulatedApp(app) as simulated:
        window = simulated.open("/")
        assert names(window.replica.meta["files"]) == ["a.css", "c.css", "theme.css"]


def test_served_media_types_are_valid_and_exclude_html() -> None:
    assert all(
        "/" in media_type and media_type == media_type.lower() for media_type in TYPES.values()
    )
    assert ".html" not in TYPES


def test_file_declared_again_is_stored_once() -> None:
    before = dict(CLASSES._files)
    for _ in range(3):
        add_class_files(Sheet)
        type(
            "Sheet",
            (Div,),
            {"STATIC_FILES": [StyleSheet(STATIC / "a.css")], "__module__": __name__},
        )
    assert before == CLASSES._files


def test_static_files_of_the_package_are_where_the_build_collects_them() -> None:
    """``build.spec`` collects folders named ``static`` of ``shell`` and ``views``."""
    root = Path(__file__).resolve().parents[2]
    importlib.import_module("everview.widgets")
    ours = [file.path for file in CLASSES._files.values() if root / "shell" / "everview" in file.path.parents]
    assert len(ours) > 10
    assert {path.parent.name for path in ours} == {"static"}
    # A class must declare each file in these folders, because the server serves only declared
    # files.
    assert {path.resolve() for path in (root / "shell" / "everview").rglob("static/*")} == set(ours)
