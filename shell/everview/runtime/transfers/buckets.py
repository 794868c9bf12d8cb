"""`Bucket`: files that were uploaded to a view, in a private folder that is removed with the view.

    self.bucket = Bucket(request, max_files=1, max_size=50_000_000, on_add=self.added)
    return HTML(FileInput(self.bucket))

This module does not receive bytes and does not access the disk; see
``everview.server.http.uploads``.

Threads: can be called from any thread. Guarantees: a name that a page sends never becomes a path.
Each file in ``files`` is complete, and exists until it is removed or its view ends.
"""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from everview.errors import ViewError
from everview.i18n import _, ngettext
from everview.progress import Progress
from everview.runtime.execution.activity import Owner, current
from everview.runtime.routing.request import Request

#: Maximum length of a file name in characters. With three bytes for each character, the name is
#: below the limit of file systems (255 bytes).
NAME_LENGTH = 80
#: Characters that are removed at both ends of a name. Windows drops spaces and dots at the end, and
#: ". ." would name a folder.
_EDGES = re.compile(r"^[\s.]+|[\s.]+$")
#: Windows reserves these names for devices, even with a suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class Store(Protocol):
    """Stores the files of buckets."""

    def remove(self, path: Path) -> None:
        """Delete a file."""


@dataclass(frozen=True)
class Upload:
    """A complete file.

    Args:
        name: the name that users see.
        path: where it is stored.
        size: its size in bytes.
        content_type: the type that the page sent. It may be wrong.
    """

    name: str
    path: Path
    size: int
    content_type: str = ""


@dataclass(frozen=True)
class Transfer:
    """A file that is being uploaded.

    Args:
        name: its name in the bucket.
        done: bytes that have arrived.
        total: bytes that the page announced; None: unknown.
    """

    name: str
    done: int
    total: int | None

    @property
    def fraction(self) -> float | None:
        return Progress(self.done, self.total).fraction


@dataclass(frozen=True)
class Refusal:
    """The reason why a file is refused.

    Args:
        status: the HTTP status of the answer.
        text: the reason, for the user.
    """

    status: int
    text: str


T = TypeVar("T")

#: The type of a function that runs a handler of a view. Its arguments are a name for the log, the
#: handler, and the handler's arguments.
CallHandler: TypeAlias = Callable[[str, Callable[..., object], tuple[object, ...]], None]


class Bucket:
    """The uploaded files of a view, with limits.

    Args:
        request: the request of the view; may be omitted in a handler.
        max_files: maximum number of files; None: no limit.
        max_size: maximum size of one file in bytes; None: no limit.
        on_add: handler of the view, called with a list of names of new files.
        on_delete: handler of the view, called with a list of names of removed files.
        on_progress: called with a `Transfer` during an upload, at most ten times a second.
        accept: accepted suffixes, for example ``[".csv", ".txt"]``; empty: all.

    Raises:
        ViewError: there is no view, or a limit is not valid.
    """

    def __init__(
        self,
        request: Request | None = None,
        max_files: int | None = None,
        max_size: int | None = 1_000_000_000,
        on_add: Callable[[list[str]], object] | None = None,
        on_delete: Callable[[list[str]], object] | None = None,
        on_progress: Callable[[Transfer], object] | None = None,
        accept: Sequence[str] = (),
    ) -> None:
        for name, limit in (("max_files", max_files), ("max_size", max_size)):
            if limit is not None and limit < 1:
                raise ViewError(f"{name} must be at least 1, or None for no limit, not {limit!r}")
        if isinstance(accept, str):
            raise ViewError(f"accept must be a list of suffixes such as [{accept!r}]")
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
        self._call: CallHandler | None = None
        owner: Owner | None = None if request is None else request.owner
        if owner is None and (activity := current()) is not None:
            owner = activity.owner
        if owner is None:
            raise ViewError("a Bucket belongs to a view: pass the request of handle_request")
        owner.open_bucket(self)

    # files -------------------------------------------------------------------------------------

    @property
    def files(self) -> list[Upload]:
        """The complete files, the oldest first."""
        with self._lock:
            return list(self._files.values())

    def get_file_names(self) -> list[str]:
        """The names of the complete files."""
        return [upload.name for upload in self.files]

    def get_path(self, name: str) -> Path:
        """The path of a file.

        Raises:
            ViewError: there is no file of this name.
        """
        with self._lock:
            if name not in self._files:
                raise ViewError(f"there is no file {name!r} in this bucket")
            return self._files[name].path

    def get_size(self) -> int:
        """The size of all files in bytes."""
        return sum(upload.size for upload in self.files)

    def remove(self, name: str) -> None:
        """Delete a file.

        Raises:
            ViewError: there is no file of this name.
        """
        with self._lock:
            upload = self._files.pop(name, None)
        if upload is None:
            raise ViewError(f"there is no file {name!r} in this bucket")
        if self.store is not None:
            self.store.remove(upload.path)
        self._run_handler(self.on_delete, [name])

    # methods for the runtime and the server ----------------------------------------------------

    def open(self, call: CallHandler, store: Store | None) -> None:
        """``call(name, function, arguments)`` runs a handler of the view."""
        self._call = call
        self.store = store

    @property
    def closed(self) -> bool:
        """Whether the view has ended."""
        return self._closed

    def close(self) -> list[Path]:
        """Refuse new files, and return the paths of all files so that they can be deleted."""
        with self._lock:
            self._closed = True
            paths = [upload.path for upload in self._files.values()]
            self._files.clear()
        return paths

    def begin(self, name: str, size: int | None) -> str | Refusal:
        """Register a file that a page is about to upload.

        Args:
            name: the name that the page sent.
            size: the announced size in bytes; None: unknown.

        Returns:
            The name in the bucket, or the refusal of the file.
        """
        name = safe_name(name)
        with self._lock:
            if self._closed:
                return Refusal(404, _("The view that requested this file has ended."))
            if self.accept and not name.lower().endswith(self.accept):
                text = _("Only {kinds} files are accepted here.")
                return Refusal(415, text.format(kinds=", ".join(self.accept)))
            if self.max_size is not None and size is not None and size > self.max_size:
                return too_large(name, self.max_size)
            if self.max_files is not None and (
                len(self._files) + len(self._arriving) >= self.max_files
            ):
                refusal = ngettext(
                    "No more than {count} file can be here.",
                    "No more than {count} files can be here.",
                    self.max_files,
                )
                return Refusal(409, refusal.format(count=self.max_files))
            name = self._free_name(name)
            self._arriving.add(name)
        return name

    def _free_name(self, name: str) -> str:
        stem, dot, suffix = name.rpartition(".")
        number, free = 1, name
        while free in self._files or free in self._arriving:
            number += 1
            free = f"{stem} ({number}){dot}{suffix}" if stem else f"{name} ({number})"
        return free

    def arriving(self, transfer: Transfer) -> None:
        """Report the progress of an upload."""
        self._run_handler(self.on_progress, transfer)

    def add(self, upload: Upload) -> bool:
        """Add a complete file. Returns False if the view has ended."""
        with self._lock:
            self._arriving.discard(upload.name)
            if self._closed:
                return False
            self._files[upload.name] = upload
        self._run_handler(self.on_add, [upload.name])
        return True

    def give_up(self, name: str) -> None:
        """Remove an announced file whose upload failed."""
        with self._lock:
            self._arriving.discard(name)

    def _run_handler(self, handler: Callable[[T], object] | None, argument: T) -> None:
        if handler is not None and self._call is not None:
            self._call("handler of a bucket", handler, (argument,))


def too_large(name: str, size: int) -> Refusal:
    """Return the refusal of a file that is larger than its bucket allows."""
    text = _("{name} is larger than {size} bytes.").format(name=name, size=f"{size:,}")
    return Refusal(413, text)


def safe_name(name: str) -> str:
    """Change ``name`` into a file name that is valid on every system and contains no folder.

    The rules follow Windows, because it is the strictest system (Microsoft, "Naming Files, Paths,
    and Namespaces").
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
