"""Find out whether native windows can be opened here, and which library opens them.

The checks run before the GUI toolkit starts. Without a display, or if a library is missing, Qt
ends the process at once, so that no error can be reported.

Threads: can be called from any thread.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import socket
import sys
from pathlib import Path
from typing import Literal

from everview.errors import CommandError

#: The environment variable that selects one of `BACKENDS`. The default is the system's own
#: backend; on Linux it is Qt.
GUI_VARIABLE = "EVERVIEW_GUI"
GTK_PACKAGES = "sudo apt-get install gir1.2-webkit2-4.1 libgirepository1.0-dev libcairo2-dev"
SYSTEMS = {"linux": "qt", "darwin": "cocoa", "win32": "edgechromium"}
Backend = Literal["qt", "gtk", "cocoa", "edgechromium"]
BACKENDS: tuple[Backend, ...] = ("qt", "gtk", "cocoa", "edgechromium")
#: An X server that does not accept a connection within this number of seconds counts as missing.
CONNECT_TIME = 2.0


def backend() -> Backend:
    """The backend of pywebview to use.

    On Linux the backend is Qt, which is installed with the app, or GTK if only GTK is installed.

    Raises:
        CommandError: `GUI_VARIABLE` names an unknown backend.
    """
    chosen = os.environ.get(GUI_VARIABLE, "")
    if not chosen:
        chosen = SYSTEMS.get(sys.platform, "gtk")
        if chosen == "qt" and not _is_installed("PySide6.QtWebEngineCore") and _is_installed("gi"):
            chosen = "gtk"
    for name in BACKENDS:
        if name == chosen:
            return name
    raise CommandError(f"{GUI_VARIABLE}={chosen} is not a backend: use {', '.join(BACKENDS)}")


def unavailable_reason() -> str | None:
    """The reason why native windows cannot be opened, as a sentence for the user, or None."""
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
    if not _accepts_connections(display):
        return f"the display {display} does not answer"
    return _missing_library("libqxcb.so")


def missing_package() -> str | None:
    """The missing Python package that windows need, with the command to install it.

    The result is None if no package is missing.
    """
    needed = {"webview": "pywebview"}
    if sys.platform == "linux" and backend() == "qt":
        needed |= {"PySide6.QtWebEngineCore": "everview", "qtpy": "QtPy"}
    if backend() == "gtk":
        needed["gi"] = f"PyGObject<3.51', after '{GTK_PACKAGES}"
    for module, package in needed.items():
        if not _is_installed(module):
            return f"{module} is not installed: 'pip install {package}'"
    return None


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False  # the parent package of the module is not installed


def _missing_library(*plugins: str) -> str | None:
    """The missing system library that one of Qt's platform plugins needs.

    The result is None if no library is missing.
    """
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


def _accepts_connections(display: str) -> bool:
    """Whether an X server listens at ``display``."""
    host, _, number = display.rpartition(":")
    number = number.partition(".")[0]
    if host not in ("", "unix"):
        # The display is remote, usually forwarded by ssh. A check of such a display would take too
        # long.
        return True
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):  # noqa: S108
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(CONNECT_TIME)
            try:
                connection.connect(address)
            except OSError:
                continue
            return True
    return False
