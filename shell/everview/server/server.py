"""`Server`: one asyncio loop with aiohttp in a background thread, on 127.0.0.1.

We bind the socket ourselves and hand it over: no other address is ever listened on, unless the
start says which and has a certificate (`remote`), and the port is known before the first window is
opened (T5).

Threads: `start`, `stop`, `call` and `address` from any thread but the server's own.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from aiohttp import web

from everview.html.tree.static_files import PREFIX as STATIC_PREFIX
from everview.runtime.runtime import Runtime
from everview.runtime.services import Services
from everview.server.access.connections import Connections
from everview.server.access.guard import Guard
from everview.server.access.keys import Identity, Keys
from everview.server.access.remote import Remote
from everview.server.client_bundle.files import PREFIX, File, Files, is_text
from everview.server.execution.loop import run_loop
from everview.server.execution.processes import Processes
from everview.server.execution.threads import ViewThreads
from everview.server.http.http import POLICY, Http
from everview.server.http.uploads import FileStore
from everview.server.links.links import Links
from everview.server.links.websocket import GOING_AWAY

T = TypeVar("T")
log = logging.getLogger("everview.server")

HOST = "127.0.0.1"
#: The name of the server thread.
THREAD_NAME = "everview server"
#: Seconds another machine has to agree on TLS.
HANDSHAKE_TIME = 10.0


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop where that is installed (not on Windows), else of asyncio."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def tune_collector() -> None:
    """Make the cyclic collector look less often.

    Trees are cyclic (parents, siblings) and large: at Python's own 700 new objects a collection,
    making 1,000 rows runs it forty times, and 10,000 rows take twice as long (``python -m
    benchmarks table``). The oldest generation is still looked at every 500,000 objects, so that a
    view that is gone does not stay for long: with 20,000, 20, 20 the process grew by 28 MB over 25
    windows (tests/native/test_windows.py).

    What was imported until now stays: looking through it is most of a whole collection (73 ms
    without this, 42 with it, at worst, for 1,000 rows).
    """
    gc.set_threshold(10_000, 10, 5)
    if not gc.get_freeze_count():
        gc.freeze()


class Server:
    """Serves one app. ``make_runtime`` is called on the server thread."""

    def __init__(
        self,
        make_runtime: Callable[[Services], Runtime],
        port: int = 0,
        files: Files | None = None,
        remote: Remote | None = None,
    ) -> None:
        self._make_runtime = make_runtime
        self._remote = remote
        self._port = port
        self._files = files or Files()
        self._ready: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self._ended = threading.Event()
        self.loop: asyncio.AbstractEventLoop
        self.runtime: Runtime
        self.guard: Guard
        self.keys: Keys
        self.links: Links
        self.connections: Connections
        self.uploads: FileStore

    # from other threads ------------------------------------------------------------------------

    def start(self) -> None:
        """Start serving; returns when the port is open. Raises OSError if it cannot be."""
        self._thread.start()
        self._ready.result()

    def stop(self, timeout: float = 10.0) -> None:
        """End all views and links, then the loop."""
        if not self._ready.done() or self._ready.exception() is not None:
            return
        with suppress(RuntimeError):  # it has ended already
            self.loop.call_soon_threadsafe(self._stop.set)
        self._ended.wait(timeout)

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the server thread and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def address(self, url: str = "/", identity: Identity | None = None) -> str:
        """A one-time address of ``url`` for a window or a browser."""
        identity = identity or Identity("owner")

        async def issue() -> str:
            return self.keys.issue(identity)

        return f"{self.guard.origin}{url}#{self.call(issue())}"

    # the server thread -------------------------------------------------------------------------

    def _run(self) -> None:
        """Run the event loop on this thread until the server has stopped."""
        try:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                self.loop = runner.get_loop()
                run_loop(self.loop, self._main(ViewThreads(self.loop)))
        except BaseException as error:  # noqa: BLE001  (passed to `start`, or logged)
            self._fail(error)
        self._ended.set()

    def _fail(self, error: BaseException) -> None:
        """What ended the server is handed to `start`, or logged."""
        if self._ready.done():
            log.error("the server thread failed", exc_info=error)
        else:
            self._ready.set_exception(error)

    async def _main(self, threads: ViewThreads) -> None:
        tune_collector()
        self._stop = asyncio.Event()
        self.uploads = FileStore()
        services = Services(
            loop=self.loop, spawn=threads, run_process=Processes(threads), files=self.uploads
        )
        self.runtime = self._make_runtime(services)
        listening = self._listen()
        port = listening.getsockname()[1]
        if self._remote is None:
            self.guard = Guard(HOST, port)
        else:
            first, *others = self._remote.names
            self.guard = Guard(first, port, others, secure=True)
        self.keys = Keys(self.loop.time)
        await self.runtime.begin()
        self._http = Http(self.runtime, threads, self.uploads)
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        assert runner.server is not None  # noqa: S101  (it was set up)
        self.connections = Connections(runner.server, self.guard.headers)
        tls: dict[str, Any] = {}
        if self._remote is not None:
            tls = {"ssl": self._remote.context, "ssl_handshake_timeout": HANDSHAKE_TIME}
        serving = await self.loop.create_server(
            self.connections, sock=listening, backlog=256, **tls
        )
        self._ready.set_result(None)
        try:
            await self._stop.wait()
            await self.runtime.stop_all()
        finally:
            for window in list(self.runtime.windows):
                if window.transport is not None:
                    window.transport.close(GOING_AWAY, "the app has ended")
            serving.close()
            await runner.cleanup()
            threads.stop()
            self.uploads.close()

    def _listen(self) -> socket.socket:
        host = HOST if self._remote is None else self._remote.address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # Windows: without it another program could bind the same port beside us.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        elif self._port:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, self._port))
        except BaseException:
            listening.close()
            raise
        return listening

    def _application(self) -> web.Application:
        application = web.Application(
            middlewares=[self._check], client_max_size=self.runtime.site.http_max_size
        )
        application.on_response_prepare.append(self._add_headers)
        self.links = Links(self.runtime, self.keys)

        async def link(request: web.Request) -> web.StreamResponse:
            refusal = self.guard.socket_refusal(request.headers.getall("Origin", []))
            if refusal is not None:
                return web.Response(status=403, text=refusal)
            return await self.links.handle(request)

        application.router.add_get(PREFIX + "link", link)
        self._http.add_routes(application.router)
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    @web.middleware
    async def _check(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        hosts = request.headers.getall("Host", [])
        sites = request.headers.getall("Sec-Fetch-Site", [])
        refusal = self.guard.refusal(request.raw_path, hosts, sites)
        if refusal is None and request.method not in ("GET", "HEAD"):
            refusal = self.guard.write_refusal(request.headers.getall("Origin", []))
        if refusal is not None:
            return web.Response(status=403, text=refusal)
        return await handler(request)

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self.guard.headers)
        if (policy := request.get(POLICY)) is not None:
            response.headers["Content-Security-Policy"] = policy
        response.headers.popall("Server", None)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        route = self._http.pass_through(request.path)
        if route is not None:
            return await self._http.pass_to(route, request)
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        return await self._file(request)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = self._static_file(request.path)
        if file is None:
            return web.Response(status=404, text="There is no such file.")
        if request.headers.get("If-None-Match") == file.etag:
            return web.Response(status=304, headers={"ETag": file.etag})
        return web.Response(
            body=file.body,
            content_type=file.type,
            charset="utf-8" if is_text(file.type) else None,
            headers={"ETag": file.etag},
        )

    def _static_file(self, path: str) -> File | None:
        if path.startswith(STATIC_PREFIX):
            declared = self.runtime.site.static_files.get(path)
            return File(declared.body, declared.type, declared.etag) if declared else None
        return self._files.get(path)
