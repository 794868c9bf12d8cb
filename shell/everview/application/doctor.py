"""The command ``doctor``: check what an app needs on this machine, and suggest repairs.

Each check is a function that returns its findings. The checks create missing folders of the app,
and change nothing else.
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
from typing import Literal

from everview.application import control
from everview.application.diagnostics import system_rows
from everview.desktop import display
from everview.desktop.notifications import Notifications
from everview.errors import AlreadyRunningError, EverviewError, NotRunningError
from everview.state.folders import Folders
from everview.state.instance_lock import InstanceLock

Level = Literal["ok", "note", "bad"]
OK: Level = "ok"
NOTE: Level = "note"
BAD: Level = "bad"
MARKS = {OK: "ok  ", NOTE: "note", BAD: "BAD "}
#: If the disk of a folder has fewer free bytes than this, the check reports a note.
MIN_FREE = 50_000_000


@dataclass(frozen=True)
class Finding:
    """The result of one check: "ok", "note" (works with limits) or "bad" (does not work)."""

    name: str
    level: Level
    text: str


def doctor(name: str | None, as_json: bool = False) -> int:
    """Print all findings.

    Args:
        name: The name of the app; None checks the machine only.
        as_json: Print JSON for programs.

    Returns:
        1 if a finding is bad, else 0.
    """
    findings = list(check(name))
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2) + "\n")
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            sys.stdout.write(f"{MARKS[finding.level]}  {finding.name:{width}}  {finding.text}\n")
    return 1 if any(finding.level == BAD for finding in findings) else 0


def check(name: str | None) -> Iterator[Finding]:
    """Run all checks, one after the other. An error of a check becomes a bad finding."""
    checks: list[tuple[str, Callable[[], Finding | list[Finding]]]] = [("Python", _python)]
    if name is not None:
        folders = Folders(name)
        checks += [
            ("State folder", lambda: _folder("State folder", folders.state)),
            ("Log folder", lambda: _folder("Log folder", folders.logs)),
            ("Runtime folder", lambda: _folder("Runtime folder", folders.runtime)),
            ("Running app", lambda: _running(folders)),
        ]
    checks += [
        ("Port", _port),
        ("Windows by", _backend),
        ("Display", _display),
        ("Web view", _web_view),
        ("Browser", _browser),
        ("Notifications", _notifications),
        ("Versions", _versions),
    ]
    for title, function in checks:
        try:
            found = function()
        except EverviewError as error:
            found = Finding(title, BAD, str(error))
        yield from found if isinstance(found, list) else [found]


def _python() -> Finding:
    # No check of Python's version is needed: pip does not install this package for a version that
    # is too old.
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
        return Finding(name, BAD, f"{path} cannot be written ({error.strerror}): free some space, "
                                  "or set EVERVIEW_HOME to another folder")  # fmt: skip
    if free < MIN_FREE:
        return Finding(name, NOTE, f"{path}: only {free // 1_000_000} MB are free")
    return Finding(name, OK, str(path))


def _running(folders: Folders) -> Finding:
    lock = InstanceLock(folders)
    try:
        lock.acquire()
        lock.release()
    except AlreadyRunningError:
        pass
    else:
        return Finding("Running app", OK, "none")
    try:
        answer = control.send_command(folders.runtime, control.ListCommand(), timeout=5)
    except NotRunningError:
        text = "a process holds the lock, but does not answer: it is starting or ending"
        return Finding("Running app", NOTE, text)
    return Finding("Running app", OK, f"process {answer.pid}, {len(answer.views)} views")


def _port() -> Finding:
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
    except OSError as error:
        text = f"no port of 127.0.0.1 can be opened: {error.strerror}; check firewall and sandbox"
        return Finding("Port", BAD, text)
    return Finding("Port", OK, "a port of 127.0.0.1 can be opened")


def _backend() -> Finding:
    return Finding("Windows by", OK, f"{display.backend()} (set EVERVIEW_GUI for another)")


def _display() -> Finding:
    reason = display.unavailable_reason()
    if reason is not None:
        return Finding("Display", NOTE, f"{reason}; apps are shown in a browser")
    return Finding("Display", OK, os.environ.get("WAYLAND_DISPLAY")
                   or os.environ.get("DISPLAY") or sys.platform)  # fmt: skip


def _web_view() -> Finding:
    missing = display.missing_package()
    if missing is not None:
        return Finding("Web view", NOTE, missing)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Finding("Web view", NOTE, "root runs it without its sandbox: use another account")
    return Finding("Web view", OK, "installed")


def _browser() -> Finding:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return Finding("Browser", NOTE, "none was found: external links cannot be opened")
    return Finding("Browser", OK, "external links open in it")


def _notifications() -> Finding:
    notifications = Notifications("Everview", Path(), lambda url: None)
    asyncio.run(notifications.start())
    if notifications.available:
        return Finding("Notifications", OK, "the system shows them")
    text = "not available (on Linux: no session bus, or no notification service): "
    return Finding("Notifications", NOTE, text + "windows show notices instead")


def _versions() -> list[Finding]:
    return [Finding(name, OK, value) for name, value in system_rows() if name != "Python"]
