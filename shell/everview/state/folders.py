"""The folders of an app. No other account can read or replace the files in them (T7).

If the environment variable ``EVERVIEW_HOME`` is set, all folders are inside that folder, for
portable use and tests. Otherwise they are those of the system (platformdirs). Folders are created
with mode 0700 and files with 0600. A folder that is a link, belongs to another account or is
writable for others is refused, and the error names its path.

Threads: can be called from any thread. This module does not handle files that a view reads or
writes for its user.
"""

from __future__ import annotations

import errno
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
    """The folders of the app with the name ``app_id``.

    A folder is created when it is first used.
    """

    def __init__(self, app_id: str) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,60}", app_id):
            raise StateError(f"{app_id!r} cannot be the name of an app: use a-z, 0-9, '-'")
        self.app_id = app_id
        home = os.environ.get(HOME_VARIABLE)
        self._home = Path(home).expanduser().absolute() if home else None

    def _folder(self, kind: str, system_path: Callable[[], str]) -> Path:
        if self._home is not None:
            # The folder in ``EVERVIEW_HOME`` may contain other files of the user. Only its
            # subfolders belong to the app.
            _make_outer(self._home)
            return private_folder(private_folder(self._home / self.app_id) / kind)
        base = Path(system_path())
        _make_outer(base.parent)
        return private_folder(private_folder(base) / self.app_id)

    @property
    def state(self) -> Path:
        """The folder of data that outlives the process."""
        return self._folder("state", lambda: platformdirs.user_state_dir("everview", False))

    @property
    def runtime(self) -> Path:
        """The folder of the lock and the socket of a running app.

        If ``EVERVIEW_HOME`` is set, this folder does not depend on other environment variables, so
        that a second start finds the running app.
        """
        if sys.platform == "linux" and self._home is None:
            # Without XDG_RUNTIME_DIR, platformdirs would use a folder with a known name in /tmp,
            # which any account could create first.
            given = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
            if not _is_own_folder(given):
                return private_folder(self.state / "run")
            return self._folder("run", lambda: str(given / "everview"))
        return self._folder("run", lambda: platformdirs.user_runtime_dir("everview", False))

    @property
    def logs(self) -> Path:
        """The folder of the log."""
        return self._folder("logs", lambda: platformdirs.user_log_dir("everview", False))


def _is_own_folder(path: Path) -> bool:
    """Whether ``path`` is a runtime folder as the XDG specification defines it."""
    try:
        found = path.stat()
    except OSError:
        return False
    own = found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return path.is_absolute() and stat.S_ISDIR(found.st_mode) and own


def _make_outer(path: Path) -> None:
    """Create the parent of the app's folders.

    An existing parent is not changed, because it may not belong to the app.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(
            f"the folder {path} cannot be created: {error.strerror}; set {HOME_VARIABLE} to another"
        ) from error


def private_folder(path: Path) -> Path:
    """Create or check a folder that only this account can enter.

    Raises:
        StateError: ``path`` is not a private folder. The message suggests what to do.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise StateError(
            f"the folder {path} cannot be created: {error.strerror}; set {HOME_VARIABLE} to another"
        ) from error
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise StateError(f"{path} is not a folder (a link is not accepted): move it away")
    if os.name == "posix":
        if found.st_uid != os.geteuid():
            raise StateError(f"the folder {path} belongs to another account: move it away")
        if found.st_mode & 0o022:
            raise StateError(
                f"others can write to the folder {path}: type 'chmod 700 {path}' if it is yours"
            )
        if found.st_mode & 0o077:
            path.chmod(0o700)
    return path


def open_private(path: Path, flags: int) -> int:
    """Open a file with mode 0600 from its creation, without following links.

    Returns:
        The file descriptor.

    Raises:
        StateError: ``path`` is a link, is not a regular file, or belongs to another account.
    """
    # Without O_NONBLOCK, opening a pipe would wait for a reader.
    flags |= getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            advice = " (a link or pipe is not accepted)"
        else:
            advice = f"; set {HOME_VARIABLE} to a folder that you can write to"
        raise StateError(f"the file {path} cannot be opened: {error.strerror}{advice}") from error
    if os.name == "posix":
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid() or not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            raise StateError(f"{path} is not a file of this account: move it away")
        os.fchmod(descriptor, 0o600)
        os.set_blocking(descriptor, True)
    return descriptor
