"""From a command to a running app: lock, server, control channel, windows; and the way down.

The only module that knows the server and the desktop both.
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
from typing import Any

from everview.application.control import Address, Command, Control, List, Open, Quit, Stop, ask
from everview.application.diagnostics import about
from everview.application.ending import Ending
from everview.application.logs import start_logging, watch_for_crashes
from everview.application.platforms import DesktopPlatform, HeadlessPlatform
from everview.authoring.app import App, Start
from everview.desktop import display
from everview.errors import (
    AlreadyRunningError,
    CommandError,
    EverviewError,
    NotRunningError,
)
from everview.i18n import _
from everview.runtime.runtime import Runtime
from everview.runtime.services import Services
from everview.runtime.windows.window import Window
from everview.server.access.keys import Identity
from everview.server.access.remote import Remote, remote
from everview.server.server import Server
from everview.state.folders import Folders
from everview.state.instance_lock import InstanceLock
from everview.state.store import Store
from everview.state.window_set import WindowSet, WindowState
from everview.version import __version__

log = logging.getLogger("everview.startup")

OWNER = "owner"
#: Seconds a new window has to show itself before a second start says that it did not.
WINDOW_TIME = 30.0
#: Windows that open at the same time; more wait. Fifty at once would all be late.
OPENING_AT_ONCE = 4
#: Seconds a second start waits for its turn and its window; then it says that the app hangs.
HAND_OVER_TIME = 180.0
#: Seconds a page has to end its link after its native window was closed.
LEAVE_TIME = 2.0
#: Where the set of windows is noted in the store.
WINDOWS = "windows"


def run(
    app: App,
    headless: bool = False,
    port: int = 0,
    url: str = "",
    arguments: Sequence[str] = (),
    outside: Remote | None = None,
) -> int:
    """Run the app, or hand this start to the process that runs it; returns the exit code.

    ``outside``: how other machines reach it, if they are to; without windows only.

    ``url``: what to show; "": what `App.start_url` says of the ``arguments``, else the windows of
    the last time, else "/".
    """
    if outside is not None and not headless:
        raise CommandError("other machines are served without windows here: say headless=True")
    opening = Open(url, [str(argument) for argument in arguments], str(Path.cwd()))
    folders = Folders(app.name)
    lock = InstanceLock(folders)
    deadline = time.monotonic() + WINDOW_TIME
    while True:
        try:
            lock.acquire()
            break
        except AlreadyRunningError:
            if headless:
                raise AlreadyRunningError(
                    f"{app.title} is running already: end it first, or use the one that runs"
                ) from None
            try:
                return hand_over(folders, opening)
            except NotRunningError:
                # It has the lock but does not answer: it is starting, or ending.
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"{app.title} is running but does not answer: end its process first"
                    ) from None
                threading.Event().wait(0.05)
    try:
        start_logging(folders)
        app.use_language()
        crash = watch_for_crashes(folders)
        return Running(app, folders, port, crash, outside).run(headless, opening)
    finally:
        lock.release()


def run_script(app: App, start: Start) -> int:
    """Do what ``app.run()`` asks for; print an error and return 1 where it cannot be done."""
    try:
        outside = remote(start.address, start.certificate, start.key, start.hosts)
        return run(app, headless=start.headless, port=start.port, url=start.url,
                   arguments=sys.argv[1:21], outside=outside)  # fmt: skip
    except EverviewError as error:
        sys.stderr.write(f"{app.name}: {error}\n")
        return 1


def hand_over(folders: Folders, opening: Open) -> int:
    """Let the running app open one more window; returns when it is there.

    One without windows gives an address instead. It is said, not given to a browser: it would be
    in that program's arguments, which every account on the machine can read (T6).
    """
    answer = ask(folders.runtime, opening, HAND_OVER_TIME)
    if "address" in answer:
        sys.stderr.write("The running app has no windows. Open this address in a browser:\n")
        say(answer["address"])
    return 0


def say(text: str) -> None:
    """One line for the person who started us; a frozen app without a console has no stdout."""
    if sys.stdout is not None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


class Running:
    """One running app."""

    def __init__(
        self,
        app: App,
        folders: Folders,
        port: int = 0,
        crash: Path | None = None,
        outside: Remote | None = None,
    ) -> None:
        self.app = app
        self.folders = folders
        self.store = Store(folders.state / "everview.db")
        self.platform: HeadlessPlatform = HeadlessPlatform(self)
        self.desktop: Any = None
        self._port = port
        self.server = Server(self._make_runtime, port, remote=outside)
        self._ended = threading.Event()
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._control: Control | None = None
        self._opening = asyncio.Semaphore(OPENING_AT_ONCE)
        self.ending = Ending(self)
        #: What the first window that shows itself is told: a notice, or none.
        self._news = ""
        if crash is not None:
            said = _("{app} crashed the last time. A report is in {path}")
            self._news = said.format(app=app.title, path=crash)

    @property
    def runtime(self) -> Runtime:
        return self.server.runtime

    def run(self, headless: bool, opening: Open) -> int:
        """Serve until the app ends."""
        self.store.open()
        try:
            return self._run(headless, opening)
        finally:
            self.store.close()

    def _run(self, headless: bool, opening: Open) -> int:
        if self.app.settings.GUI:
            os.environ.setdefault(display.GUI_VARIABLE, self.app.settings.GUI)
        why_not = None if headless else display.why_not()
        if not headless and not why_not:
            self._make_desktop()
        try:
            self.server.start()
        except OSError as error:
            which = f"port {self._port}" if self._port else "a port"
            raise CommandError(
                f"{which} cannot be opened: {error.strerror}; port 0 takes a free one"
            ) from error
        try:
            self.server.call(self._start(headless))
            for name in ("SIGTERM", "SIGINT", "SIGHUP"):
                if hasattr(signal, name):
                    signal.signal(getattr(signal, name), lambda *_: self.quit())
            if self.desktop is not None:
                self.desktop.run(self._first_windows(opening))
            else:
                if why_not:
                    sys.stderr.write(
                        f"No native window: {why_not}.\nOpen this address in a browser:\n"
                    )
                say(self.address(self._url_of(opening) or "/"))
                self._serve_until_ended()
        finally:
            if self._control is not None:
                self.server.call(self._control.stop())
            self.server.stop()
        return 0

    def _first_windows(self, opening: Open) -> list[WindowState]:
        """The windows of the last time, and the one that this start asks for."""
        windows = WindowSet(self.store.note(WINDOWS), lambda data: None)
        restored = [] if self.store.is_safe_mode else windows.restored
        known = [state for state in restored if self._is_route(state.url)]
        url = self._url_of(opening)
        if self.store.is_safe_mode:
            url = url or self.app.router.path_of("log") or "/"
        # What a start names is there once, also if it was there the last time.
        if not known or (url and url not in [state.url for state in known]):
            last = windows.like()
            known.append(WindowState(url or "/", last.x, last.y, last.width, last.height,
                                     last.screen, zoom=last.zoom, theme=last.theme))  # fmt: skip
        return known

    def _url_of(self, opening: Open) -> str:
        """What a start is to show: "" if it does not say. Raises `CommandError`."""
        url = opening.url
        if not url and self.app.start_url_of is not None:
            try:
                url = self.app.start_url_of(list(opening.arguments), Path(opening.folder)) or ""
            except Exception as error:
                log.exception("App.start_url failed")
                raise CommandError(f"what to open was not understood: {error}") from error
        if url and not self._is_route(url):
            raise CommandError(f"there is no view at {url!r} in {self.app.title}: '/' is its start")
        return url

    def _is_route(self, url: str) -> bool:
        return self.app.router.resolve(url.partition("?")[0]) is not None

    def _serve_until_ended(self) -> None:
        # A timeout lets Windows' Python look for Ctrl+C.
        while not self._ended.wait(0.5 if sys.platform == "win32" else None):
            pass

    def _make_desktop(self) -> None:
        icon = Path(__file__).resolve().parents[1] / "client" / "icon.svg"
        windows = WindowSet(self.store.note(WINDOWS), partial(self.store.take_note, WINDOWS))
        platform = DesktopPlatform(self, windows, self.app.title, icon)
        self.platform, self.desktop = platform, platform.desktop

    def quit(self) -> None:
        """End the app. Any thread."""
        self._ended.set()
        if self.desktop is not None:
            self.desktop.quit()

    def address(self, url: str, label: str = "") -> str:
        return self.server.address(url, Identity(OWNER, label))

    def is_own(self, url: str) -> bool:
        """Whether a URL is one of this app's pages."""
        return url.startswith(self.server.guard.origin + "/")

    def about(self) -> list[tuple[str, str]]:
        toolkit = self.desktop.toolkit if self.desktop is not None else "none: pages in a browser"
        return about(self.app.title, __version__, self.folders, toolkit)

    def left(self, label: str) -> None:
        """A native window was closed."""
        asyncio.run_coroutine_threadsafe(self._leave(label), self.server.loop)

    # the server thread -------------------------------------------------------------------------

    def _make_runtime(self, services: Services) -> Runtime:
        services = replace(
            services, checkpoints=self.store, platform=self.platform, on_connect=self._on_connect
        )
        if isinstance(self.platform, DesktopPlatform):
            services = replace(services, on_idle=self.ending.no_window)
        return self.app.make_runtime(services)

    async def _start(self, headless: bool) -> None:
        if isinstance(self.platform, DesktopPlatform):
            self._looking = self.server.loop.create_task(self.platform.notifications.start())
        control = Control(self.folders.runtime, self._handle)
        await control.start()
        self._control = control
        if self.store.is_safe_mode:
            log.warning("safe mode: the app has not ended properly %d times in a row; nothing "
                        "resumes by itself", self.store.crashes)  # fmt: skip
            said = _("{app} did not end properly {count} times in a row. Nothing was resumed by "
                     "itself; the log may say why: {path}")  # fmt: skip
            self._news = said.format(
                app=self.app.title, count=self.store.crashes, path=self.folders.logs
            )
        else:
            self.runtime.resume()

    def _on_connect(self, window: Window) -> None:
        future = self._waiting.get(window.label)
        if future is not None and not future.done():
            future.set_result(None)
        if self._news:
            window.add_effect({"notice": self._news, "kind": "error"})
            self._news = ""
        if window.label:
            self.ending.window_came()

    async def _leave(self, label: str) -> None:
        """Close the window of a native one that was closed.

        Its page sends what was typed last while it is unloaded, and then ends its link: what
        comes before that end must still be taken. One that hangs is not waited for.
        """
        opening = self._waiting.get(label)
        if opening is not None and not opening.done():
            opening.set_exception(CommandError("the window was closed before it showed anything"))
        runtime = self.server.runtime
        for window in [w for w in runtime.windows if w.label == label]:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_TIME):
                    version = 0
                    while window.transport is not None:
                        version = await runtime.wait_for_change(version)
            runtime.close_window(window)

    async def _handle(self, command: Command) -> dict[str, Any]:
        runtime = self.runtime
        match command:
            case Open():
                return await self._open(command)
            case Address(url=url):
                self._check_route(url)
                return {"address": self._issue(url)}
            case List():
                return {"pid": os.getpid(), "views": [_plain(s) for s in runtime.summaries()]}
            case Stop(id=instance_id):
                instance = runtime.find(instance_id)
                if instance is None:
                    raise CommandError(f"no view {instance_id!r} is running: see 'everview ls'")
                await instance.stop_or_dismiss()
                return {"stopped": instance_id}
            case Quit(finish=finish):
                ending = [_plain(i.summary()) for i in runtime.at_work]
                # The answer first: with the app, this connection ends.
                how = "finish" if finish else "stop"
                runtime.loop.call_later(0.05, self.platform.quit, how)
                return {"pid": os.getpid(), "stopped": ending}

    def _issue(self, url: str) -> str:
        ticket = self.server.keys.issue(Identity(OWNER))
        return f"{self.server.guard.origin}{url}#{ticket}"

    def _check_route(self, url: str) -> None:
        if not self._is_route(url):
            raise CommandError(f"there is no view at {url!r} in {self.app.title}: '/' is its start")

    async def _open(self, opening: Open) -> dict[str, Any]:
        url = self._url_of(opening)
        if self.desktop is None:
            return {"address": self._issue(url or "/")}
        if not url and self.app.settings.SECOND_START == "focus":
            label = await asyncio.wrap_future(self.desktop.focus())
            if label is not None:
                return {"window": label}
        return await self.open_window(url or "/")

    async def open_window(self, url: str) -> dict[str, Any]:
        """Open a native window, when it is its turn; returns when it is there. Server thread."""
        self.ending.stay()
        async with self._opening:
            return await self._open_now(url)

    async def _open_now(self, url: str) -> dict[str, Any]:
        label = await asyncio.wrap_future(self.desktop.open(url))
        if any(window.label == label for window in self.runtime.windows):
            return {"window": label}
        shown = self._waiting[label] = self.server.loop.create_future()
        try:
            async with asyncio.timeout(WINDOW_TIME):
                await shown
        except TimeoutError:
            raise CommandError(f"the window did not open within {WINDOW_TIME:.0f} s") from None
        finally:
            del self._waiting[label]
        return {"window": label}


def _plain(summary: Any) -> dict[str, Any]:
    progress = summary.progress
    return {
        "id": summary.id,
        "url": summary.url,
        "title": summary.title,
        "state": summary.text,
        "progress": None if progress is None else {
            "done": progress.done, "total": progress.total, "percent": progress.percent,
            "label": progress.label,
        },
        "age": round(summary.age, 1),
        "windows": summary.windows,
    }  # fmt: skip
