"""`Bucket`: files that people hand to a view, in a private folder that goes with the view.

    self.bucket = Bucket(request, max_files=1, max_size=50_000_000, on_add=self.added)
    return HTML(FileInput(self.bucket))

Not for: taking the bytes in (``everview.server.http.uploads``, which alone touches the disk).

Threads: any. Guarantees: no name that a page sends becomes a path; what is in ``files`` has arrived
whole, and is there until it is removed or its view has ended.
"""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from everview.errors import ViewError
from everview.i18n import _, ngettext
from everview.progress import Progress
from everview.runtime.execution.activity import Owner, current

#: Longest name of a file, in characters: three bytes each fit what file systems take (255).
NAME_LENGTH = 80
#: Blanks and dots at the ends, in any mixture: Windows drops them, ". ." would be a folder.
_EDGES = re.compile(r"^[\s.]+|[\s.]+$")
#: Names that Windows keeps for devices, whatever their suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class Store(Protocol):
    """What keeps the bytes of buckets."""

    def remove(self, path: Path) -> None:
        """Delete a file."""


@dataclass(frozen=True)
class Upload:
    """A file that has arrived: its name as shown, where it is, its size in bytes.

    ``content_type`` is what the page says that it is: do not rely on it.
    """

    name: str
    path: Path
    size: int
    content_type: str = ""


@dataclass(frozen=True)
class Transfer:
    """A file on its way: how many bytes of it are here. ``total``: as announced, or None."""

    name: str
    done: int
    total: int | None

    @property
    def fraction(self) -> float | None:
        return Progress(self.done, self.total).fraction


Callback = Callable[..., Any]


class Bucket:
    """``max_files`` and ``max_size`` (bytes of one file) are limits, None: no limit.

    ``on_add(names)`` and ``on_delete(names)`` are handlers of the view, called with lists of names;
    ``on_progress(transfer)`` is called as a file arrives, at most ten times a second.
    ``accept``: suffixes that are taken, as ``[".csv", ".txt"]``; empty: all.
    Raises `ViewError` outside a view, and for limits that are none.
    """

    def __init__(
        self,
        request: Any = None,
        max_files: int | None = None,
        max_size: int | None = 1_000_000_000,
        on_add: Callback | None = None,
        on_delete: Callback | None = None,
        on_progress: Callback | None = None,
        accept: Sequence[str] = (),
    ) -> None:
        for name, limit in (("max_files", max_files), ("max_size", max_size)):
            if limit is not None and limit < 1:
                raise ViewError(f"{name} is a number from 1, or None for no limit, not {limit!r}")
        if isinstance(accept, str):
            raise ViewError(f"accept is a list of suffixes, as [{accept!r}]")
        self.token = secrets.token_urlsafe(32)
        self.max_files = max_files
        self.max_size = max_size
        self.accept = tuple(suffix.lower() for suffix in accept)
        self.on_add = on_add
        self.on_delete = on_delete
        self.on_progress = on_progress
        self.store: Store | None = None
        self._lock = threading.Lock()
        self._files: dict[str, Upload] = {}
        self._arriving: set[str] = set()
        self._closed = False
        self._call: Callable[..., None] | None = None
        owner: Owner | None = getattr(request, "owner", None)
        if owner is None and (activity := current()) is not None:
            owner = activity.owner
        if owner is None:
            raise ViewError("a Bucket belongs to a view: give it the request of handle_request")
        owner.open_bucket(self)

    # what is in it -----------------------------------------------------------------------------

    @property
    def files(self) -> list[Upload]:
        """What has arrived, the oldest first."""
        with self._lock:
            return list(self._files.values())

    def get_file_names(self) -> list[str]:
        """The names of what has arrived."""
        return [upload.name for upload in self.files]

    def get_path(self, name: str) -> Path:
        """Where a file is. Raises `ViewError` if there is none of this name."""
        with self._lock:
            if name not in self._files:
                raise ViewError(f"there is no file {name!r} in this bucket")
            return self._files[name].path

    def get_size(self) -> int:
        """How many bytes it holds."""
        return sum(upload.size for upload in self.files)

    def remove(self, name: str) -> None:
        """Delete a file. Raises `ViewError` if there is none of this name."""
        with self._lock:
            upload = self._files.pop(name, None)
        if upload is None:
            raise ViewError(f"there is no file {name!r} in this bucket")
        if self.store is not None:
            self.store.remove(upload.path)
        self._tell(self.on_delete, [name])

    # what the runtime and the server call ------------------------------------------------------

    def open(self, call: Callable[..., None], store: Store | None) -> None:
        """``call(name, function, arguments)`` runs a handler of the view."""
        self._call = call
        self.store = store

    @property
    def closed(self) -> bool:
        """Whether its view has ended."""
        return self._closed

    def close(self) -> list[Path]:
        """Nothing is taken any more; returns what is to be deleted."""
        with self._lock:
            self._closed = True
            paths = [upload.path for upload in self._files.values()]
            self._files.clear()
        return paths

    def begin(self, name: str, size: int | None) -> tuple[str, str]:
        """A file is about to arrive: returns ``(name in the bucket, "")`` or ``("", refusal)``."""
        name = safe_name(name)
        with self._lock:
            if self._closed:
                return "", _("The view that requested this file has ended.")
            if self.accept and not name.lower().endswith(self.accept):
                return "", _("Only {kinds} files are wanted here.").format(
                    kinds=", ".join(self.accept)
                )
            if self.max_size is not None and size is not None and size > self.max_size:
                return "", too_large(name, self.max_size)
            if self.max_files is not None and (
                len(self._files) + len(self._arriving) >= self.max_files
            ):
                said = ngettext(
                    "No more than {count} file can be here.",
                    "No more than {count} files can be here.",
                    self.max_files,
                )
                return "", said.format(count=self.max_files)
            name = self._free_name(name)
            self._arriving.add(name)
        return name, ""

    def _free_name(self, name: str) -> str:
        stem, dot, suffix = name.rpartition(".")
        number, free = 1, name
        while free in self._files or free in self._arriving:
            number += 1
            free = f"{stem} ({number}){dot}{suffix}" if stem else f"{name} ({number})"
        return free

    def arriving(self, transfer: Transfer) -> None:
        """Some of a file has arrived."""
        self._tell(self.on_progress, transfer)

    def add(self, upload: Upload) -> bool:
        """A file has arrived; False if nobody wants it any more."""
        with self._lock:
            self._arriving.discard(upload.name)
            if self._closed:
                return False
            self._files[upload.name] = upload
        self._tell(self.on_add, [upload.name])
        return True

    def give_up(self, name: str) -> None:
        """It will not arrive."""
        with self._lock:
            self._arriving.discard(name)

    def _tell(self, callback: Callback | None, argument: Any) -> None:
        if callback is not None and self._call is not None:
            self._call("handler of a bucket", callback, (argument,))


def too_large(name: str, size: int) -> str:
    """What is said of a file that is larger than a bucket takes."""
    return _("{name} is larger than {size} bytes.").format(name=name, size=f"{size:,}")


def safe_name(name: str) -> str:
    """``name`` as a file's name on every system: no folder, no control or reserved character.

    The rules are Windows', the strictest (Microsoft, "Naming Files, Paths, and Namespaces").
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rpartition("/")[2]
    name = re.sub(r'[<>:"|?*]', "_", name)
    name = "".join(c for c in name if c.isprintable() and unicodedata.category(c) != "Cf")
    name = _EDGES.sub("", name)
    if _DEVICES.match(name):
        name = f"_{name}"
    stem, _, suffix = name.rpartition(".")
    if len(name) > NAME_LENGTH:
        suffix = _EDGES.sub("", suffix[:16]) if stem else ""
        stem = _EDGES.sub("", (stem or name)[: NAME_LENGTH - 1 - len(suffix)])
        name = stem + (f".{suffix}" if suffix else "")
    return name or "file"
