"""`Ending` decides when the app ends.

If all windows are closed while a view is at work, the app keeps running. It shows an icon in the
system tray, if the system has one. The first time, it also shows a notification.

Threads: the server thread.
"""

from __future__ import annotations

import asyncio
import logging
from enum import Enum
from typing import Protocol

from everview.authoring.app import App
from everview.desktop.desktop import Desktop
from everview.i18n import _
from everview.runtime.instances.instance import Instance
from everview.runtime.instances.state import State
from everview.runtime.runtime import Runtime
from everview.runtime.windows.messages import QuitRequest
from everview.runtime.windows.platform import Platform

logger = logging.getLogger("everview.startup")

#: If the user chose "finish, then quit", the app waits for daemon views in these states.
WORKING = (State.RUNNING, State.NEEDS_INPUT)
#: The maximum number of views whose titles are in the notification.
MAX_TITLES = 3


class RunningApp(Protocol):
    """The part of the running app that `Ending` and the platforms use."""

    app: App
    #: The native windows; None if the app is shown in browsers.
    desktop: Desktop | None

    @property
    def platform(self) -> Platform: ...
    @property
    def runtime(self) -> Runtime: ...
    def quit(self) -> None: ...
    async def open_window(self, url: str) -> str: ...


class EndingState(Enum):
    """Whether and how the app is about to end."""

    RUNNING = "running"
    #: The app ends when all working views have finished.
    FINISHING = "finishing"
    ENDED = "ended"


class Ending:
    """Ends a running app at the right time."""

    def __init__(self, running: RunningApp) -> None:
        self._running = running
        self._state = EndingState.RUNNING
        #: ``_finishing`` is the task that waits for working views. ``_asking`` is the task that
        #: opens a window to ask the user.
        self._finishing: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._has_notified = False

    @property
    def state(self) -> EndingState:
        return self._state

    def last_window_closed(self) -> None:
        """Called after the last window was closed: end the app, unless a view is at work."""
        runtime, desktop = self._running.runtime, self._running.desktop
        if desktop is None or desktop.open_count > 0 or runtime.windows.open:
            return
        if self._state is not EndingState.RUNNING:
            return
        working = runtime.at_work
        if not working:
            self._end()
            return
        logger.info("no window is open; %d views keep running", len(working))
        tasks = runtime.router.path_of("tasks") or "/"
        self._show_tray(desktop, tasks)
        if not self._has_notified:
            self._has_notified = True
            self._notify(working, tasks)

    def _show_tray(self, desktop: Desktop, tasks: str) -> None:
        loop = self._running.runtime.loop
        # Qt calls the functions of the tray menu on its own thread.
        desktop.set_tray([
            (_("Open {app}").format(app=self._running.app.title), lambda: desktop.open("/")),
            (_("Show running tasks"), lambda: desktop.open(tasks)),
            (_("Quit …"), lambda: loop.call_soon_threadsafe(self.ask, tasks)),
        ])  # fmt: skip

    def _notify(self, working: list[Instance], tasks: str) -> None:
        title = self._running.app.title
        titles = [instance.document.title or instance.request.url for instance in working]
        text = ", ".join(titles[:MAX_TITLES]) + (" … " if len(titles) > MAX_TITLES else ". ")
        self._running.platform.notify(
            _("{app} keeps running without a window").format(app=title),
            text + _("Start {app} again to show it.").format(app=title),
            tasks,
        )

    def window_opened(self) -> None:
        """Called when a native window opens: remove the icon from the tray."""
        if self._running.desktop is not None:
            self._running.desktop.set_tray([])

    def ask(self, url: str) -> None:
        """End the app. If a view is at work, open ``url`` and ask the user there."""
        if self._running.runtime.at_work:
            self._asking = asyncio.get_running_loop().create_task(self._open_and_ask(url))
        else:
            self._end()

    async def _open_and_ask(self, url: str) -> None:
        label = await self._running.open_window(url)
        for window in self._running.runtime.windows.by_label(label):
            self._running.runtime.receive(window, QuitRequest("ask"))

    def finish(self) -> None:
        """End the app when all working views have finished."""
        if self._state is EndingState.RUNNING:
            self._state = EndingState.FINISHING
            self._finishing = asyncio.get_running_loop().create_task(self._finish())

    async def _finish(self) -> None:
        runtime, version = self._running.runtime, 0
        while any(i.is_daemon and i.state in WORKING for i in runtime.instances.values()):
            version = await runtime.wait_for_change(version)
        self._end()

    def cancel(self) -> None:
        """Called when the user opens a window: cancel "finish, then quit"."""
        if self._state is EndingState.FINISHING and self._finishing is not None:
            self._state = EndingState.RUNNING
            self._finishing.cancel()

    def _end(self) -> None:
        self._state = EndingState.ENDED
        self._running.quit()
