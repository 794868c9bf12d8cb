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
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from shell.app import App
from shell.desktop import display
from shell.errors import AlreadyRunningError, CommandError, NotRunningError
from shell.logs import start_logging
from shell.runtime.host import Dialog, NoHost
from shell.runtime.runtime import Runtime
from shell.runtime.state import StopReason
from shell.runtime.window import Window
from shell.server.control import Address, Command, Control, List, Open, Quit, Stop, ask
from shell.server.keys import Identity
from shell.server.server import Server
from shell.server.threads import ViewThreads
from shell.state.folders import Folders
from shell.state.instance_lock import InstanceLock
from shell.state.store import Store

log = logging.getLogger("everview.startup")

OWNER = "owner"
#: Seconds a new window has to show itself before a second start says that it did not.
WINDOW_TIME = 30.0
#: Seconds a page has to end its link after its native window was closed.
LEAVE_TIME = 2.0


def run(app: App, headless: bool = False, port: int = 0, url: str = "/") -> int:
    """Run the app, or hand ``url`` to the process that runs it; returns the exit code."""
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
                return hand_over(folders, url)
            except NotRunningError:
                # It has the lock but does not answer: it is starting, or ending.
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"{app.title} is running but does not answer: end its process first"
                    ) from None
                threading.Event().wait(0.05)
    try:
        start_logging(folders)
        return Running(app, folders, port).run(headless, url)
    finally:
        lock.release()


def hand_over(folders: Folders, url: str) -> int:
    """Let the running app open one more window; returns when it is there.

    One without windows gives an address instead. It is said, not given to a browser: it would be
    in that program's arguments, which every account on the machine can read (T6).
    """
    answer = ask(folders.runtime, Open(url))
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

    def __init__(self, app: App, folders: Folders, port: int) -> None:
        self.app = app
        self.folders = folders
        self.store = Store(folders.state / "everview.db")
        self.desktop: Any = None
        self._port = port
        self.server = Server(self._make_runtime, port)
        self._ended = threading.Event()
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._control: Control | None = None

    def run(self, headless: bool, url: str) -> int:
        """Serve until the app ends."""
        self.store.open()
        try:
            return self._run(headless, url)
        finally:
            self.store.close()

    def _run(self, headless: bool, url: str) -> int:
        try:
            self.server.start()
        except OSError as error:
            which = f"port {self._port}" if self._port else "a port"
            raise CommandError(
                f"{which} cannot be opened: {error.strerror}; port 0 takes a free one"
            ) from error
        try:
            why_not = None if headless else display.why_not()
            if not headless and not why_not:
                # Before anybody can ask for a window.
                self._make_desktop()
            self.server.call(self._start_control())
            self.server.call(self._resume())
            for name in ("SIGTERM", "SIGINT", "SIGHUP"):
                if hasattr(signal, name):
                    signal.signal(getattr(signal, name), lambda *_: self.quit())
            if self.desktop is not None:
                self.desktop.run(url)
            else:
                if why_not:
                    sys.stderr.write(
                        f"No native window: {why_not}.\nOpen this address in a browser:\n"
                    )
                say(self.address(url))
                self._serve_until_ended()
        finally:
            if self._control is not None:
                self.server.call(self._control.stop())
            self.server.stop()
        return 0

    def _serve_until_ended(self) -> None:
        # A timeout lets Windows' Python look for Ctrl+C.
        while not self._ended.wait(0.5 if sys.platform == "win32" else None):
            pass

    def _make_desktop(self) -> None:
        from shell.desktop.desktop import Desktop

        icon = Path(__file__).with_name("client") / "icon.svg"
        self.desktop = Desktop(self.app.title, self._native_address, self._native_closed, str(icon))
        host = DesktopHost(self)

        async def prepare() -> None:
            self.server.runtime.host = host
            self.server.runtime.on_idle = self._on_idle

        self.server.call(prepare())

    def quit(self) -> None:
        """End the app. Any thread."""
        self._ended.set()
        if self.desktop is not None:
            self.desktop.quit()

    def address(self, url: str, label: str = "") -> str:
        return self.server.address(url, Identity(OWNER, label))

    # windows, on the manager thread ------------------------------------------------------------

    def _native_address(self, url: str, label: str) -> str:
        return self.address(url, label)

    def _native_closed(self, label: str) -> None:
        asyncio.run_coroutine_threadsafe(self._leave(label), self.server.loop)

    # the server thread -------------------------------------------------------------------------

    def _make_runtime(self, loop: asyncio.AbstractEventLoop, threads: ViewThreads) -> Runtime:
        runtime = self.app.make_runtime(loop, threads)
        runtime.on_connect = self._on_connect
        runtime.checkpoints = self.store
        return runtime

    async def _start_control(self) -> None:
        control = Control(self.folders.runtime, self._handle)
        await control.start()
        self._control = control

    async def _resume(self) -> None:
        """Start what resumes by itself, unless the app crashed twice in a row."""
        if self.store.is_safe_mode:
            log.warning("safe mode: the app has not ended properly %d times in a row; nothing "
                        "resumes by itself", self.store.crashes)  # fmt: skip
        else:
            self.server.runtime.resume()

    def _on_connect(self, window: Window) -> None:
        future = self._waiting.get(window.label)
        if future is not None and not future.done():
            future.set_result(None)

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

    def _on_idle(self) -> None:
        """No window is open: end, unless something would be lost."""
        runtime = self.server.runtime
        if self.desktop.open_count == 0 and not runtime.windows.open:
            working = runtime.at_work
            if not working:
                self.quit()
            else:
                log.info("no window is open; %d views go on", len(working))

    async def _handle(self, command: Command) -> dict[str, Any]:
        runtime = self.server.runtime
        match command:
            case Open(url=url):
                return await self._open(url)
            case Address(url=url):
                self._check_route(url)
                return {"address": self._issue(url)}
            case List():
                return {"pid": os.getpid(), "views": [_plain(s) for s in runtime.summaries()]}
            case Stop(id=instance_id):
                instance = runtime.find(instance_id)
                if instance is None:
                    raise CommandError(f"no view {instance_id!r} is running: see 'everview ls'")
                await instance.stop(StopReason.STOPPED)
                return {"stopped": instance_id}
            case Quit():
                ending = [_plain(i.summary()) for i in runtime.at_work]
                # The answer first: with the app, this connection ends.
                runtime.loop.call_later(0.05, self.quit)
                return {"pid": os.getpid(), "stopped": ending}

    def _issue(self, url: str) -> str:
        ticket = self.server.keys.issue(Identity(OWNER))
        return f"{self.server.guard.origin}{url}#{ticket}"

    def _check_route(self, url: str) -> None:
        if self.server.runtime.router.resolve(url.partition("?")[0]) is None:
            raise CommandError(f"there is no view at {url!r} in {self.app.title}: '/' is its start")

    async def _open(self, url: str) -> dict[str, Any]:
        self._check_route(url)
        if self.desktop is None:
            return {"address": self._issue(url)}
        label = await asyncio.wrap_future(self.desktop.open(url))
        if any(window.label == label for window in self.server.runtime.windows):
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


class DesktopHost(NoHost):
    """The desktop as views see it. Server thread."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def open_window(self, url: str) -> bool:
        self._running.desktop.open(url)
        return True

    def close_window(self, window: Window) -> bool:
        if not window.label:
            return False
        self._running.desktop.close(window.label)
        return True

    def set_title(self, window: Window, title: str) -> None:
        if window.label:
            self._running.desktop.set_title(window.label, title)

    def choose(self, window: Window | None, dialog: Dialog) -> asyncio.Future[str | None] | None:
        if window is None or not window.label:
            return None
        asked: Future[str | None] = self._running.desktop.choose(window.label, dialog)
        return asyncio.wrap_future(asked)

    def quit(self) -> None:
        self._running.quit()


def _plain(summary: Any) -> dict[str, Any]:
    progress = summary.progress
    return {
        "id": summary.id,
        "url": summary.url,
        "title": summary.title,
        "state": summary.text,
        "progress": None if progress is None else {
            "done": progress.done, "total": progress.total, "label": progress.label,
        },
        "age": round(summary.age, 1),
        "windows": summary.windows,
    }  # fmt: skip
