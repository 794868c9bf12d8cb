"""Buckets: limits, file names, callbacks, and the removal of files when the view ends."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everview import App, Bucket, View
from everview.errors import ViewError
from everview.html import HTML, Button, FileInput, Li, Ul
from everview.runtime.transfers.buckets import NAME_LENGTH, safe_name
from everview.runtime.windows.effects import StartDownload
from everview.testing import SimulatedApp


def uploads(app: App, **limits: object) -> list[Bucket]:
    buckets: list[Bucket] = []

    @app.route("/")
    class Files(View):
        is_daemon = True

        def handle_request(self, request):
            self.bucket = Bucket(request, on_add=self.added, on_delete=self.deleted, **limits)
            buckets.append(self.bucket)
            self.list = Ul(_id="list")
            return HTML(FileInput(self.bucket, _id="files"), self.list,
                        Button("remove", handle_click=self.remove))  # fmt: skip

        def added(self, names):
            self.list.extend(Li(f"+{name}") for name in names)

        async def deleted(self, names):
            self.list.extend(Li(f"-{name}") for name in names)

        def remove(self, event):
            self.bucket.remove(self.bucket.get_file_names()[0])

    return buckets


def test_uploaded_file_appears_in_every_window_and_can_be_removed(
    app: App, simulated: SimulatedApp
) -> None:
    (bucket,) = [uploads(app)]
    window, other = simulated.open(), simulated.open()
    assert window.upload("#files", "a.txt", b"hello") == ""
    other.wait_text("#list", "+a.txt")
    (files,) = bucket
    path = files.get_path("a.txt")
    assert path.read_bytes() == b"hello"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (files.get_file_names(), files.get_size()) == (["a.txt"], 5)
    window.click("remove")
    other.wait_text("#list", "+a.txt-a.txt")
    assert not path.exists()
    with pytest.raises(ViewError, match=r"a\.txt"):
        files.get_path("a.txt")


def test_files_are_removed_with_the_view(app: App, simulated: SimulatedApp) -> None:
    buckets = uploads(app)
    window = simulated.open()
    window.upload("#files", "a.txt", b"hello")
    path = buckets[0].get_path("a.txt")
    instance = simulated.instance(window)
    simulated.do(instance.stop, "stopped")
    simulated.wait_for(lambda: not path.exists())
    assert simulated.runtime.transfers.bucket(buckets[0].token) is None


def test_file_above_a_limit_is_refused_with_a_reason(app: App, simulated: SimulatedApp) -> None:
    uploads(app, max_files=2, max_size=10, accept=[".txt", ".CSV"])
    window = simulated.open()
    assert "larger than 10 bytes" in window.upload("#files", "a.txt", b"x" * 11)
    assert ".txt, .csv" in window.upload("#files", "a.exe", b"x")
    assert window.upload("#files", "A.TXT", b"x") == ""
    assert window.upload("#files", "b.csv", b"x") == ""
    assert "No more than 2" in window.upload("#files", "c.txt", b"x")
    attributes = window.find("#files").attributes
    assert attributes["accept"] == ".txt,.csv"
    assert "multiple" in attributes


def test_files_with_equal_names_get_distinct_names(app: App, simulated: SimulatedApp) -> None:
    buckets = uploads(app)
    window = simulated.open()
    for content in (b"1", b"2", b"3"):
        window.upload("#files", "a.tar.gz", content)
    names = buckets[0].get_file_names()
    assert names == ["a.tar.gz", "a.tar (2).gz", "a.tar (3).gz"]
    assert [buckets[0].get_path(name).read_bytes() for name in names] == [b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b.txt", "ab.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("CON", "_CON"),
        ("com1.txt", "_com1.txt"),
        ("a:b|c?.txt", "a_b_c_.txt"),
        (" .hidden. ", "hidden"),
        ("über.txt", "über.txt"),
    ],
)
def test_unsafe_file_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=300))
def test_safe_name_is_never_a_path(name: str) -> None:
    safe = safe_name(name)
    assert safe == Path(safe).name
    assert 0 < len(safe) <= NAME_LENGTH
    assert not any(c in safe for c in '/\\<>:"|?*\0')
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("limits", "message"),
    [({"max_files": 0}, "max_files"), ({"max_size": -1}, "max_size"), ({"accept": ".txt"}, "list")],
)
def test_invalid_limits_of_a_bucket_are_errors(
    app: App, simulated: SimulatedApp, limits, message
) -> None:
    uploads(app, **limits)
    assert message in simulated.open().page()


def test_bucket_outside_a_view_is_an_error() -> None:
    with pytest.raises(ViewError, match="belongs to a view"):
        Bucket()


def test_download_is_sent_to_the_window_of_the_event(
    app: App, simulated: SimulatedApp, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    report.write_text("1,2")

    @app.route("/")
    class Offers(View):
        is_daemon = True

        def handle_request(self, request):
            return HTML(Button("text", handle_click=self.text), Button("file", handle_click=self.file),
                        Button("none", handle_click=self.none))  # fmt: skip

        def text(self, event):
            self.download("a,b", name="../x.csv")

        def file(self, event):
            self.download(report)

        def none(self, event):
            self.download(tmp_path / "missing")

    window, other = simulated.open(), simulated.open()

    def take(label: str):
        before = len(window.effects)
        window.click(label)
        window.wait_until(lambda: len(window.effects) > before)
        url = window.effects[-1].url
        ticket = url.split("/")[3]
        return url, simulated.do(simulated.runtime.transfers.redeem_download, ticket)

    url, download = take("text")
    assert url.endswith("/x.csv")
    assert download.body == b"a,b"
    url, download = take("file")
    assert (download.path, download.name) == (report, "report.csv")
    window.click("none")
    window.wait_until(lambda: any("missing" in str(e) for e in window.effects))
    assert not any(isinstance(effect, StartDownload) for effect in other.effects)


def test_choose_file_without_a_native_dialog_uses_an_upload(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Asks(View):
        def handle_request(self, request):
            return HTML(Button("ask", handle_click=self.ask_for_it), Ul(_id="list"))

        def ask_for_it(self, event):
            path = self.choose_file("Which file?", suffixes=[".txt"])
            self.html.append(Li(path.read_text() if path else "cancelled", _class="answer"))

    window = simulated.open()
    window.click("ask", wait=False)
    window.wait_until(lambda: window.has("input[type=file]"))
    assert window.upload("input[type=file]", "a.txt", b"what is in it") == ""
    window.wait_until(lambda: window.has(".answer"))
    assert window.text(".answer") == "what is in it"
    assert not window.has("input[type=file]")
