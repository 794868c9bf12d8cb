"""Diagnostics for the About dialog, ``doctor`` and the log: versions, system and folders.

The diagnostics contain no secrets: no key, no ticket, no address with a ticket, no content of
views.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata

from everview.state.folders import HOME_VARIABLE, Folders
from everview.version import __version__

#: The diagnostics list these packages if they are installed. A packaged app may lack the metadata
#: of packages.
PACKAGES = ("pywebview", "aiohttp", "PySide6_Essentials", "PySide6_WebEngine", "uvloop", "msgspec")


def about(title: str, version: str, folders: Folders, toolkit: str) -> list[tuple[str, str]]:
    """Describe the running app.

    Args:
        title: The title of the app.
        version: Its version, or "".
        folders: Its folders.
        toolkit: The library that shows its windows.

    Returns:
        Names and values, the most important first.
    """
    app = [(title, version)] if version else []
    rows = [*app, ("Windows by", toolkit), *system_rows()]
    return [*rows, ("State", str(folders.state)), ("Log", str(folders.logs))]


def system_rows() -> list[tuple[str, str]]:
    """Names and values that describe Python, the system and the packages."""
    rows = [
        ("Library", f"Everview {__version__}"),
        ("Python", f"{platform.python_version()} ({sys.executable})"),
        ("System", platform.platform()),
        ("Packaged", "yes" if getattr(sys, "frozen", False) else "no"),
    ]
    rows += [(name, found) for name in PACKAGES if (found := _version(name))]
    desktop = [os.environ.get(name, "") for name in ("XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP")]
    if any(desktop):
        rows.append(("Desktop", " ".join(filter(None, desktop))))
    if home := os.environ.get(HOME_VARIABLE):
        rows.append((HOME_VARIABLE, home))
    return rows


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
