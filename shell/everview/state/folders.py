"""Where an app keeps its files, and that nobody else can read or replace them (T7).

``EVERVIEW_HOME`` moves everything below one folder (portable use, tests); otherwise each system's
own places are used (platformdirs). Folders are made 0700, files 0600 from their creation; a folder
that is a link, belongs to another account, or that others may write to is refused with its path.

Threads: any. Not for: files a view reads or writes for a person; those are the person's own.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs

from everview.errors import StateError

HOME_VARIABLE = "EVERVIEW_HOME"


class Folders:
    """The folders of the app named ``app_id``. They are made when they are first asked for."""

    def __init__(self, app_id: str) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,60}", app_id):
            raise StateError(f"{app_id!r} cannot name an app's folder: use a-z, 0-9, '-'")
        self.app_id = app_id
        home = os.environ.get(HOME_VARIABLE)
        self._home = Path(home).expanduser().absolute() if home else None

    def _folder(self, kind: str, system_path: Callable[[], str]) -> Path:
        if self._home is not None:
            # The home itself may be shared with a person's own files; what is below it is ours.
            _make_outer(self._home)
            return private_folder(private_folder(self._home / self.app_id) / kind)
        base = Path(system_path())
        _make_outer(base.parent)
        return private_folder(private_folder(base) / self.app_id)

    @property
    def state(self) -> Path:
        """What is kept from start to start."""
        return self._folder("state", lambda: platformdirs.user_state_dir("everview", False))

    @property
    def runtime(self) -> Path:
        """The lock and the socket of a running app.

        Below ``EVERVIEW_HOME`` always the same, so that two starts find each other whatever else
        is in their environment.
        """
        if sys.platform == "linux" and self._home is None:
            # Not by platformdirs: where this cannot be used, it takes a folder of a known name in
            # /tmp, which any account may have made first.
            given = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
            if not _is_own_folder(given):
                return private_folder(self.state / "run")
            return self._folder("run", lambda: str(given / "everview"))
        return self._folder("run", lambda: platformdirs.user_runtime_dir("everview", False))

    @property
    def logs(self) -> Path:
        """The log."""
        return self._folder("logs", lambda: platformdirs.user_log_dir("everview", False))


def _is_own_folder(path: Path) -> bool:
    """Whether ``path`` is a runtime folder as the XDG specification wants it."""
    try:
        found = path.stat()
    except OSError:
        return False
    own = found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return path.is_absolute() and stat.S_ISDIR(found.st_mode) and own


def _make_outer(path: Path) -> None:
    """Make a folder that ours are put into. One that is there is not ours to change."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(
            f"the folder {path} cannot be made: {error.strerror}; {HOME_VARIABLE} names another"
        ) from error


def private_folder(path: Path) -> Path:
    """Make or check a folder that only we may enter. Raises `StateError` that says what to do."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise StateError(f"the folder {path} cannot be made: {error.strerror}") from error
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise StateError(f"{path} is not a folder (a link is not accepted): move it away")
    if os.name == "posix":
        if found.st_uid != os.geteuid():
            raise StateError(f"the folder {path} belongs to another account: move it away")
        if found.st_mode & 0o022:
            raise StateError(
                f"others may write to the folder {path}: type 'chmod 700 {path}' if that is yours"
            )
        if found.st_mode & 0o077:
            path.chmod(0o700)
    return path


def open_private(path: Path, flags: int) -> int:
    """Open a file 0600 from its creation, following no link; returns its descriptor.

    Raises `StateError` for a link, another account's file, or what is no file.
    """
    # Opening a pipe that nobody reads would wait for a reader.
    flags |= getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    except OSError as error:
        raise StateError(
            f"the file {path} cannot be opened: {error.strerror} (a link or pipe is not accepted)"
        ) from error
    if os.name == "posix":
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid() or not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            raise StateError(f"{path} is not our own file: move it away")
        os.fchmod(descriptor, 0o600)
        os.set_blocking(descriptor, True)
    return descriptor
