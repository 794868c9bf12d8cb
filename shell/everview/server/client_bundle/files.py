"""`Files`: the client, from a fixed table made at the start.

Its modules are joined and shrunk, its style sheets shrunk, its icon is part of the page: a page is
live after four requests (the page, a script, a style sheet, the link).

No request's path ever names a file on disk, so there is nothing to traverse (T13). Not for: the
files that classes and apps declare (``everview.html.tree.static_files``, a table of the same kind).
"""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from everview import i18n as strings
from everview.html.tree import static_files
from everview.server.client_bundle.joining import join
from everview.server.client_bundle.shrink import shrink_style

PREFIX = "/_everview/"
TYPES = {".html": "text/html", **static_files.TYPES}
CLIENT = Path(__file__).resolve().parents[2] / "client"
#: The module that the page loads, and those that authors' modules import by their URLs.
FIRST = "main"
PUBLIC = frozenset(["t", "widget"])


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
        scripts: dict[str, str] = {}
        for path in sorted(CLIENT.rglob("*.*")):
            name = path.relative_to(CLIENT).as_posix()
            if path.suffix == ".js":
                scripts[name.removesuffix(".js")] = path.read_text(encoding="utf-8")
            elif path.suffix == ".css":
                style = shrink_style(path.read_text(encoding="utf-8"))
                self._files[PREFIX + name] = self.file(style.encode(), ".css")
            elif path.suffix in TYPES:
                self.add(PREFIX + name, path)
        if texts := strings.page_texts():
            scripts["strings"] = f"export default {json.dumps(texts, ensure_ascii=False)};\n"
        self._scripts = tuple(scripts.items())
        self.page = self.file(self._page().encode(), ".html")

    def _page(self) -> str:
        """The page in the person's language, with its icon in it."""
        page = self._files.pop(PREFIX + "index.html").body.decode()
        icon = " ".join(self._files[PREFIX + "icon.svg"].body.decode().split())
        url = "data:image/svg+xml," + urllib.parse.quote(icon, safe="/:=' ")
        return strings.translate_page(page).replace(PREFIX + "icon.svg", url)

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
        if file is None and url.endswith(".js"):
            file = _joined(self._scripts).get(url)
        if file is None and not url.startswith(PREFIX):
            return self.page
        return file


@lru_cache(maxsize=2)
def _joined(scripts: tuple[tuple[str, str], ...]) -> dict[str, File]:
    """The scripts by their URLs, joined when the first one is asked for.

    It takes as long as the rest of a start: the page itself is answered, and the window's engine
    starts, before that. Kept for other servers of this process: tests have many.
    """
    joined = join(dict(scripts), FIRST, PUBLIC)
    return {f"{PREFIX}{name}.js": Files.file(text.encode(), ".js") for name, text in joined.items()}
