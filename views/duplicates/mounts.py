"""Folders that a scan skips: file systems of the kernel, and the trash.

This module does not handle ordinary mounted disks. An option of the walk decides whether to enter
them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

# Types of file systems that are skipped. In most of them, the kernel generates the files when they
# are opened: some have no end, and some change the system when they are read. The type fuse.portal
# shows files of the home folder a second time. Removing such a file would remove the original.
_PSEUDO_TYPES = frozenset(
    """autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fuse.portal
    fusectl hugetlbfs mqueue nsfs proc pstore rpc_pipefs securityfs selinuxfs sysfs tracefs
    """.split()
)

# The names of trash folders on external disks (freedesktop.org, macOS) and on Windows.
_TRASH_NAMES = re.compile(r"\.Trash(-\d+)?|\.Trashes|\$RECYCLE\.BIN")

MOUNT_TABLE = "/proc/self/mountinfo"


def pseudo_devices(mount_table: str = MOUNT_TABLE) -> frozenset[int]:
    """The ``st_dev`` of every mounted pseudo file system. Empty if there is no mount table."""
    try:
        text = Path(mount_table).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()  # there are no pseudo file systems without /proc
    devices = set()
    for line in text.splitlines():
        # The format of a line, from proc(5): "36 35 98:0 /root /point options - type source
        # options"
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
    except (OSError, RuntimeError):  # RuntimeError: the home folder is unknown
        return None
    return (stat.st_dev, stat.st_ino)


def is_trash_name(name: str) -> bool:
    """Whether a folder of this name is a trash."""
    return _TRASH_NAMES.fullmatch(name) is not None
