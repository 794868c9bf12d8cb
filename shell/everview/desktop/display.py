"""Whether native windows can be opened here, and what to do where they cannot.

Asked before the GUI toolkit is started: without a display or with a library missing, Qt ends the
whole process, and nothing could be said any more.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import socket
import sys
from pathlib import Path

from everview.errors import CommandError

#: Which of pywebview's backends is used; the default is the system's, and Qt on Linux.
GUI_VARIABLE = "EVERVIEW_GUI"
GTK_PACKAGES = "sudo apt-get install gir1.2-webkit2-4.1 libgirepository1.0-dev libcairo2-dev"
SYSTEMS = {"linux": "qt", "darwin": "cocoa", "win32": "edgechromium"}
BACKENDS = ("qt", "gtk", "cocoa", "edgechromium")


def backend() -> str:
    """The backend of pywebview that is used here. Raises `CommandError` for one there is not.

    On Linux Qt, which is installed with the app; GTK where only that is there.
    """
    chosen = os.environ.get(GUI_VARIABLE, "")
    if not chosen:
        chosen = SYSTEMS.get(sys.platform, "gtk")
        if chosen == "qt" and not _has("PySide6.QtWebEngineCore") and _has("gi"):
            chosen = "gtk"
    if chosen not in BACKENDS:
        raise CommandError(f"{GUI_VARIABLE}={chosen} is no backend: use {', '.join(BACKENDS)}")
    return chosen


def _has(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False  # the package that it is in is not there


def why_not() -> str | None:
    """Why there can be no native window, as a sentence for a person; None if there can be."""
    missing = missing_package()
    if missing is not None:
        return missing
    if not sys.platform.startswith("linux"):
        return None
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal", "vnc")):
        return None
    if os.environ.get("WAYLAND_DISPLAY"):
        return _missing_library("libqwayland.so", "libqwayland-generic.so")
    display = os.environ.get("DISPLAY")
    if not display:
        return "there is no display (DISPLAY and WAYLAND_DISPLAY are not set)"
    if not _answers(display):
        return f"the display {display} does not answer"
    return _missing_library("libqxcb.so")


def missing_package() -> str | None:
    """The Python package that windows need and that is not installed, and how to install it."""
    needed = {"webview": "pywebview"}
    if sys.platform == "linux" and backend() == "qt":
        needed |= {"PySide6.QtWebEngineCore": "everview", "qtpy": "QtPy"}
    if backend() == "gtk":
        needed["gi"] = f"PyGObject<3.51', after '{GTK_PACKAGES}"
    for module, package in needed.items():
        if not _has(module):
            return f"{module} is not installed: 'pip install {package}'"
    return None


def _missing_library(*plugins: str) -> str | None:
    """The library that Qt's platform plugin lacks, if one is."""
    if backend() != "qt":
        return None
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "Qt" / "plugins" / "platforms"
    for name in plugins:
        plugin = folder / name
        if plugin.exists():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                library = str(error).partition(":")[0]
                return (
                    f"Qt needs the system library {library}; on Debian and Ubuntu: "
                    "sudo apt-get install libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1"
                )
    return None


def _answers(display: str) -> bool:
    """Whether an X server listens at ``display``."""
    host, _, number = display.rpartition(":")
    number = number.partition(".")[0]
    if host not in ("", "unix"):
        # A remote display, usually forwarded by ssh: only trying tells.
        return True
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):  # noqa: S108
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False
