"""`Ending`: when the app ends, and what happens between its last window and its end.

Closing windows loses nothing: as long as something is at work the app stays, says so once, and
shows an icon where the desktop has a place for such.

Threads: the server thread.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

from everview.i18n import _
from everview.runtime.instances.state import State
from everview.runtime.runtime import Runtime
from everview.runtime.windows.messages import QuitRequest
from everview.runtime.windows.platform import Platform

log = logging.getLogger("everview.startup")

#: What "finish, then quit" waits for.
WORKING = (State.RUNNING, State.NEEDS_INPUT)


class Running(Protocol):
    """What is needed of the running app. ``desktop``: None where pages are in browsers."""

    app: Any
    desktop: Any
    platform: Any

    @property
    def runtime(self) -> Runtime: ...
    def quit(self) -> None: ...
    async def open_window(self, url: str) -> str: ...


class Ending:
    """Decides when the app ends."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._finishing: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._said = False

    def no_window(self) -> None:
        """No window is open: end, unless something would be lost."""
        runtime, desktop = self._running.runtime, self._running.desktop
        if desktop.open_count > 0 or runtime.windows.open or self._finishing is not None:
            return
        working = runtime.at_work
        if not working:
            self._running.quit()
            return
        log.info("no window is open; %d views go on", len(working))
        title = self._running.app.title
        tasks = runtime.router.path_of("tasks") or "/"
        ask = lambda: runtime.loop.call_soon_threadsafe(self.ask, tasks)  # noqa: E731
        desktop.set_tray(True, [
            (_("Open {app}").format(app=title), lambda: desktop.open("/")),
            (_("Show what is running"), lambda: desktop.open(tasks)),
            (_("Quit …"), ask),
        ])  # fmt: skip
        if not self._said:
            # Once: who has read it knows.
            self._said = True
            titles = [instance.document.title or instance.request.url for instance in working]
            text = ", ".join(titles[:3]) + (" … " if len(titles) > 3 else ". ")
            said = _("{app} goes on without a window").format(app=title)
            again = _("Start {app} again to see it.").format(app=title)
            platform: Platform = self._running.platform
            platform.notify(said, text + again, tasks)

    def window_came(self) -> None:
        """A native window is there."""
        self._running.desktop.set_tray(False, [])

    def ask(self, url: str) -> None:
        """End the app; if something is at work, a window asks what is to become of it."""
        if self._running.runtime.at_work:
            self._asking = asyncio.get_running_loop().create_task(self._open_and_ask(url))
        else:
            self._running.quit()

    async def _open_and_ask(self, url: str) -> None:
        label = await self._running.open_window(url)
        for window in self._running.runtime.windows.by_label(label):
            self._running.runtime.receive(window, QuitRequest("ask"))

    def finish(self) -> None:
        """End the app when what works has finished."""
        if self._finishing is None:
            self._finishing = asyncio.get_running_loop().create_task(self._finish())

    async def _finish(self) -> None:
        runtime, version = self._running.runtime, 0
        while any(i.is_daemon and i.state in WORKING for i in runtime.instances.values()):
            version = await runtime.wait_for_change(version)
        self._running.quit()

    def stay(self) -> None:
        """A new window: the person has come back, and the app is not to end then."""
        if self._finishing is not None:
            self._finishing.cancel()
            self._finishing = None
