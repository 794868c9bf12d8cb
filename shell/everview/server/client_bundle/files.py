"""`Files`: the client's files, read once at the start, by their URLs.

An install contains the client as a bundle: few scripts, joined and minified when the wheel was
built (``packaging/client_bundle.py``). In a checkout, the sources are served unchanged, unless
``EVERVIEW_CLIENT`` names the folder of a bundle. In both cases, the URL of a file is its path
below the folder. Authors can therefore always import ``/_everview/widget.js`` and
``/_everview/t.js``.

Guarantees: the path of a request is never used as a path on disk, so path traversal is impossible
(T13). If the files on disk change while the app runs, the server still sends the old content.

This module does not handle the files that classes and apps declare (see
``everview.html.tree.static_files``).
"""

from __future__ import annotations

import hashlib
import json
import os
import urllib.parse
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from everview import i18n
from everview.html.tree import static_files

PREFIX = "/_everview/"
TYPES = {".html": "text/html", **static_files.TYPES}
CLIENT = Path(__file__).resolve().parents[2] / "client"
#: The environment variable for the folder of a client that replaces the one in this package.
VARIABLE = "EVERVIEW_CLIENT"


@dataclass(frozen=True)
class File:
    """A served file: its content, its media type and its entity tag."""

    body: bytes
    type: str
    etag: str


def is_text(media_type: str) -> bool:
    """Whether the file is text, so that its media type needs a charset. All our texts are UTF-8."""
    kind = media_type.partition("/")[0]
    return kind == "text" or media_type in ("application/json", "image/svg+xml")


def read_client() -> dict[str, bytes]:
    """The content of all files of the client by their paths."""
    folder = Path(os.environ.get(VARIABLE) or CLIENT)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*.*")
        if path.suffix in TYPES
    }


class Files:
    """The client's files by their URLs, and the page.

    Args:
        client: The content of the client's files by their paths; by default what `read_client`
            returns.
    """

    def __init__(self, client: dict[str, bytes] | None = None) -> None:
        contents = dict(read_client() if client is None else client)
        if texts := i18n.page_texts():
            script = f"export const strings = {json.dumps(texts, ensure_ascii=False)};\n"
            contents["strings.js"] = script.encode()
        page = contents.pop("index.html").decode()
        self.page = _file(_with_icon(page, contents["icon.svg"].decode()).encode(), ".html")
        self._files = {
            PREFIX + name: _file(content, PurePosixPath(name).suffix)
            for name, content in contents.items()
        }

    def get(self, url: str) -> File | None:
        """The file at this URL; None if there is none.

        The result is the page for every URL outside `PREFIX` that has no file of its own.
        """
        file = self._files.get(url)
        if file is None and not url.startswith(PREFIX):
            return self.page
        return file


def _file(body: bytes, suffix: str) -> File:
    digest = hashlib.sha256(body).hexdigest()[:16]
    return File(body, TYPES[suffix], f'"{digest}"')


def _with_icon(page: str, icon: str) -> str:
    """The page in the user's language; it contains the icon, which saves a request."""
    url = "data:image/svg+xml," + urllib.parse.quote(" ".join(icon.split()), safe="/:=' ")
    return i18n.translate_page(page).replace(PREFIX + "icon.svg", url)
