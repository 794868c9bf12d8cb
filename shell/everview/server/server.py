"""`Server` serves one app on an asyncio loop in a background thread.

The server binds its socket itself, before aiohttp starts. So the port is known before the first
window opens, and the server listens on 127.0.0.1 only, unless the start names another address and
has a certificate (`remote`, T5).

Threads: one event loop on one thread from start to end. `start`, `stop`, `call` and `address` are
called from other threads.
Guarantees: after `start` has returned, the port accepts connections; after `stop` has returned in
time, all views and the thread have ended.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from aiohttp import web

from everview.runtime.runtime import Runtime
from everview.runtime.services import Services
from everview.server.access.connections import Connections, accept_with_tls
from everview.server.access.guard import Guard
from everview.server.access.keys import Identity, Keys
from everview.server.access.remote import Remote
from everview.server.client_bundle.files import Files
from everview.server.collector import tune_collector
from everview.server.execution.loop import new_event_loop, run_loop
from everview.server.execution.processes import Processes
from everview.server.execution.threads import ViewThreads
from everview.server.http.application import make_application
from everview.server.http.pass_through import PassThrough
from everview.server.http.static_files import StaticFiles
from everview.server.http.transfers import TransferRoutes
from everview.server.http.uploads import FileStore, UploadReceiver
from everview.server.links.links import Links
from everview.server.links.websocket import GOING_AWAY

T = TypeVar("T")
logger = logging.getLogger("everview.server")

HOST = "127.0.0.1"
#: The maximum number of connections that wait in the system until the server accepts them.
BACKLOG = 256
#: The name of the server thread.
THREAD_NAME = "everview server"


class ServerState(Enum):
    """The states in the life of a server."""

    NEW = "new"
    STARTING = "starting"
    SERVING = "serving"
    STOPPING = "stopping"
    #: The server has ended, or it could not start.
    STOPPED = "stopped"


#: For each state, the states that may follow it.
_NEXT = {
    ServerState.NEW: {ServerState.STARTING},
    ServerState.STARTING: {ServerState.SERVING, ServerState.STOPPED},
    ServerState.SERVING: {ServerState.STOPPING, ServerState.STOPPED},
    ServerState.STOPPING: {ServerState.STOPPED},
    ServerState.STOPPED: set(),
}


@dataclass(frozen=True)
class Parts:
    """The parts of a server while it serves. Used on the server thread only."""

    loop: asyncio.AbstractEventLoop
    threads: ViewThreads
    runtime: Runtime
    guard: Guard
    keys: Keys
    links: Links
    uploads: FileStore
    connections: Connections


class Server:
    """Serves one app.

    Args:
        make_runtime: Creates the runtime; called on the server thread.
        port: The port to listen on; 0 lets the system choose.
        files: The files of the client.
        remote: How other machines reach the server; None if they cannot.
        clock: Returns the time for the expiry of tickets, in seconds; None for the clock of
            the event loop.
    """

    def __init__(
        self,
        make_runtime: Callable[[Services], Runtime],
        port: int = 0,
        files: Files | None = None,
        remote: Remote | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._make_runtime = make_runtime
        self._remote = remote
        self._port = port
        self._files = files or Files()
        self._clock = clock
        self._thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self._state = ServerState.NEW
        self._state_changed = threading.Condition()
        #: The exception if the server could not start.
        self._error: BaseException | None = None
        self._parts: Parts | None = None
        self._stop_requested = asyncio.Event()

    # methods called from other threads ---------------------------------------------------------

    def start(self) -> None:
        """Start serving; returns when the port accepts connections.

        Raises:
            OSError: The port cannot be opened.
        """
        self._enter(ServerState.STARTING)
        self._thread.start()
        with self._state_changed:
            self._state_changed.wait_for(lambda: self._state is not ServerState.STARTING)
        if self._error is not None:
            raise self._error

    def stop(self, timeout: float = 10.0) -> None:
        """Stop all views and links, then the loop.

        Args:
            timeout: Seconds to wait until the thread has ended.
        """
        with self._state_changed:
            if self._state is ServerState.SERVING:
                self._enter(ServerState.STOPPING)
                # The call raises RuntimeError if the loop ended and was closed at the same moment.
                with suppress(RuntimeError):
                    self.loop.call_soon_threadsafe(self._stop_requested.set)
            if self._state is ServerState.STOPPING:
                self._state_changed.wait_for(lambda: self._state is ServerState.STOPPED, timeout)

    def call(self, coroutine: Coroutine[object, object, T]) -> T:
        """Run a coroutine on the server thread and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def address(self, url: str = "/", identity: Identity | None = None) -> str:
        """A one-time address of ``url`` for a window or a browser."""
        return f"{self.guard.origin}{url}#{self.keys.issue(identity or Identity('owner'))}"

    @property
    def state(self) -> ServerState:
        """The current state. Can be read from any thread."""
        return self._state

    # the parts of the running server -----------------------------------------------------------

    @property
    def parts(self) -> Parts:
        """The parts of the server. Raises RuntimeError if the server has not been started."""
        if self._parts is None:
            raise RuntimeError("the server has not been started")
        return self._parts

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self.parts.loop

    @property
    def runtime(self) -> Runtime:
        return self.parts.runtime

    @property
    def guard(self) -> Guard:
        return self.parts.guard

    @property
    def keys(self) -> Keys:
        return self.parts.keys

    @property
    def links(self) -> Links:
        return self.parts.links

    @property
    def uploads(self) -> FileStore:
        return self.parts.uploads

    @property
    def connections(self) -> Connections:
        return self.parts.connections

    # methods called on the server thread -------------------------------------------------------

    def _enter(self, state: ServerState) -> None:
        """Change the state. Can be called from any thread."""
        with self._state_changed:
            if state not in _NEXT[self._state]:
                raise RuntimeError(f"a server that is {self._state.value} cannot be {state.value}")
            self._state = state
            self._state_changed.notify_all()

    def _run(self) -> None:
        """Run the event loop on this thread until the server has stopped."""
        try:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                loop = runner.get_loop()
                run_loop(loop, self._main(loop))
        except BaseException as error:
            if self._state is ServerState.STARTING:
                self._error = error
            else:
                logger.exception("the server thread failed")
        self._enter(ServerState.STOPPED)

    async def _main(self, loop: asyncio.AbstractEventLoop) -> None:
        tune_collector()
        threads = ViewThreads(loop)
        uploads = FileStore()
        services = Services(loop=loop, spawn=threads, run_process=Processes(threads), files=uploads)
        runtime = self._make_runtime(services)
        with self._open_socket() as listener:
            guard = self._make_guard(listener.getsockname()[1])
            keys = Keys(self._clock or loop.time)
            links = Links(runtime, keys)
            await runtime.begin()
            application = make_application(
                guard,
                links,
                TransferRoutes(runtime, UploadReceiver(uploads, threads)),
                PassThrough(runtime.router, threads),
                StaticFiles(self._files, runtime.site.static_files),
                runtime.site.http_max_size,
            )
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            assert runner.server is not None  # noqa: S101  (`setup` has created it)
            connections = Connections(runner.server, guard.headers)
            self._parts = Parts(loop, threads, runtime, guard, keys, links, uploads, connections)
            await self._serve(self._parts, listener, runner)

    async def _serve(self, parts: Parts, listener: socket.socket, runner: web.AppRunner) -> None:
        """Accept connections until `stop` is called, then close everything."""
        stop_accepting = await self._accept_connections(parts, listener)
        self._enter(ServerState.SERVING)
        try:
            await self._stop_requested.wait()
            await parts.runtime.stop_all()
        finally:
            for window in list(parts.runtime.windows):
                if window.transport is not None:
                    window.transport.close(GOING_AWAY, "the app has ended")
            stop_accepting()
            await runner.cleanup()
            parts.threads.stop()
            parts.uploads.close()

    async def _accept_connections(
        self, parts: Parts, listener: socket.socket
    ) -> Callable[[], object]:
        """Start to accept connections. Returns a function that stops accepting."""
        create = parts.connections.create
        if self._remote is None:
            server = await parts.loop.create_server(create, sock=listener, backlog=BACKLOG)
            return server.close
        listener.setblocking(False)
        listener.listen(BACKLOG)
        accepting = accept_with_tls(listener, parts.connections, self._remote.context)
        return parts.loop.create_task(accepting).cancel

    def _make_guard(self, port: int) -> Guard:
        if self._remote is None:
            return Guard(HOST, port)
        first, *others = self._remote.names
        return Guard(first, port, others, secure=True)

    def _open_socket(self) -> socket.socket:
        """Create a socket and bind it to the port. Raises OSError if that fails."""
        host = HOST if self._remote is None else self._remote.address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform == "win32":
            # Without this option another program could bind the same port, too.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        elif self._port:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, self._port))
        except BaseException:
            listener.close()
            raise
        return listener
