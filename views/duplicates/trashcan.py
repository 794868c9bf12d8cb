"""Put one file into the system's trash.

This module does not decide whether a file may be removed; see ``keep``.

Guarantees: no function of this module deletes a file.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from everview.i18n import _

_DRIVE_FIXED = 3


class TrashError(Exception):
    """The file was not put into the trash. The message contains the reason without a full stop."""


def send(path: str) -> None:
    """Put a file into the trash.

    Raises:
        TrashError: The file was not moved. The message contains the reason.
    """
    # Import send2trash only here. On import it reads XDG_DATA_HOME and may load GLib, which scans
    # do not need.
    from send2trash import TrashPermissionError, send2trash

    if not _drive_has_trash(path):
        # Without this check, Windows would delete the file permanently without asking.
        raise TrashError(_("its drive has no recycle bin; move it instead"))
    try:
        send2trash(path)
    except TrashPermissionError as error:
        raise TrashError(_("its disk has no trash that you can use; move it instead")) from error
    except PermissionError as error:
        raise TrashError(_("you have no permission to remove it")) from error
    except (OSError, ValueError) as error:  # ValueError: the trash cannot store this name
        reason = getattr(error, "strerror", None) or str(error) or _("no reason was reported")
        raise TrashError(
            _("the trash did not accept it: {reason}").format(reason=reason)
        ) from error
    if os.path.lexists(path):
        raise TrashError(_("the trash did not accept it and reported no reason"))


def _drive_has_trash(path: str) -> bool:
    """Whether the drive has a trash: on Windows only fixed drives have one."""
    if sys.platform == "win32":
        return ctypes.windll.kernel32.GetDriveTypeW(Path(path).anchor) == _DRIVE_FIXED
    return True
