"""Static files: style sheets, ES modules and other files of classes and apps.

    class Dial(Element):
        STATIC_FILES = [StyleSheet("static/dial.css"), Script("static/dial.js")]

A path is relative to the file that defines the class. A file is read once, when its class is
defined. Therefore a missing file is an error at that line, and an update of the app on disk does
not mix old and new files in the running app. In a PyInstaller binary, a module's ``__file__`` is a
path in the bundle, so the same paths work. The spec must collect the folders (``build.spec``
collects every folder ``static`` of ``shell`` and ``views``).

The URL is ``/_everview/static/<folder>/<name>``. Files of one folder have one prefix, so modules
can import each other by ``./name.js``. Each file must be declared: only files in the table are
served.

HTTP responses are in ``server.client_bundle.files``. The code that loads files in a page is in
``client/replica/files.js``.

Threads: classes are usually defined, and apps made, before the server starts. Adding a file later
is one assignment to a dictionary and therefore needs no lock.
Guarantees: a URL is never used as a path on disk; the response to a request is an entry of the
table or an error (T13 in docs/threats.md).
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
#: The file types that are served. HTML is not served: a page from our origin would have our
#: permissions.
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
    """A file that is served but not linked: a picture, a font, or a module for imports.

    Args:
        path: the path, relative to the file that defines the class.
        name: a name for error messages; default: the name of the file.
        url: the path below ``/_everview/static/``; default: a hash of the folder, and the name.
        sort_order: linked files with a lower number come first; files with the same number have
            the order of their declaration.
        link: whether pages link the file; default: only style sheets and scripts.
        body: the content, instead of ``path``; ``url`` is then required.

    Raises:
        StaticFileError: both ``path`` and ``body`` are missing, or ``body`` has no ``url``.
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
        self.has_body = body is not None

    @property
    def suffix(self) -> str:
        """The suffix of the name in lower case, such as ``".css"``."""
        return Path(self.url or self.path).suffix.lower()

    @property
    def type(self) -> str:
        """The media type of the file."""
        return TYPES[self.suffix]

    def load(self, folder: Path | None) -> None:
        """Read the file and set its URL. A relative path is relative to ``folder``.

        Raises:
            StaticFileError: the file cannot be read or served.
        """
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
        if not self.has_body:
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
    """A style sheet, linked in pages whose document contains an element of the class."""

    LINK = True


class Script(StaticFile):
    """An ES module, loaded once in pages whose document contains an element of the class."""

    LINK = True


class StaticTable:
    """A mapping from URL paths to files. Paths that it does not have are looked up in ``below``."""

    def __init__(self, below: StaticTable | None = None) -> None:
        self._files: dict[str, StaticFile] = {}
        self._below = below

    def add(self, file: StaticFile, folder: Path | None = None) -> StaticFile:
        """Read ``file`` and add it.

        Returns:
            The file at the URL, which may be an earlier `StaticFile` for the same file.

        Raises:
            StaticFileError: the file cannot be read, or another file has its URL.
        """
        file.load(folder)
        known = self._files.setdefault(file.url, file)
        # If a file is added again, the content that was read first stays valid.
        if known.path != file.path or (file.has_body and known.body != file.body):
            raise StaticFileError(f"{file!r} and {known!r} would both be served at {file.url}")
        return known

    def get(self, url: str) -> StaticFile | None:
        """The file at this URL, or None."""
        file = self._files.get(url)
        return self._below.get(url) if file is None and self._below is not None else file

    def linked(self) -> list[StaticFile]:
        """The linked files of this table, without the files of the table ``below``."""
        return [file for file in self._files.values() if file.link]


#: The table with the files of all classes.
CLASSES = StaticTable()


def add_class_files(cls: type) -> None:
    """Read the ``STATIC_FILES`` that ``cls`` itself declares. Repeated calls have no effect."""
    declared = vars(cls).get("STATIC_FILES")
    if declared:
        folder = folder_of(cls)
        _check(declared, cls)
        # A local class may be defined many times. The files of the first definition are served.
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
    """The folder of the file that defines ``cls``; None if there is no file."""
    path = getattr(sys.modules.get(cls.__module__), "__file__", None)
    return Path(path).resolve().parent if path else None


def linked_files(cls: type) -> list[StaticFile]:
    """The files that a page links for ``cls``: those of its base classes come first."""
    files: dict[str, StaticFile] = {}
    for base in reversed(cls.__mro__):
        for file in vars(base).get("STATIC_FILES", ()):
            if file.link:
                files.setdefault(file.url, file)
    return list(files.values())


def in_order(files: Iterable[StaticFile]) -> list[str]:
    """The URLs of ``files`` in the order in which pages link them."""
    return [file.url for file in sorted(files, key=lambda file: (file.sort_order, file.number))]
