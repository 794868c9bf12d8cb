"""Regression tests of defects that a review found."""

from __future__ import annotations

import gzip
import logging
from pathlib import Path
from typing import Any

import pytest

from everview import App, ForbiddenError, View
from everview.html import H1, HTML, Button, Content, P
from everview.runtime.transfers.tickets import TICKET_LIFE
from everview.runtime.transfers.transfers import Download, Transfers
from everview.runtime.windows.connection import Connection
from everview.server.access.keys import Identity
from everview.server.server import Server
from tests.support.server import (
    Closed,
    Page,
    connect,
    head,
    new_page,
    on_server,
    port_of,
    request,
    serving,
    ticket_of,
    wait_until,
)
from tests.support.transfers import one_time_path, serving_files

pytestmark = pytest.mark.security


# one-time tickets ---------------------------------------------------------------------


def test_download_ticket_is_still_valid_after_a_head_request(tmp_path: Path) -> None:
    """Link previews and download managers send a HEAD request before the GET request."""
    path = tmp_path / "a"
    path.write_text("content")
    with serving_files() as (server, _):
        download = Download("a", path=path)
        where = on_server(server, lambda: server.runtime.transfers.download_address(download))
        for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"):
            reply = request(port_of(server), where, method=method)
            assert reply.status in (404, 405)
            assert not reply.all("Content-Disposition")
        assert request(port_of(server), where).body == b"content"


def test_response_ticket_is_still_valid_after_a_head_request(tmp_path: Path) -> None:
    with serving_files() as (server, _):
        where = one_time_path(server, "/data/a")
        for method in ("HEAD", "OPTIONS", "PUT", "DELETE"):
            assert request(port_of(server), where, method=method).status in (404, 405)
        assert request(port_of(server), where).body == b"data of a"


def test_download_does_not_serve_a_compressed_file_of_the_same_name(tmp_path: Path) -> None:
    """The compressed file ``report.csv.gz`` in the same folder is not the requested file."""
    path = tmp_path / "report.csv"
    path.write_text("new")
    (tmp_path / "report.csv.gz").write_bytes(gzip.compress(b"old and another's"))
    (tmp_path / "report.csv.br").write_bytes(b"x")
    with serving_files() as (server, _):
        where = on_server(server, lambda: server.runtime.transfers.download_address(
            Download("report.csv", path=path)))  # fmt: skip
        reply = request(port_of(server), where, [("Accept-Encoding", "gzip, br")])
        assert reply.body == b"new"
        assert reply.all("Content-Encoding") == []


def test_expired_download_is_removed_from_memory() -> None:
    now, timers = [0.0], []
    transfers = Transfers(lambda: now[0], lambda seconds, function: timers.append((seconds, function)))
    transfers.download_address(Download("a", body=b"x" * 1000))
    assert len(transfers._downloads) == 1
    ((seconds, function),) = timers
    assert seconds == TICKET_LIFE
    now[0] += seconds
    function()
    assert len(transfers._downloads) == 0


def test_aborted_requests_log_no_errors(caplog: pytest.LogCaptureFixture) -> None:
    """If aborted requests were logged, any client that reaches the port could fill the log."""
    with serving() as server, caplog.at_level(logging.INFO):
        port = port_of(server)
        request_head = head("GET", "/_everview/link", [
            ("Host", f"127.0.0.1:{port}"), ("Origin", f"http://127.0.0.1:{port}"),
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")])  # fmt: skip
        for _ in range(30):
            with connect(port) as connection:
                connection.sendall(request_head)
        wait_until(lambda: on_server(server, lambda: len(server.connections)) == 0, "all connections are closed")
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


# owners -----------------------------------------------------------------------------------------


def two_owners() -> App:
    """An app that identifies the owner by a header, so that two windows can have two owners."""
    app = App(__file__, name="owners")

    @app.identify
    def identify(connection: Connection) -> str | None:
        return connection.headers.get("X-User")

    @app.frontend_view
    def layout(request: Any) -> HTML:
        return HTML(H1(f"layout of {request.user}"), Content())

    @app.error_500_view
    def failed(request: Any, error: Exception) -> HTML:
        return HTML(P(f"failed for {request.user}: {error}"))

    @app.error_403_view
    def forbidden(request: Any, error: Exception) -> HTML:
        return HTML(P(f"not for {request.user}"))

    @app.error_404_view
    def unknown(request: Any) -> HTML:
        return HTML(P(f"nothing for {request.user}"))

    @app.route("/mine")
    class Mine(View):
        is_daemon = True

        def handle_request(self, request: Any) -> HTML:
            return HTML(P(f"secret of {request.user}"), Button("x", handle_click=print))

    @app.route("/fails")
    def fails(request: Any) -> None:
        raise ValueError(f"error of {request.user}")

    @app.route("/forbids")
    def forbids(request: Any) -> None:
        raise ForbiddenError(f"secret of {request.user}")

    @app.route("/data", interactive=False)
    def data(request: Any) -> str:
        return f"data of {request.user}"

    return app


def window_of(server: Server, user: str) -> Page:
    page = Page(port_of(server), headers=[("X-User", user)])
    return page.redeem(ticket_of(server.address("/", Identity("owner"))))


@pytest.mark.parametrize("url", ["/mine", "/fails", "/forbids", "/nowhere"])
def test_window_shows_nothing_of_another_owner(url: str) -> None:
    """Daemon views, layouts and error views of two owners at the same URL are separate."""
    with serving(two_owners()) as server, window_of(server, "ann") as ann, window_of(server, "bob") as bob:
        shown = {"ann": str(ann.attach(url)), "bob": str(bob.attach(url))}
        for name, other in (("ann", "bob"), ("bob", "ann")):
            assert name in shown[name]
            assert other not in shown[name]
        owners = on_server(server, lambda: sorted(i.user for i in server.runtime.instances.values()))
        assert owners == ["ann", "bob"]


def test_response_is_made_for_the_owner_of_the_ticket() -> None:
    with serving(two_owners()) as server, window_of(server, "ann") as ann:
        ann.socket.send({"t": "attach", "url": "/data"})
        while not (loads := [e["url"] for e in ann.socket.receive().get("effects", []) if e["t"] == "load"]):
            pass
        # The ticket belongs to Ann. If Bob uses it, he gets Ann's data.
        assert request(port_of(server), loads[0], [("X-User", "bob")]).body == b"data of ann"


def test_window_reconnected_as_another_owner_shows_nothing_of_the_first() -> None:
    """The app identifies the owner again for each link, even if the window key belongs to another
    owner.
    """
    with serving(two_owners()) as server, window_of(server, "ann") as ann:
        assert "secret of ann" in str(ann.attach("/mine"))
        credentials = ann.credentials
        ann.close()
        with Page(port_of(server), headers=[("X-User", "bob")]).reconnect(credentials) as bob:
            assert "ann" not in str(bob.attach("/mine"))
        with Page(port_of(server), headers=[("X-User", "ann")]).reconnect(credentials) as again:
            assert "secret of ann" in str(again.attach("/mine"))


def test_unidentified_client_gets_no_link() -> None:
    with serving(two_owners()) as server, pytest.raises(Closed):
        Page(port_of(server)).redeem(ticket_of(server.address("/"))).close()


# memory leaks -----------------------------------------------------------------------------------


def test_requests_and_windows_do_not_leak() -> None:
    """The numbers of tickets, connections, buckets and instances do not grow."""
    with serving_files() as (server, _):
        port = port_of(server)

        def counts() -> tuple[int, ...]:
            transfers = server.runtime.transfers
            return (len(transfers._answers), len(transfers._downloads), len(transfers._buckets),
                    len(server.connections), len(server.runtime.instances))  # fmt: skip

        wait_until(lambda: on_server(server, counts)[3] == 0, "all requests have answers")
        before = on_server(server, counts)
        for number in range(60):
            where = one_time_path(server, f"/data/{number}")
            assert request(port, where).status == 200
            assert request(port, f"/nowhere/{number}").status == 200
        for _ in range(10):
            with new_page(server) as page:
                page.attach("/")
                page.socket.send({"t": "window", "do": "close"})
        wait_until(lambda: on_server(server, lambda: [w.transport for w in server.runtime.windows])
                   .count(None) == 10, "the links are closed")  # fmt: skip
        on_server(server, lambda: [server.runtime.close_window(w) for w in server.runtime.windows
                                   if w.transport is None])  # fmt: skip
        wait_until(lambda: on_server(server, counts) == before, "the numbers are the same as before")
