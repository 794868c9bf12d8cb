"""`RunningApp`: the app in a process with native windows. `Page`: the page in one window.

The driver reads pages with the DevTools protocol. It sends input with the mouse and the keyboard of
the display. The tests in tests/native run the app from source, and the tests in tests/frozen run
the built app. Only the command is different.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from tests.support.display import PATIENCE, Display, Point, wait_until


class RunningApp:
    """An app that a test starts.

    Args:
        command: Starts the app.
        display: The display for its windows.
        home: The folder for all files of the app.
        environment: More variables for its processes.
    """

    def __init__(
        self, command: list[str], display: Display, home: Path, environment: dict[str, str]
    ) -> None:
        self.command = command
        self.display = display
        self.home = home
        self._port = _free_port()
        self.environment = {
            "DISPLAY": display.name, "HOME": str(home), "PATH": "/usr/bin:/bin",
            "QTWEBENGINE_REMOTE_DEBUGGING": str(self._port), **environment,
        }  # fmt: skip
        self.process: subprocess.Popen[str] | None = None
        self._started: dict[int, subprocess.Popen[str]] = {}
        self._numbers = itertools.count()

    # processes of the app -----------------------------------------------------------------------

    def spawn(self, *arguments: str, environment: dict[str, str] | None = None) -> Any:
        """Start a command of the app. Its stderr is written to a file (see `stderr`)."""
        number = next(self._numbers)
        with self._log(number).open("w") as log:
            process = subprocess.Popen(
                [*self.command, *arguments],
                env=self.environment if environment is None else environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                # The driver finds the child processes by their session, even if their parent has
                # ended.
                start_new_session=True,
            )  # fmt: skip
        self._started[number] = process
        return process

    def start(self, url: str = "/") -> None:
        """Start the app with a window at ``url``, and wait for its page."""
        self.process = self.spawn("open", url)
        self.wait_for_pages(1)

    def start_countdown(self, seconds: int) -> Page:
        """Start the app with a view that runs a countdown."""
        self.start("/countdown/")
        (page,) = self.wait_for_pages(1)
        page.fill("input[type=number]", str(seconds))
        page.click("button", "Start")
        page.wait_for_text("#state", "Counting")
        return page

    def run(self, *arguments: str) -> str:
        """Run a command and return its output. The exit code must be 0."""
        process = self.spawn(*arguments)
        try:
            printed, _ = process.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            code = self.process.poll() if self.process else "never started"
            raise AssertionError(f"{arguments} does not end; state of the app: {code}; {self!r}") from None
        assert process.returncode == 0, (arguments, self.stderr(process))
        return str(printed)

    def views(self) -> list[dict[str, Any]]:
        """The views that `everview ls` lists."""
        views: list[dict[str, Any]] = json.loads(self.run("ls", "--json"))
        return views

    @property
    def main(self) -> subprocess.Popen[str]:
        """The process of the app."""
        assert self.process is not None, "the app was not started"
        return self.process

    @property
    def alive(self) -> bool:
        return self.main.poll() is None

    def wait_for_end(self, timeout: float = PATIENCE) -> int:
        """Wait for the app and all its processes to end. Returns the exit code."""
        try:
            code = self.main.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the app does not end: {self.stacks()}") from None
        wait_until(lambda: not self.left_over(), "every process of the app has ended")
        return code

    def stacks(self) -> str:
        """Abort the app and return the stacks that it prints. The built app prints no stacks."""
        self.main.send_signal(signal.SIGABRT)
        self.main.wait(PATIENCE)
        return self.stderr(self.main)

    def left_over(self) -> list[psutil.Process]:
        """The processes of the app that still run."""
        sessions = {process.pid for process in self._started.values()}
        found = []
        for pid in psutil.pids():
            with contextlib.suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
                if os.getsid(pid) in sessions:
                    process = psutil.Process(pid)
                    if process.status() != psutil.STATUS_ZOMBIE:
                        found.append(process)
        return found

    def renderers(self) -> list[psutil.Process]:
        """The processes that run pages. Each is a fork of the web engine's first process.

        These processes have the same command line as the first process, so they are identified by
        their parent.
        """
        found = []
        for process in self.left_over():
            with contextlib.suppress(psutil.NoSuchProcess):
                parent = process.parent()
                names = [process.name(), parent.name() if parent else ""]
                if all(name.startswith("QtWebEngine") for name in names):
                    found.append(process)
        return found

    def _log(self, number: int) -> Path:
        return self.home / f"stderr-{number}.txt"

    def stderr(self, process: subprocess.Popen[str] | None = None) -> str:
        """The stderr of one process or of all processes, and the crash reports."""
        written = "".join(
            self._log(number).read_text()
            for number, started in list(self._started.items())
            if process in (None, started)
        )
        # When the interpreter crashes, it writes the stacks of all threads to these files.
        return written + "".join(path.read_text() for path in self.home.rglob("logs/crash*.txt"))

    def stop(self) -> None:
        """Kill the processes that still run after a test."""
        for process in self.left_over():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        for process in self._started.values():
            process.communicate(timeout=PATIENCE)

    # windows of the app -------------------------------------------------------------------------

    def windows(self) -> list[int]:
        """The app's windows on the screen."""
        return [window for window in self.display.windows() if not self.display.is_dialog(window)]

    def dialogs(self) -> list[int]:
        return [window for window in self.display.windows() if self.display.is_dialog(window)]

    def titles(self) -> list[str]:
        return [self.display.title(window) for window in self.windows()]

    def targets(self) -> list[dict[str, Any]]:
        """All pages of the web engine, including those of hidden windows."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/json/list") as answer:
                listed: list[dict[str, Any]] = json.load(answer)
        except OSError:
            return []
        return [target for target in listed if target["type"] == "page"]

    def pages(self) -> list[Page]:
        """The pages that show a view."""
        return [
            Page(self, target["id"], target["webSocketDebuggerUrl"])
            for target in self.targets()
            if target["url"].startswith("http://127.0.0.1:")
        ]

    def wait_for_pages(self, count: int) -> list[Page]:
        """Wait until this number of windows is open and each shows a view. Returns their pages."""

        def ready_pages() -> list[Page] | None:
            pages = self.pages()
            ready = len(pages) == count == len(self.windows())
            return pages if ready and all(page.exists("main > div") for page in pages) else None

        if count == 0:
            wait_until(lambda: not self.pages() and not self.windows(), "all windows are closed")
            return []
        pages = wait_until(ready_pages, f"{count} windows are open in {self!r}")
        assert pages is not None
        return pages

    def new_page(self, known: list[Page]) -> Page:
        """Wait until a window opens that is not in ``known``. Returns its page."""
        pages = self.wait_for_pages(len(known) + 1)
        (page,) = [page for page in pages if page.id not in {other.id for other in known}]
        return page

    def __repr__(self) -> str:
        urls = [target["url"] for target in self.targets()]
        return f"<{urls}, windows {self.titles()}, stderr {self.stderr()[-2000:]!r}>"

    def spread(self) -> None:
        """Move every window to a different position, so that pages can be matched to windows."""
        windows = self.windows()
        for index, window in enumerate(windows):
            self.display.move(window, Point(10 + 45 * index, 10 + 35 * index))
        wait_until(
            lambda: len({self.display.frame_origin(window) for window in windows}) == len(windows),
            "all windows have different positions",
        )


class Page:
    """The page that a native window shows."""

    def __init__(self, app: RunningApp, target_id: str, socket_url: str) -> None:
        self.app = app
        self.id = target_id
        self._socket_url = socket_url
        self._window = 0

    # reading the page ---------------------------------------------------------------------------

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = asyncio.run(_ask(self._socket_url, expression))
        result = answer.get("result", {})
        assert "result" in result and "exceptionDetails" not in result, (expression, answer)
        return result["result"].get("value")

    def exists(self, selector: str) -> bool:
        try:
            return bool(self.evaluate(f"!!document.querySelector({json.dumps(selector)})"))
        except (OSError, aiohttp.ClientError, AssertionError):
            return False  # the page is still loading

    def text(self, selector: str) -> str | None:
        """The text of an element, or None if there is no such element."""
        found = f"document.querySelector({json.dumps(selector)})"
        text: str | None = self.evaluate(f"{found}?.textContent ?? null")
        return text

    def value(self, selector: str) -> str | None:
        """The value of a field."""
        value: str | None = self.evaluate(
            f"document.querySelector({json.dumps(selector)})?.value ?? null"
        )
        return value

    def wait_for_text(self, selector: str, wanted: str, timeout: float = PATIENCE) -> None:
        """Wait until an element's text contains ``wanted``."""
        wait_until(
            lambda: wanted in (self.text(selector) or ""),
            f"{selector} contains {wanted!r}; its text was {self.text(selector)!r}", timeout,
        )  # fmt: skip

    # input to the page --------------------------------------------------------------------------

    @property
    def window(self) -> int:
        """The native window of this page, found by its position on the screen."""
        if self._window not in self.app.windows():
            found = self._windows_here()
            if len(found) != 1:
                self.app.spread()
                wait_until(lambda: len(self._windows_here()) == 1, f"the window of page {self.id} is found")
                found = self._windows_here()
            self._window = found[0]
        return self._window

    def _windows_here(self) -> list[int]:
        position = Point(*self.evaluate("[screenX, screenY]"))
        display = self.app.display
        return [window for window in self.app.windows() if display.frame_origin(window) == position]

    def activate(self) -> None:
        """Bring the window to the front and give it the focus."""
        self.app.display.activate(self.window)

    def click(self, selector: str, text: str = "") -> None:
        """Click the first element that matches ``selector`` and contains ``text``."""
        find = (
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find(e => e.textContent.includes({json.dumps(text)}))"
        )
        wait_until(lambda: self.evaluate(f"!!{find}"), f"{selector} with the text {text!r} exists")
        self.activate()
        x, y, frame_x, frame_y = self.evaluate(
            f"(e => {{ e.scrollIntoView({{block: 'center', behavior: 'instant'}});"
            # Click the first line of a link. If a link has two lines, its middle may be outside
            # both lines.
            " const r = e.getClientRects()[0];"
            f" return [r.x + r.width / 2, r.y + r.height / 2, screenX, screenY]; }})({find})"
        )
        left, top = self.app.display.edges(self.window)
        self.app.display.click(Point(round(frame_x + left + x), round(frame_y + top + y)))

    def press(self, *keys: str) -> None:
        self.activate()
        self.app.display.press(*keys)

    def type(self, text: str) -> None:
        """Type text into the focused element of this window."""
        self.activate()
        self.app.display.type(text)

    def fill(self, selector: str, text: str) -> None:
        """Replace the value of a field by typing."""
        self.click(selector)
        self.press("ctrl+a")
        self.type(text)
        wait_until(lambda: self.value(selector) == text, f"{selector} has {text!r}")

    def close(self) -> None:
        """Ask the window manager to close the window of this page."""
        self.app.display.close(self.window)


async def _ask(socket_url: str, expression: str) -> dict[str, Any]:
    parameters = {"expression": expression, "returnByValue": True, "awaitPromise": True}
    async with (
        asyncio.timeout(PATIENCE),
        aiohttp.ClientSession() as session,
        session.ws_connect(socket_url) as connection,
    ):
        await connection.send_json({"id": 1, "method": "Runtime.evaluate", "params": parameters})
        while True:
            answer: dict[str, Any] = await connection.receive_json()
            if answer.get("id") == 1:
                return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
