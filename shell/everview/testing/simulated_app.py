"""`SimulatedApp` runs the real runtime and link protocol in memory, without a socket or a browser.

    with SimulatedApp(app) as simulated:
        window = simulated.open("/counter/")
        window.click("Increment")
        assert window.text("#count") == "11"

A simulated window is a page in Python (`Replica`) with the transport of a link. The window waits
for acknowledgements, never for a fixed time. Authors of views use the fixtures of ``plugin``,
whose windows behave like a person (`open_window`).

Threads: the runtime runs on a loop in its own thread, as in the server. The methods of the app and
its windows are called on the test's thread.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from everview.authoring.app import App
from everview.runtime.execution.activity import Spawn
from everview.runtime.instances.instance import Instance
from everview.runtime.routing.answers import answer
from everview.runtime.routing.request import Request
from everview.runtime.routing.responses import Response
from everview.runtime.runtime import Runtime
from everview.runtime.services import Services
from everview.server.execution.processes import Processes
from everview.server.execution.threads import ViewThreads
from everview.server.http.uploads import FileStore, UploadReceiver
from everview.testing.clock import PATIENCE, Clock
from everview.testing.person.person_window import PersonWindow
from everview.testing.simulated_window import SimulatedWindow
from everview.testing.thread_work import WatchedThreads

P = ParamSpec("P")
T = TypeVar("T")


class SimulatedApp:
    """Runs the views of an app without a server, during a ``with`` block.

    Args:
        app: The app.
        clock: Time stands still until this clock is advanced; None: real time.
        **services: Fields of `Services` with other values than their default.
    """

    def __init__(self, app: App, clock: Clock | None = None, **services: Any) -> None:
        self._changes = services
        self.app = app
        self.clock = clock
        self.loop = asyncio.new_event_loop() if clock is None else clock.loop
        self.runtime: Runtime
        self.threads: ViewThreads
        self.store: FileStore
        self.uploads: UploadReceiver
        self.windows: list[SimulatedWindow] = []
        self.people: list[PersonWindow] = []
        self._thread = threading.Thread(
            target=self.loop.run_forever, name="simulated server", daemon=True
        )

    def __enter__(self) -> SimulatedApp:
        self._thread.start()
        self.call(self._start())
        return self

    async def _start(self) -> None:
        self.threads = ViewThreads(self.loop)
        spawn: Spawn = self.threads
        if self.clock is not None:
            self.clock.publish = self._publish
            spawn = WatchedThreads(self.threads, self.clock.work)
        self.store = FileStore()
        services = Services(
            loop=self.loop, spawn=spawn, run_process=Processes(self.threads), files=self.store
        )
        self.runtime = self.app.make_runtime(replace(services, **self._changes))
        self.uploads = UploadReceiver(self.store, spawn)
        await self.runtime.begin()

    def __exit__(self, *error: object) -> None:
        if self.clock is not None:
            self.do(self.clock.release)
        self.call(self.runtime.stop_all())
        self.store.close()
        self.call(self._cancel_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def _cancel_tasks(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the simulated server thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def do(self, function: Callable[P, T], *args: P.args, **keywords: P.kwargs) -> T:
        """Call a function on the simulated server thread."""

        async def run() -> T:
            return function(*args, **keywords)

        return self.call(run())

    def open(
        self, url: str = "/", user: str = "owner", wait: bool = True, label: str = ""
    ) -> SimulatedWindow:
        """Open a window that sends any message, without simulating a person.

        Args:
            url: The URL to show.
            user: The owner of the window.
            wait: Wait until the window shows a view.
            label: The desktop's label of a native window.
        """
        window = SimulatedWindow(self, user)
        self.call(window.connect(url, label))
        self.windows.append(window)
        if wait:
            window.wait_until(lambda: bool(window.replica.root.children))
        return window

    def open_window(self, url: str = "/", user: str = "owner") -> PersonWindow:
        """Open a window in which a simulated person uses the page.

        Args:
            url: The URL to show.
            user: The owner of the window.

        Raises:
            PermissionError: The app refuses the window.
            ValueError: The app has no `Clock`.
        """
        if self.clock is None:
            raise ValueError("open_window() needs SimulatedApp(app, Clock())")
        person = PersonWindow(self, self.clock, user)
        self.call(person.window.connect(url))
        self.windows.append(person.window)
        self.people.append(person)
        self.clock.settle()
        return person

    def _publish(self) -> bool:
        """Send all windows their updates now; returns whether there were any."""
        before = sum(len(window.bytes) for window in self.windows)
        for window in self.windows:
            instance = self.runtime.instance_of(window.window)
            if instance is not None:
                instance.publisher.confirmed(window.window)
        return sum(len(window.bytes) for window in self.windows) > before

    def http(
        self,
        url: str,
        user: str = "owner",
        method: str = "GET",
        post: Mapping[str, str] | None = None,
    ) -> Response:
        """The response of a route with ``interactive=False``."""
        found = self.runtime.router.resolve(urlsplit(url).path)
        route, arguments = found or (None, {})
        request = Request(url, user, route, arguments, method, False, post or {})
        return self.call(answer(self.runtime, request))

    def instance(self, window: SimulatedWindow) -> Instance:
        """The instance that a window shows."""
        instance = self.do(self.runtime.instance_of, window.window)
        assert instance is not None, "the window shows no view"
        return instance

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` is true. The server thread checks it after every change."""

        async def wait() -> None:
            version = 0
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    version = await self.runtime.wait_for_change(version)

        self.call(wait())

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` is true. It is checked every millisecond."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"the condition was not met within {PATIENCE} s")
            time.sleep(0.001)
