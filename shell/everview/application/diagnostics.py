"""What helps who helps: versions, system, folders. Shown in About, by ``doctor`` and in the log.

Nothing secret: no key, ticket or address with one, no content of views.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from everview.state.folders import HOME_VARIABLE, Folders

#: What is named, where it is installed. A built app has no metadata of what it did not copy.
PACKAGES = ("pywebview", "aiohttp", "PySide6_Essentials", "PySide6_WebEngine", "uvloop", "msgspec")


def about(title: str, everview: str, folders: Folders, toolkit: str) -> list[tuple[str, str]]:
    """Names and values, the most telling first. ``toolkit``: what shows the windows."""
    rows = [
        (title, everview if title == "Everview" else f"with Everview {everview}"),
        ("Python", f"{platform.python_version()} ({sys.executable})"),
        ("System", platform.platform()),
        ("Packaged", "yes" if getattr(sys, "frozen", False) else "no"),
        ("Windows by", toolkit),
    ]
    rows += [(name, found) for name in PACKAGES if (found := _version(name))]
    desktop = [os.environ.get(name, "") for name in ("XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP")]
    if any(desktop):
        rows.append(("Desktop", " ".join(filter(None, desktop))))
    if home := os.environ.get(HOME_VARIABLE):
        rows.append((HOME_VARIABLE, home))
    rows.append(("State", str(folders.state)))
    rows.append(("Log", str(folders.logs)))
    return rows


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
