"""T13: names and paths of files. A file name that a page sends is never part of a path on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from everview.runtime.transfers.transfers import Download
from tests.support.server import on_server, port_of, request
from tests.support.transfers import one_time_path, serving_files, upload

pytestmark = pytest.mark.security

#: File names that a hostile page may send, percent-encoded (RFC 3986) as the client does it.
NAMES = [
    "..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "..%5C..%5Cwindows%5Cwin.ini", "C%3A%5Cx.txt",
    "..", ".", "", "%00", "a%00.txt", "%2e%2e%2fa", "....%2F%2Fa", "con", "NUL.txt", "a%0Ab",
    "%E2%80%AEtxt.exe", "x" * 5000, "%FF%FE", "~%2F.bashrc", "-rf", "a%2F..%2F..%2Fb", ". .",
]  # fmt: skip


def test_upload_name_with_path_is_stored_under_random_name() -> None:
    with serving_files() as (server, bucket):
        for name in NAMES:
            upload(server, bucket.token, name)
        folder = server.uploads.folder
        assert folder is not None
        paths = [file.path for file in bucket.files]
        assert paths
        assert {path.parent for path in paths} == {folder}
        # The name from the page is shown to the user, but is not part of the path.
        assert all(set(path.name) <= set("0123456789abcdef") for path in paths)
        assert all(file.name == Path(file.name).name for file in bucket.files)
        assert all(not set(file.name) & set('/\\:*?"<>|\0\n') for file in bucket.files)


def test_upload_with_wrong_token_is_refused() -> None:
    with serving_files() as (server, bucket):
        for token in ("", "x", "x" * 43, bucket.token[:-1], bucket.token + "x", "..%2F" * 3):
            assert upload(server, token, "a").status in (404, 405)
        assert bucket.files == []
        assert upload(server, bucket.token, "a").status == 200


def test_response_requested_twice_is_served_once() -> None:
    with serving_files() as (server, _):
        port, where = port_of(server), one_time_path(server, "/data/a")
        assert request(port, where).body == b"data of a"
        assert b"data of" not in request(port, where).body


def test_response_ticket_for_another_url_is_refused() -> None:
    with serving_files() as (server, _):
        for other in ("/data/b", "/data/a?x", "/data/a/", "/data/%61", "//data/a", "/data/../data/a"):
            where = one_time_path(server, "/data/a").replace("/data/a", other)
            assert b"data of" not in request(port_of(server), where).body


def test_download_requested_twice_is_served_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("content")
    with serving_files() as (server, _):
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


def test_html_response_has_a_sandbox_policy() -> None:
    with serving_files() as (server, _):
        reply = request(port_of(server), one_time_path(server, "/page"))
        (policy,) = reply.all("Content-Security-Policy")
        assert policy.startswith("sandbox;")
        assert "script-src" not in policy
