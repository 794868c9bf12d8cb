"""Start and end an app: its lock, its server, its control channel and its windows.

Only this module uses both the server and the desktop.

Threads: `run` on the main thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import assert_never

from everview.application.control import (
    AddressCommand,
    Answer,
    Command,
    Control,
    ListCommand,
    OpenCommand,
    ProgressInfo,
    QuitCommand,
    StopCommand,
    ViewInfo,
    send_command,
)
from everview.application.diagnostics import about
from everview.application.ending import Ending
from everview.application.logs import start_logging, watch_for_crashes
from everview.application.platforms import DesktopPlatform, HeadlessPlatform
from everview.authoring.app import App
from everview.desktop import display
from everview.desktop.desktop import Desktop
from everview.errors import AlreadyRunningError, CommandError, NotRunningError
from everview.i18n import _
from everview.runtime.instances.state import Summary
from everview.runtime.runtime import Runtime
from everview.runtime.services import Services
from everview.runtime.windows.effects import Notice
from everview.runtime.windows.platform import QuitMode
from everview.runtime.windows.window import Window
from everview.server.access.keys import Identity
from everview.server.access.remote import Remote
from everview.server.server import Server
from everview.state.checkpoint_table import CheckpointTable
from everview.state.database import Database
from everview.state.folders import Folders
from everview.state.instance_lock import InstanceLock
from everview.state.note_table import NoteTable
from everview.state.window_set import WindowSet, WindowState

logger = logging.getLogger("everview.startup")

OWNER = "owner"
#: The icon of an app that does not set an icon.
ICON = Path(__file__).resolve().parents[1] / "client" / "icon.svg"
#: If a new window does not show its page within this number of seconds, a second start reports a
#: failure.
WINDOW_TIME = 30.0
#: Maximum number of windows that open at the same time. If fifty windows opened at once, all of
#: them would appear late.
OPENING_AT_ONCE = 4
#: If a second start has waited for its window for this number of seconds, it reports that the app
#: hangs.
HAND_OVER_TIME = 180.0
#: After a native window was closed, the server waits this number of seconds for its page to close
#: the link.
LEAVE_TIME = 2.0
#: The name of the note that stores the set of open windows.
WINDOWS = "windows"


def run(
    app: App,
    headless: bool = False,
    port: int = 0,
    url: str = "",
    arguments: Sequence[str] = (),
    outside: Remote | None = None,
) -> int:
    """Run the app until it ends. If another process runs it, pass this start on to that process.

    Args:
        app: The app.
        headless: True: serve without windows.
        port: The port of the server; 0 is a free one.
        url: The page to show. If it is "", the function of `App.start_url` chooses the page from
            the ``arguments``. Without such a function, the windows of the last session are opened,
            or "/" if there are none.
        arguments: The arguments of the program, for `App.start_url`.
        outside: How other machines reach the app; only with ``headless``.

    Returns:
        The exit code.

    Raises:
        AlreadyRunningError: With ``headless``: another process runs the app.
        CommandError: The app cannot start, or there is no view at ``url``.
    """
    if outside is not None and not headless:
        raise CommandError("an app that serves other machines has no windows: pass headless=True")
    opening = OpenCommand(url, [str(argument) for argument in arguments], str(Path.cwd()))
    folders = Folders(app.name)
    lock = InstanceLock(folders)
    deadline = time.monotonic() + WINDOW_TIME
    while True:
        try:
            lock.acquire()
            break
        except AlreadyRunningError:
            if headless:
                raise AlreadyRunningError(f"{app.title} is running already") from None
            try:
                return hand_over(folders, opening)
            except NotRunningError:
                # The process that has the lock does not answer. It is starting or ending.
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"{app.title} is running but does not answer: end its process first"
                    ) from None
                threading.Event().wait(0.05)
    try:
        start_logging(folders)
        app.use_language()
        crash = watch_for_crashes(folders)
        with contextlib.closing(Database(folders.state / "everview.db")) as database:
            return Running(app, folders, database, port, crash, outside).run(headless, opening)
    finally:
        lock.release()


def hand_over(folders: Folders, opening: OpenCommand) -> int:
    """Let the running app open one more window. Returns when the window is open.

    An app without windows returns an address instead. The address is printed, not passed to a
    browser: every account of the machine can read the arguments of a program (T6).
    """
    answer = send_command(folders.runtime, opening, HAND_OVER_TIME)
    if answer.address:
        sys.stderr.write("The running app has no windows. Open this address in a browser:\n")
        print_line(answer.address)
    return 0


def print_line(text: str) -> None:
    """Print a line on stdout, which a packaged app without a console does not have."""
    if sys.stdout is not None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


class Running:
    """One running app."""

    def __init__(
        self,
        app: App,
        folders: Folders,
        database: Database,
        port: int = 0,
        crash: Path | None = None,
        outside: Remote | None = None,
    ) -> None:
        self.app = app
        self.folders = folders
        self._database = database
        self._notes = NoteTable(database)
        self.platform: HeadlessPlatform = HeadlessPlatform(self)
        #: The native windows; None while the app has none.
        self.desktop: Desktop | None = None
        self._port = port
        self.server = Server(self._make_runtime, port, remote=outside)
        self._ended = threading.Event()
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._control: Control | None = None
        self._opening = asyncio.Semaphore(OPENING_AT_ONCE)
        self.ending = Ending(self)
        #: The notice to show in the first window that connects; "" for none.
        self._start_notice = ""
        if crash is not None:
            text = _("{app} crashed the last time. A report is in {path}")
            self._start_notice = text.format(app=app.title, path=crash)

    @property
    def runtime(self) -> Runtime:
        return self.server.runtime

    def run(self, headless: bool, opening: OpenCommand) -> int:
        """Serve until the app ends. Returns the exit code."""
        if self.app.settings.GUI:
            os.environ.setdefault(display.GUI_VARIABLE, self.app.settings.GUI)
        no_windows = None if headless else display.unavailable_reason()
        if not headless and not no_windows:
            self._make_desktop()
        try:
            self.server.start()
        except OSError as error:
            port = f"port {self._port}" if self._port else "a port"
            raise CommandError(
                f"{port} cannot be opened: {error.strerror}; port 0 is a free one"
            ) from error
        try:
            self.server.call(self._start(headless))
            for name in ("SIGTERM", "SIGINT", "SIGHUP"):
                if hasattr(signal, name):
                    signal.signal(getattr(signal, name), lambda *_: self.quit())
            if self.desktop is not None:
                self.desktop.run(self._first_windows(opening))
            else:
                if no_windows:
                    sys.stderr.write(
                        f"No native window: {no_windows}.\nOpen this address in a browser:\n"
                    )
                print_line(self.address(self._url_of(opening) or "/"))
                self._serve_until_ended()
        finally:
            if self._control is not None:
                self.server.call(self._control.stop())
            self.server.stop()
        return 0

    def _first_windows(self, opening: OpenCommand) -> list[WindowState]:
        """The windows of the last session, and the window that this start requests."""
        windows = WindowSet(self._notes.get(WINDOWS), lambda data: None)
        restored = [] if self._database.is_safe_mode else windows.restored
        known = [state for state in restored if self._is_route(state.url)]
        url = self._url_of(opening)
        if self._database.is_safe_mode:
            url = url or self.app.router.path_of("log") or "/"
        # If the requested URL was open in the last session, it is still opened only once.
        if not known or (url and url not in [state.url for state in known]):
            last = windows.like()
            known.append(WindowState(url or "/", last.x, last.y, last.width, last.height,
                                     last.screen, zoom=last.zoom, theme=last.theme))  # fmt: skip
        return known

    def _url_of(self, opening: OpenCommand) -> str:
        """The URL that a start requests, or "". Raises `CommandError` if there is no such view."""
        url = opening.url
        if not url and self.app.start_url_of is not None:
            try:
                url = self.app.start_url_of(list(opening.arguments), Path(opening.folder)) or ""
            except Exception as error:
                logger.exception("the function of App.start_url failed")
                raise CommandError(f"the arguments were refused: {error}") from error
        if url:
            self._check_route(url)
        return url

    def _is_route(self, url: str) -> bool:
        return self.app.router.resolve(url.partition("?")[0]) is not None

    def _serve_until_ended(self) -> None:
        # Wait in short steps, because Python on Windows does not handle Ctrl+C during a wait.
        while not self._ended.wait(0.5 if sys.platform == "win32" else None):
            pass

    def _make_desktop(self) -> None:
        windows = WindowSet(self._notes.get(WINDOWS), partial(self._notes.put, WINDOWS))
        platform = DesktopPlatform(self, windows, self.app.title, self.app.icon or ICON)
        self.platform, self.desktop = platform, platform.desktop

    def quit(self) -> None:
        """End the app. Any thread may call this."""
        self._ended.set()
        if self.desktop is not None:
            self.desktop.quit()

    def address(self, url: str, label: str = "") -> str:
        return self.server.address(url, Identity(OWNER, label))

    def is_own(self, url: str) -> bool:
        """Whether a URL is a page of this app."""
        return url.startswith(self.server.guard.origin + "/")

    def about(self) -> list[tuple[str, str]]:
        toolkit = self.desktop.backend if self.desktop is not None else "none: pages in a browser"
        return about(self.app.title, self.app.version, self.folders, toolkit)

    def window_closed(self, label: str) -> None:
        """A native window was closed."""
        asyncio.run_coroutine_threadsafe(self._close_window(label), self.server.loop)

    # methods called on the server thread -------------------------------------------------------

    def _make_runtime(self, services: Services) -> Runtime:
        checkpoints = CheckpointTable(self._database)
        services = replace(
            services, checkpoints=checkpoints, platform=self.platform, on_connect=self._on_connect
        )
        if isinstance(self.platform, DesktopPlatform):
            services = replace(services, on_idle=self.ending.last_window_closed)
        return self.app.make_runtime(services)

    async def _start(self, headless: bool) -> None:
        if isinstance(self.platform, DesktopPlatform):
            starting = self.platform.notifications.start()
            self._notifications_start = self.server.loop.create_task(starting)
        control = Control(self.folders.runtime, self._handle)
        await control.start()
        self._control = control
        if self._database.is_safe_mode:
            crashes = self._database.contents.crashes
            logger.warning("safe mode: the app did not end properly %d times in a row; no view "
                           "resumes automatically", crashes)  # fmt: skip
            text = _("{app} did not end properly {count} times in a row. No view was resumed "
                     "automatically. The log may give the reason: {path}")  # fmt: skip
            title, logs = self.app.title, self.folders.logs
            self._start_notice = text.format(app=title, count=crashes, path=logs)
        else:
            self.runtime.resume()

    def _on_connect(self, window: Window) -> None:
        future = self._waiting.get(window.label)
        if future is not None and not future.done():
            future.set_result(None)
        if self._start_notice:
            window.add_effect(Notice(self._start_notice, "error"))
            self._start_notice = ""
        if window.label:
            self.ending.window_opened()

    async def _close_window(self, label: str) -> None:
        """Close the window that belongs to a closed native window.

        When the page of the window is unloaded, it sends its last edits and then closes its link.
        The server still receives those edits. The wait is limited to `LEAVE_TIME`, because a page
        may hang.
        """
        opening = self._waiting.get(label)
        if opening is not None and not opening.done():
            opening.set_exception(CommandError("the window was closed before it showed anything"))
        runtime = self.server.runtime
        for window in runtime.windows.by_label(label):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_TIME):
                    version = 0
                    while window.transport is not None:
                        version = await runtime.wait_for_change(version)
            runtime.close_window(window)

    async def _handle(self, command: Command) -> Answer:
        """Carry out a command of the control channel."""
        runtime = self.runtime
        match command:
            case OpenCommand():
                return await self._open(command)
            case AddressCommand(url=url):
                self._check_route(url)
                return Answer(address=self._issue(url))
            case ListCommand():
                return Answer(pid=os.getpid(), views=[view_info(s) for s in runtime.summaries()])
            case StopCommand(id=instance_id):
                instance = runtime.find(instance_id)
                if instance is None:
                    raise CommandError(f"no view has the id {instance_id!r}")
                await instance.stop_or_dismiss()
                return Answer()
            case QuitCommand(finish=finish):
                views = [view_info(instance.summary()) for instance in runtime.at_work]
                # The answer must be sent before the app ends, because the end closes this
                # connection.
                how: QuitMode = "finish" if finish else "stop"
                runtime.loop.call_later(0.05, self.platform.quit, how)
                return Answer(pid=os.getpid(), views=views)
            case _:
                assert_never(command)

    def _issue(self, url: str) -> str:
        ticket = self.server.keys.issue(Identity(OWNER))
        return f"{self.server.guard.origin}{url}#{ticket}"

    def _check_route(self, url: str) -> None:
        if not self._is_route(url):
            raise CommandError(f"there is no view at {url!r} in {self.app.title}: '/' is its start")

    async def _open(self, opening: OpenCommand) -> Answer:
        url = self._url_of(opening)
        if self.desktop is None:
            return Answer(address=self._issue(url or "/"))
        if not url and self.app.settings.SECOND_START == "focus":
            label = await asyncio.wrap_future(self.desktop.focus())
            if label is not None:
                return Answer(window=label)
        return Answer(window=await self.open_window(url or "/"))

    async def open_window(self, url: str) -> str:
        """Open a native window after the windows that are opening now. Server thread.

        Returns:
            The label of the window, when its page is connected.

        Raises:
            CommandError: The app has no native windows, or the window did not open.
        """
        if self.desktop is None:
            raise CommandError("the app has no native windows")
        self.ending.cancel()
        async with self._opening:
            return await self._open_now(self.desktop, url)

    async def _open_now(self, desktop: Desktop, url: str) -> str:
        label = await asyncio.wrap_future(desktop.open(url))
        if self.runtime.windows.by_label(label):
            return label
        shown = self._waiting[label] = self.server.loop.create_future()
        try:
            async with asyncio.timeout(WINDOW_TIME):
                await shown
        except TimeoutError:
            raise CommandError(f"the window did not open within {WINDOW_TIME:.0f} s") from None
        finally:
            del self._waiting[label]
        return label


def view_info(summary: Summary) -> ViewInfo:
    """The entry of a view in the list that the control channel sends."""
    found = summary.progress
    progress = None
    if found is not None:
        progress = ProgressInfo(found.done, found.total, found.percent, found.label)
    return ViewInfo(
        id=summary.id,
        url=summary.url,
        title=summary.title,
        state=summary.text,
        progress=progress,
        age=round(summary.age, 1),
        windows=summary.windows,
    )
