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


def why_not() -> str | None:
    """Why there can be no native window, as a sentence for a person; None if there can be."""
    if importlib.util.find_spec("webview") is None:
        return "pywebview is not installed: pip install pywebview"
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


def _missing_library(*plugins: str) -> str | None:
    """The library that Qt's platform plugin lacks, if one is."""
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
