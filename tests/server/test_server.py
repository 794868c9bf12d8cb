"""`Server`: start, stop, and errors of the start."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from typing import Any

import psutil
import pytest

from everview import App, View
from everview.html import HTML
from everview.server import server as server_module
from everview.server.server import Server, ServerState
from tests.support.server import (
    PATIENCE,
    Closed,
    Socket,
    connect,
    counter_app,
    head,
    new_page,
    on_server,
    port_of,
    request,
    serving,
    wait_until,
    works,
)  # fmt: skip


def test_stopped_server_leaves_no_thread_socket_or_file() -> None:
    with serving():
        pass  # the first start creates objects that exist once per process
    gc.collect()
    threads, files = set(threading.enumerate()), psutil.Process().num_fds()
    for _ in range(3):
        with serving() as server:
            assert works(server)
            with Socket(port_of(server)):
                pass
    for thread in set(threading.enumerate()) - threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), f"{thread.name} still runs"
    gc.collect()
    wait_until(lambda: psutil.Process().num_fds() <= files, "every descriptor is closed")


def test_stop_closes_windows_with_going_away() -> None:
    with serving() as server:
        page = new_page(server)
        page.attach("/counter/")
        port = port_of(server)
    with page:
        assert page.socket.closed() == 1001
    with pytest.raises(ConnectionRefusedError):
        request(port)


def test_stop_twice_or_before_start_does_nothing() -> None:
    server = Server(counter_app().make_runtime)
    server.stop()
    assert server.state is ServerState.NEW
    server.start()
    assert server.state is ServerState.SERVING
    server.stop()
    server.stop()
    assert server.state is ServerState.STOPPED


def test_server_started_twice_is_an_error() -> None:
    server = Server(counter_app().make_runtime)
    with pytest.raises(RuntimeError, match="has not been started"):
        assert server.runtime
    server.start()
    try:
        with pytest.raises(RuntimeError, match="serving cannot be starting"):
            server.start()
    finally:
        server.stop()


def test_stop_with_idle_connections_returns() -> None:
    with serving() as server:
        idle = [Socket(port_of(server)) for _ in range(20)]
        plain = [connect(port_of(server)) for _ in range(20)]
        for connection in plain:
            # The answer shows that the server has accepted the connection.
            connection.sendall(head("GET", "/", [("Host", server.guard.authority)]))
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
    for link in idle:
        with pytest.raises(Closed):
            link.receive()
        link.close()
    for connection in plain:
        connection.close()
    assert "everview server" not in [thread.name for thread in threading.enumerate()]


def test_start_at_port_in_use_raises_os_error() -> None:
    with serving() as first:
        second = Server(counter_app().make_runtime, port_of(first))
        with pytest.raises(OSError, match="in use"):
            second.start()
        second.stop()
        assert works(first)


def test_port_of_stopped_server_can_be_used_again() -> None:
    """Closed connections stay in the state TIME_WAIT for a minute."""
    with serving() as first:
        port = port_of(first)
        assert works(first)
    with serving(port=port) as second:
        assert port_of(second) == port
        assert works(second)


def test_start_with_failing_runtime_raises_its_error() -> None:
    def fail(*arguments: object) -> None:
        raise ValueError("no runtime")

    server = Server(fail)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no runtime"):
        server.start()


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_sys_exit_in_a_view_ends_only_this_view(error: type[BaseException]) -> None:
    """``sys.exit()`` in author code must not end the process."""
    app = counter_app()

    @app.route("/exit")
    class Exit(View):
        def handle_request(self, request: object) -> HTML:
            raise error

    with serving(app) as server:
        with new_page(server) as page:
            page.attach("/exit")
        assert works(server)


def test_fifty_windows_share_one_daemon_view() -> None:
    with serving() as server:
        pages = [new_page(server) for _ in range(50)]
        try:
            documents = {page.attach("/counter/")["document"] for page in pages}
            assert len(documents) == 1
            assert on_server(server, lambda: len(server.runtime.windows)) == 50
        finally:
            for page in pages:
                page.close()


def test_two_servers_of_one_app_are_separate() -> None:
    app: App = counter_app()
    with serving(app) as first, serving(app) as second:
        assert port_of(first) != port_of(second)
        assert first.runtime.epoch != second.runtime.epoch
        with new_page(first) as page:
            page.attach("/counter/")
            assert on_server(second, lambda: len(second.runtime.windows)) == 0


def test_defect_13_stop_with_blocked_view_returns() -> None:
    """A thread that blocks in a call of another library cannot be stopped.

    `stop` must not wait for it.
    """
    app, blocked = App(__file__), threading.Event()
    go_on = threading.Event()

    @app.route("/")
    class Blocks(View):
        is_daemon = True

        def handle_request(self, request: Any) -> None:
            self.show(HTML("blocks"))
            blocked.set()
            go_on.wait(PATIENCE)

    server = Server(app.make_runtime)
    server.start()
    try:
        with new_page(server) as page:
            page.attach("/")
            assert blocked.wait(PATIENCE)
            started = time.monotonic()
            server.stop()
            assert server.state is ServerState.STOPPED
            # `stop` waits CLEANUP_AFTER (2 s) for a view that is stopped.
            assert time.monotonic() - started < PATIENCE / 2
    finally:
        go_on.set()


def test_defect_13_idle_link_has_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The event loop has no timer for a link that is authenticated and idle."""
    # asyncio's loop has a list of its timers; uvloop has none.
    monkeypatch.setattr(server_module, "new_event_loop", asyncio.new_event_loop)
    with serving() as server, new_page(server) as page:
        page.attach("/counter/")

        def timers() -> list[str]:
            handles = server.loop._scheduled  # type: ignore[attr-defined]
            return [repr(handle) for handle in handles if not handle.cancelled()]

        # Opening the link starts a timer. It may stay in the list for a moment.
        wait_until(
            lambda: not [t for t in on_server(server, timers) if "aiohttp" in t or "links" in t],
            "no timer can close the link",
        )
        assert page.socket.is_open()


def test_start_without_event_loop_raises_os_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("too many open files")

    monkeypatch.setattr("everview.server.server.new_event_loop", fail)
    server = Server(counter_app().make_runtime)
    with pytest.raises(OSError, match="too many"):
        server.start()
    server.stop()
