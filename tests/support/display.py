"""`Display`: an X server with a window manager, and input by keyboard and mouse.

The program xdotool sends input through the X server (XTEST), so focus, stacking and grabs are real.
Windows are closed by the window manager, as with the button in their title bar. xdotool cannot
request that, so the message to the window manager is sent with libX11.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.support.waiting import PATIENCE, wait_until

PROGRAMS = {
    "Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "import": "imagemagick",
    "xprop": "x11-utils", "xwininfo": "x11-utils",
}  # fmt: skip

def unavailable_reason() -> str | None:
    """The reason why a virtual display cannot be started, or None."""
    missing = sorted({package for name, package in PROGRAMS.items() if not shutil.which(name)})
    if missing:
        return f"no virtual display: 'apt-get install {' '.join(missing)}'"
    return None if ctypes.util.find_library("X11") else "no virtual display: libX11 is missing"


class Point(NamedTuple):
    """A position on the screen, in pixels."""

    x: int
    y: int


class Display:
    """An X server (Xvfb) and a window manager (openbox) that run until `stop` is called."""

    def __init__(self, width: int = 1600, height: int = 1200) -> None:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24",
             # Without -noreset the server restarts when its last client disconnects.
             "-nolisten", "tcp", "-noreset"],
            pass_fds=[writing], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as pipe:
            # The server writes its display number when it is ready.
            self.name = f":{pipe.readline().strip()}"
        self.environment = {"DISPLAY": self.name, "PATH": os.environ["PATH"]}
        #: The windows that do not belong to the app, for example the tray.
        self.panels: set[int] = set()
        self._manager = subprocess.Popen(
            ["openbox", "--config-file", "/etc/xdg/openbox/rc.xml"],
            env=self.environment | {"HOME": "/nonexistent"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(lambda: "window id" in self._run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"))

    def stop(self) -> None:
        """End both processes. The window manager ends first, because it would log an error if the X
        server ended first.
        """
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(PATIENCE)

    def _run(self, *command: str) -> str:
        ended = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
        return ended.stdout

    # windows of the display ---------------------------------------------------------------------

    def windows(self) -> list[int]:
        """The windows that the window manager shows, including dialogs. The oldest is first."""
        listed = self._run("xprop", "-root", "_NET_CLIENT_LIST")
        found = [int(number, 16) for number in re.findall(r"0x[0-9a-f]+", listed)]
        return [window for window in found if window not in self.panels]

    def property(self, window: int, name: str) -> str:
        """A property of a window as `xprop` prints it, or "" if it is not set."""
        return self._run("xprop", "-notype", "-id", str(window), name).partition("=")[2].strip()

    def title(self, window: int) -> str:
        return self._run("xdotool", "getwindowname", str(window)).strip()

    def is_dialog(self, window: int) -> bool:
        return "DIALOG" in self.property(window, "_NET_WM_WINDOW_TYPE")

    def active(self) -> int:
        """The window with the focus, or 0."""
        found = re.search(r"0x[0-9a-f]+", self._run("xprop", "-root", "_NET_ACTIVE_WINDOW"))
        return int(found[0], 16) if found else 0

    def frame_origin(self, window: int) -> Point | None:
        """The position of the window's frame, which equals screenX and screenY in the page."""
        info = self._run("xwininfo", "-id", str(window))
        corner = re.findall(r"Absolute upper-left [XY]:\s+(-?\d+)", info)
        edges = re.findall(r"\d+", self.property(window, "_NET_FRAME_EXTENTS"))
        if len(corner) < 2 or len(edges) < 4:
            return None
        return Point(int(corner[0]) - int(edges[0]), int(corner[1]) - int(edges[2]))

    def edges(self, window: int) -> Point:
        """The width of the frame at the left and at the top."""
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
        """Close a window as the button in its title bar does."""
        _send_close(self.name, window)

    # input and pictures ------------------------------------------------------------------------

    def click(self, at: Point) -> None:
        self._run("xdotool", "mousemove", str(at.x), str(at.y), "click", "1")

    def drag(self, start: Point, end: Point, is_accepted: Callable[[], bool]) -> None:
        """Press the mouse button at ``start``, move in steps, and release it at ``end``.

        The mouse button is released after ``is_accepted`` has returned True. Users do the same:
        they wait until the target shows that it accepts the drop.
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
            return is_accepted()

        wait_until(moved, "the target accepts the drop")
        self._run("xdotool", "mouseup", "1")

    def press(self, *keys: str) -> None:
        """Press keys in the window that has the focus. A key is written as "Return" or "ctrl+n"."""
        self._run("xdotool", "key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type text in the window that has the focus."""
        self._run("xdotool", "type", "--delay", "2", "--", text)

    def screenshot(self, path: Path, window: int | None = None) -> Path:
        """Save a picture of the screen or of one window."""
        self._run("import", "-window", str(window or "root"), str(path))
        return path

    def colours(self, window: int, folder: Path) -> int:
        """The number of different colours in a window. An empty window has one."""
        picture = self.screenshot(folder / f"window-{window}.png", window)
        return int(self._run("identify", "-format", "%k", str(picture)) or 0)


class _ClientMessage(ctypes.Structure):
    """The structure XClientMessageEvent of Xlib.h. The padding makes it as large as the largest
    event.
    """

    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("room", ctypes.c_long * 24),
    )  # fmt: skip


def _send_close(display_name: str, window: int) -> None:
    """Send _NET_CLOSE_WINDOW (EWMH 1.5) to the root window."""
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
    event.data[1] = 2  # the value 2 means that a pager sends the request on behalf of the user
    x11.XSendEvent(display, root, 0, ctypes.c_long(redirect_and_notify), ctypes.byref(event))
    x11.XCloseDisplay(display)
