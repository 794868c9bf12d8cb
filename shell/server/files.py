"""`Files`: the client, served as it is, from a fixed table made at the start.

No request's path ever names a file on disk, so there is nothing to traverse (T13). Not for: the
files that classes and apps declare (``shell.html.static_files``, a table of the same kind).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from shell import strings
from shell.html import static_files

PREFIX = "/_shell/"
TYPES = {".html": "text/html", **static_files.TYPES}
CLIENT = Path(__file__).resolve().parent.parent / "client"


@dataclass(frozen=True)
class File:
    """One file: its bytes, its media type, its entity tag."""

    body: bytes
    type: str
    etag: str


def is_text(media_type: str) -> bool:
    """Whether the type has an encoding: all our texts are UTF-8."""
    kind = media_type.partition("/")[0]
    return kind == "text" or media_type in ("application/json", "image/svg+xml")


class Files:
    """The table: path of the URL -> `File`. Anything else is the page itself."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        for path in sorted(CLIENT.iterdir()):
            if path.suffix in TYPES:
                self.add(PREFIX + path.name, path)
        page = self._files.pop(PREFIX + "index.html").body.decode()
        self.page = self.file(strings.translate_page(page).encode(), ".html")
        if texts := strings.page_texts():
            body = f"export default {json.dumps(texts, ensure_ascii=False)};\n".encode()
            self._files[PREFIX + "strings.js"] = self.file(body, ".js")

    def add(self, url: str, path: Path) -> None:
        """Serve the file at ``path``, as it is now, at ``url``."""
        self._files[url] = self.file(path.read_bytes(), path.suffix)

    @staticmethod
    def file(body: bytes, suffix: str) -> File:
        digest = hashlib.sha256(body).hexdigest()[:16]
        return File(body, TYPES[suffix], f'"{digest}"')

    def get(self, url: str) -> File | None:
        """The file at this URL; the page for a path of a view; None below `PREFIX` otherwise."""
        file = self._files.get(url)
        if file is None and not url.startswith(PREFIX):
            return self.page
        return file
