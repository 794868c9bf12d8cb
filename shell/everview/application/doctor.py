"""``everview doctor``: checks what the app needs here, and says what to do where it is missing.

Each check is a function that returns what it found. Nothing is changed, beside the app's own
folders, which are made if they are not there.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import shutil
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from everview.application.diagnostics import about
from everview.desktop import display
from everview.desktop.notifications import Notifications
from everview.errors import EverviewError
from everview.state.folders import Folders
from everview.state.instance_lock import InstanceLock

OK, NOTE, BAD = "ok", "note", "bad"
MARKS = {OK: "ok  ", NOTE: "note", BAD: "BAD "}
#: Bytes of free room below which a person is told.
ROOM = 50_000_000


@dataclass(frozen=True)
class Finding:
    """``name`` was checked; ``level``: "ok", "note" (it works with less), "bad" (it does not)."""

    name: str
    level: str
    text: str


def doctor(app_id: str, as_json: bool = False) -> int:
    """Print every finding; returns 1 if one is bad."""
    findings = list(check(app_id))
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2) + "\n")
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            sys.stdout.write(f"{MARKS[finding.level]}  {finding.name:{width}}  {finding.text}\n")
    return 1 if any(finding.level == BAD for finding in findings) else 0


def check(app_id: str) -> Iterator[Finding]:
    """All checks, one after the other; what one raises is what it found."""
    folders = Folders(app_id)
    checks: list[tuple[str, Callable[[], Finding | list[Finding]]]] = [
        ("Python", _python),
        ("State folder", lambda: _folder("State folder", folders.state)),
        ("Log folder", lambda: _folder("Log folder", folders.logs)),
        ("Runtime folder", lambda: _folder("Runtime folder", folders.runtime)),
        ("Running app", lambda: _running(folders)),
        ("Port", _port),
        ("Windows by", _backend),
        ("Display", _display),
        ("Web view", _web_view),
        ("Browser", _browser),
        ("Notifications", _notifications),
        ("Versions", lambda: _versions(folders)),
    ]
    for name, function in checks:
        try:
            found = function()
        except EverviewError as error:
            found = Finding(name, BAD, str(error))
        yield from found if isinstance(found, list) else [found]


def _python() -> Finding:
    # One that is too old does not come this far: pip refuses it.
    return Finding("Python", OK, f"{platform.python_version()} ({sys.executable})")


def _folder(name: str, path: Path) -> Finding:
    probe = path / f".doctor-{os.getpid()}"
    try:
        try:
            probe.write_bytes(b"x")
        finally:
            probe.unlink(missing_ok=True)
        free = shutil.disk_usage(path).free
    except OSError as error:
        return Finding(name, BAD, f"{path} cannot be written ({error.strerror}): free some room, "
                                  "or set EVERVIEW_HOME to another folder")  # fmt: skip
    if free < ROOM:
        return Finding(name, NOTE, f"{path}: only {free // 1_000_000} MB are free")
    return Finding(name, OK, str(path))


def _running(folders: Folders) -> Finding:
    from everview.application.control import List, ask
    from everview.errors import AlreadyRunningError, NotRunningError

    lock = InstanceLock(folders)
    try:
        lock.acquire()
        lock.release()
    except AlreadyRunningError:
        pass
    else:
        return Finding("Running app", OK, "none: a start begins one")
    try:
        answer = ask(folders.runtime, List(), timeout=5)
    except NotRunningError:
        return Finding("Running app", NOTE, "it has the lock and does not answer: it is starting "
                                            "or ending; if that lasts, end it")  # fmt: skip
    return Finding("Running app", OK, f"process {answer['pid']}, {len(answer['views'])} views")


def _port() -> Finding:
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
    except OSError as error:
        return Finding("Port", BAD, f"no port of 127.0.0.1 can be opened: {error.strerror}; look "
                                    "at the firewall or sandbox that this runs in")  # fmt: skip
    return Finding("Port", OK, "127.0.0.1 can be served on")


def _backend() -> Finding:
    return Finding("Windows by", OK, f"{display.backend()} (EVERVIEW_GUI chooses another)")


def _display() -> Finding:
    why_not = display.why_not()
    if why_not is not None:
        return Finding("Display", NOTE, f"{why_not}; the app is shown in a browser")
    return Finding("Display", OK, os.environ.get("WAYLAND_DISPLAY")
                   or os.environ.get("DISPLAY") or sys.platform)  # fmt: skip


def _web_view() -> Finding:
    missing = display.missing_package()
    if missing is not None:
        return Finding("Web view", NOTE, missing)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Finding("Web view", NOTE, "as root it runs without its sandbox: use another account")
    return Finding("Web view", OK, "installed")


def _browser() -> Finding:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return Finding("Browser", NOTE, "none was found: links to the outside cannot be opened")
    return Finding("Browser", OK, "links to the outside open in it")


def _notifications() -> Finding:
    notifications = Notifications("Everview", Path(), lambda url: None)
    asyncio.run(notifications.start())
    if notifications.available:
        return Finding("Notifications", OK, "the system shows them")
    text = "the system has none (on Linux: no session bus, or nothing that shows them): windows "
    return Finding("Notifications", NOTE, text + "show notices instead")


def _versions(folders: Folders) -> list[Finding]:
    from everview.version import __version__

    rows = about("Everview", __version__, folders, "")
    said = ("Python", "State", "Log")
    return [Finding(name, OK, value) for name, value in rows if value and name not in said]
