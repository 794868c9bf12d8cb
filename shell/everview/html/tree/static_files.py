"""Static files: style sheets, ES modules and others that classes and apps bring along.

    class Dial(Element):
        STATIC_FILES = [StyleSheet("static/dial.css"), Script("static/dial.js")]

A path is relative to the file that defines the class. A file is read once, when its class is
defined: a missing one is an error at that line, and a file that an update replaces while the app
runs does not mix with the others. In a PyInstaller binary a module's ``__file__`` names a place in
the bundle, so the same paths work; the spec must collect the folders (``build.spec`` collects every
folder ``static`` of ``shell`` and ``views``).

The URL is ``/_everview/static/<folder>/<name>``: files of one folder stay together, so that modules
import each other by ``./name.js`` (each must be declared: what is not in the table is not served).

Not for: HTTP (``server.client_bundle.files``), what a page does with links
(``client/replica/files.js``).

Threads: classes are defined and apps are made before anything is served; later additions are single
assignments to a dictionary, which readers see or do not.
Guarantees: no URL ever becomes a path on disk; who asks gets an entry of the table, or nothing
(T13).
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from everview.errors import StaticFileError

PREFIX = "/_everview/static/"
#: The types that are served. HTML is not: a page of our origin would have our rights.
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".map": "application/json",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".wasm": "application/wasm",
}
_URL = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\Z")
_numbers = count()


class StaticFile:
    """A file that is served and that nothing links: a picture, a font, a module others import.

    ``path`` is relative to the file that defines the class; ``url`` names it below
    ``/_everview/static/`` (default: its folder's hash and its name); ``name`` says what it is in
    errors (default: the file's name). Of what is linked, a lower ``sort_order`` comes first; equal
    ones keep the order in which they were declared.
    """

    LINK: ClassVar[bool] = False

    def __init__(
        self,
        path: str | Path = "",
        *,
        name: str = "",
        url: str = "",
        sort_order: int = 0,
        link: bool | None = None,
        body: bytes | None = None,
    ) -> None:
        if not path and not (body is not None and url):
            raise StaticFileError(f"{type(self).__name__}() needs the path of a file")
        self.path = Path(path)
        self.name = name or self.path.name or url
        self.url = url
        self.sort_order = sort_order
        self.link = type(self).LINK if link is None else link
        self.number = next(_numbers)
        self.body = b"" if body is None else body
        self.etag = ""
        self._has_body = body is not None

    @property
    def suffix(self) -> str:
        return Path(self.url or self.path).suffix.lower()

    @property
    def type(self) -> str:
        """The media type."""
        return TYPES[self.suffix]

    def load(self, folder: Path | None) -> None:
        """Read the file, below ``folder`` if its path is relative, and settle its URL."""
        if self.etag:
            return
        if self.suffix not in TYPES:
            raise StaticFileError(
                f"{self.name}: files of type {self.suffix!r} are not served; "
                f"these are: {' '.join(TYPES)}"
            )
        if self.url and not _URL.match(self.url.removeprefix(PREFIX)):
            raise StaticFileError(
                f"{self.name}: url={self.url!r} must be a plain relative path such as 'img/a.png'"
            )
        if not self._has_body:
            self._read(folder)
        self.url = PREFIX + self.url.removeprefix(PREFIX)
        self.etag = f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    def _read(self, folder: Path | None) -> None:
        if not self.path.is_absolute():
            if folder is None:
                raise StaticFileError(
                    f"{self.name}: the class is not defined in a file; give an absolute path"
                )
            self.path = folder / self.path
        try:
            self.body = self.path.read_bytes()
        except OSError as error:
            raise StaticFileError(
                f"the static file {str(self.path)!r} cannot be read: {error.strerror}. Its path is "
                "relative to the file that defines the class; in a PyInstaller binary, its folder "
                "must be among the 'datas' of the spec"
            ) from None
        if not self.url:
            place = hashlib.sha256(str(self.path.parent).encode()).hexdigest()[:8]
            self.url = f"{place}/{self.path.name}"
            if not _URL.match(self.url):
                raise StaticFileError(
                    f"{str(self.path)!r}: a name in a URL is made of letters, digits, '.', '_' "
                    "and '-'; rename the file or give url='...'"
                )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class StyleSheet(StaticFile):
    """A style sheet, linked in pages whose document uses the class."""

    LINK = True


class Script(StaticFile):
    """An ES module, loaded once in pages whose document uses the class."""

    LINK = True


class StaticTable:
    """Path of the URL -> file. ``below`` is looked at for what is not here."""

    def __init__(self, below: StaticTable | None = None) -> None:
        self._files: dict[str, StaticFile] = {}
        self._below = below

    def add(self, file: StaticFile, folder: Path | None = None) -> StaticFile:
        """Read ``file`` and serve it; returns the one that is served there.

        Raises `StaticFileError` if it cannot be read, or its URL is another file's.
        """
        file.load(folder)
        known = self._files.setdefault(file.url, file)
        # The same file again is as it was when it was read first.
        if known.path != file.path or (file._has_body and known.body != file.body):
            raise StaticFileError(f"{file!r} and {known!r} would both be served at {file.url}")
        return known

    def get(self, url: str) -> StaticFile | None:
        """The file at this URL, or None."""
        file = self._files.get(url)
        return self._below.get(url) if file is None and self._below is not None else file

    def linked(self) -> list[StaticFile]:
        """What is linked, of this table alone."""
        return [file for file in self._files.values() if file.link]


#: The files of all classes.
CLASSES = StaticTable()


def add_class_files(cls: type) -> None:
    """Read what ``cls`` itself declares as ``STATIC_FILES``; again is no harm."""
    declared = vars(cls).get("STATIC_FILES")
    if declared:
        folder = folder_of(cls)
        _check(declared, cls)
        # Local classes are made again and again: the first one's files are served.
        files = [CLASSES.add(file, folder) for file in declared]
        type.__setattr__(cls, "STATIC_FILES", files)


def _check(declared: Any, cls: type) -> None:
    if not isinstance(declared, (list, tuple)) or not all(
        isinstance(file, StaticFile) for file in declared
    ):
        raise StaticFileError(
            f"{cls.__qualname__}.STATIC_FILES must be a list of StyleSheet(...), Script(...) or "
            f"StaticFile(...), not {declared!r}"
        )


def folder_of(cls: type) -> Path | None:
    """The folder of the file that defines ``cls``; None where there is no file."""
    path = getattr(sys.modules.get(cls.__module__), "__file__", None)
    return Path(path).resolve().parent if path else None


def linked_files(cls: type) -> list[StaticFile]:
    """What a page links for ``cls``: the files of its bases before its own."""
    files: dict[str, StaticFile] = {}
    for base in reversed(cls.__mro__):
        for file in vars(base).get("STATIC_FILES", ()):
            if file.link:
                files.setdefault(file.url, file)
    return list(files.values())


def in_order(files: Iterable[StaticFile]) -> list[str]:
    """The URLs of ``files`` in the order in which pages link them."""
    return [file.url for file in sorted(files, key=lambda file: (file.sort_order, file.number))]
