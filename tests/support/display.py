"""`Display`: an X server of our own with a window manager, and what a person does there.

Keys and the mouse go through the X server (XTEST, by xdotool), so that focus, stacking and grabs
are as in real use. A window is asked to close as its title bar's button does it, through the
window manager: xdotool has no such command, so this one message is sent with libX11.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")

PROGRAMS = {
    "Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "import": "imagemagick",
    "xprop": "x11-utils", "xwininfo": "x11-utils",
}  # fmt: skip
#: Seconds that anything here may take; most takes milliseconds, and a loaded machine is slow.
PATIENCE = 20.0
POLL = 0.02


def wait_until(condition: Callable[[], T], what: str = "", timeout: float = PATIENCE) -> T:
    """The first true value of ``condition``; an `AssertionError` that says what did not happen."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(
                f"not within {timeout:.0f} s: {what or condition} (last: {value!r})"
            )
        time.sleep(POLL)
    return value


def why_not() -> str | None:
    """What is missing for a virtual display, as a sentence; None if nothing is."""
    missing = sorted({package for name, package in PROGRAMS.items() if not shutil.which(name)})
    if missing:
        return f"no virtual display: 'apt-get install {' '.join(missing)}'"
    return None if ctypes.util.find_library("X11") else "no virtual display: libX11 is missing"


class Point(NamedTuple):
    """A place on the screen, in pixels."""

    x: int
    y: int


class Display:
    """Xvfb and openbox, until `stop`."""

    def __init__(self, width: int = 1600, height: int = 1200) -> None:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24",
             # Else it starts anew when its last client leaves, which may be before the manager.
             "-nolisten", "tcp", "-noreset"],
            pass_fds=[writing], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as pipe:
            # The server writes its number when it is ready.
            self.name = f":{pipe.readline().strip()}"
        self.environment = {"DISPLAY": self.name, "PATH": os.environ["PATH"]}
        #: Windows of the desktop itself, a tray's for example.
        self.panels: set[int] = set()
        self._manager = subprocess.Popen(
            ["openbox", "--config-file", "/etc/xdg/openbox/rc.xml"],
            env=self.environment | {"HOME": "/nonexistent"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(lambda: "window id" in self._run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"))

    def stop(self) -> None:
        """End both, the manager first: it would complain about the server."""
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(PATIENCE)

    def _run(self, *command: str) -> str:
        ended = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
        return ended.stdout

    # windows -----------------------------------------------------------------------------------

    def windows(self) -> list[int]:
        """The windows that the manager shows, dialogs included, the oldest first."""
        listed = self._run("xprop", "-root", "_NET_CLIENT_LIST")
        found = [int(number, 16) for number in re.findall(r"0x[0-9a-f]+", listed)]
        return [window for window in found if window not in self.panels]

    def property(self, window: int, name: str) -> str:
        """A property of a window as `xprop` prints it, "" if it has none or is gone."""
        return self._run("xprop", "-notype", "-id", str(window), name).partition("=")[2].strip()

    def title(self, window: int) -> str:
        return self._run("xdotool", "getwindowname", str(window)).strip()

    def is_dialog(self, window: int) -> bool:
        return "DIALOG" in self.property(window, "_NET_WM_WINDOW_TYPE")

    def active(self) -> int:
        """The window with the focus, 0 for none."""
        found = re.search(r"0x[0-9a-f]+", self._run("xprop", "-root", "_NET_ACTIVE_WINDOW"))
        return int(found[0], 16) if found else 0

    def frame_origin(self, window: int) -> Point | None:
        """Where the window's frame begins, which is what a page calls screenX and screenY."""
        said = self._run("xwininfo", "-id", str(window))
        place = re.findall(r"Absolute upper-left [XY]:\s+(-?\d+)", said)
        edges = re.findall(r"\d+", self.property(window, "_NET_FRAME_EXTENTS"))
        if len(place) < 2 or len(edges) < 4:
            return None
        return Point(int(place[0]) - int(edges[0]), int(place[1]) - int(edges[2]))

    def edges(self, window: int) -> Point:
        """How wide the frame is at the left and at the top."""
        left, _, top, _ = map(int, re.findall(r"\d+", self.property(window, "_NET_FRAME_EXTENTS")))
        return Point(left, top)

    def activate(self, window: int) -> None:
        """Raise a window and give it the focus."""
        if self.active() != window:
            self._run("xdotool", "windowactivate", str(window))
            wait_until(lambda: self.active() == window, f"window {window} has the focus")

    def move(self, window: int, to: Point) -> None:
        self._run("xdotool", "windowmove", str(window), str(to.x), str(to.y))

    def minimise(self, window: int) -> None:
        self._run("xdotool", "windowminimize", "--sync", str(window))

    def resize(self, window: int, width: int, height: int) -> None:
        self._run("xdotool", "windowsize", str(window), str(width), str(height))

    def close(self, window: int) -> None:
        """Ask the window manager to close a window, as the button in its title bar does."""
        _send_close(self.name, window)

    # hands and eyes ----------------------------------------------------------------------------

    def click(self, at: Point) -> None:
        self._run("xdotool", "mousemove", str(at.x), str(at.y), "click", "1")

    def drag(self, start: Point, end: Point, is_taken: Callable[[], bool]) -> None:
        """Press the mouse at ``start``, move it in steps, as a hand does, and let go at ``end``.

        Not before ``is_taken``: a person waits until what is below shows that it takes the drop.
        """
        steps = 20
        self._run("xdotool", "mousemove", "--sync", str(start.x), str(start.y), "mousedown", "1")
        for step in range(1, steps + 1):
            x = start.x + (end.x - start.x) * step // steps
            y = start.y + (end.y - start.y) * step // steps
            self._run("xdotool", "mousemove", "--sync", str(x), str(y))

        def moved() -> bool:
            for x in (end.x + 1, end.x):
                self._run("xdotool", "mousemove", "--sync", str(x), str(end.y))
            return is_taken()

        wait_until(moved, "what is dragged would be taken")
        self._run("xdotool", "mouseup", "1")

    def press(self, *keys: str) -> None:
        """Press keys, each as "Return" or "ctrl+n", in the window that has the focus."""
        self._run("xdotool", "key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type text in the window that has the focus."""
        self._run("xdotool", "type", "--delay", "2", "--", text)

    def screenshot(self, path: Path, window: int | None = None) -> Path:
        """Save a picture of the screen or of one window."""
        self._run("import", "-window", str(window or "root"), str(path))
        return path

    def colours(self, window: int, folder: Path) -> int:
        """How many different colours a window shows; a blank one has one."""
        picture = self.screenshot(folder / f"window-{window}.png", window)
        return int(self._run("identify", "-format", "%k", str(picture)) or 0)


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib.h, with room for the largest event."""

    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("room", ctypes.c_long * 24),
    )  # fmt: skip


def _send_close(display_name: str, window: int) -> None:
    """Send _NET_CLOSE_WINDOW (EWMH 1.5) to the root window; the manager sends WM_DELETE_WINDOW."""
    x11 = ctypes.CDLL(ctypes.util.find_library("X11"))
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(display_name.encode()))
    root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
    client_message, redirect_and_notify = 33, (1 << 20) | (1 << 19)
    event = _ClientMessage(
        type=client_message, window=window, format=32,
        message_type=x11.XInternAtom(display, b"_NET_CLOSE_WINDOW", 0),
    )  # fmt: skip
    event.data[1] = 2  # as a pager does on a person's behalf
    x11.XSendEvent(display, root, 0, ctypes.c_long(redirect_and_notify), ctypes.byref(event))
    x11.XCloseDisplay(display)
