"""Folders without files of the user: file systems of the kernel, and the trash.

Not for: ordinary mounted disks; an option of the walk decides whether to enter them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

# The kernel generates these files when they are opened. Some have no end, some change the system
# when they are read. fuse.portal shows files of the home folder a second time: removing one of the
# two removes both.
_PSEUDO_TYPES = frozenset(
    """autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fuse.portal
    fusectl hugetlbfs mqueue nsfs proc pstore rpc_pipefs securityfs selinuxfs sysfs tracefs
    """.split()
)

# The trash of external disks (freedesktop.org, macOS) and of Windows.
_TRASH_NAMES = re.compile(r"\.Trash(-\d+)?|\.Trashes|\$RECYCLE\.BIN")

MOUNT_TABLE = "/proc/self/mountinfo"


def pseudo_devices(mount_table: str = MOUNT_TABLE) -> frozenset[int]:
    """The ``st_dev`` of every mounted pseudo file system; empty without a mount table."""
    try:
        text = Path(mount_table).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()  # not Linux, or no /proc: there is no pseudo file system to skip
    devices = set()
    for line in text.splitlines():
        # proc(5): "36 35 98:0 /root /point options - type source options"
        fields, _, rest = line.partition(" - ")
        if rest.split(" ", 1)[0] in _PSEUDO_TYPES:
            major, _, minor = fields.split(" ")[2].partition(":")
            devices.add(os.makedev(int(major), int(minor)))
    return frozenset(devices)


def home_trash() -> tuple[int, int] | None:
    """(device, inode) of the user's own trash on Linux; None if it does not exist."""
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    try:
        stat = (Path(data).expanduser() / "Trash").stat()
    except (OSError, RuntimeError):  # RuntimeError: no home folder is known
        return None
    return (stat.st_dev, stat.st_ino)


def is_trash_name(name: str) -> bool:
    """Whether a folder of this name is a trash."""
    return _TRASH_NAMES.fullmatch(name) is not None
