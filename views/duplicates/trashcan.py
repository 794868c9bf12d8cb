"""Putting one file into the system's trash, or saying why that cannot be done.

Not for: deciding whether it may be removed (``keep``).

Guarantees: there is no way through this module on which a file is deleted.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from everview.i18n import _

_DRIVE_FIXED = 3


class TrashError(Exception):
    """The file was not put into the trash; the message says why, as half a sentence."""


def send(path: str) -> None:
    """Put a file into the trash.

    Raises:
        TrashError: It is still where it was; the message says why.
    """
    # Imported late: it reads XDG_DATA_HOME on import, and may load GLib, which scans do not need.
    from send2trash import TrashPermissionError, send2trash

    if not _drive_has_trash(path):
        # On Windows the shell would delete the file for good without asking.
        raise TrashError(_("its drive has no recycle bin; move it instead"))
    try:
        send2trash(path)
    except TrashPermissionError as error:
        raise TrashError(_("its disk has no trash that you may use; move it instead")) from error
    except PermissionError as error:
        raise TrashError(_("you have no permission to remove it")) from error
    except (OSError, ValueError) as error:  # ValueError: a name that the trash cannot record
        said = getattr(error, "strerror", None) or str(error) or _("it gave no reason")
        raise TrashError(_("the trash did not take it: {reason}").format(reason=said)) from error
    if os.path.lexists(path):
        raise TrashError(_("the trash did not take it, and did not say why"))


def _drive_has_trash(path: str) -> bool:
    """On Windows, fixed drives keep what is deleted; network and most USB drives do not."""
    if sys.platform == "win32":
        return ctypes.windll.kernel32.GetDriveTypeW(Path(path).anchor) == _DRIVE_FIXED
    return True
