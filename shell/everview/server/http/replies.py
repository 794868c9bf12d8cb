"""Convert a `Response` of a view into a response of aiohttp.

Threads: the server thread.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from everview.runtime.routing.responses import FileResponse, Response
from everview.runtime.transfers.buckets import safe_name

#: This key is set on a request if its answer has a different Content-Security-Policy than pages.
POLICY = web.RequestKey("policy", str)
#: This key is set on a request if the browser must not store the answer.
PRIVATE = web.RequestKey("private", bool)
#: The policy of answers that may contain scripts. The document is sandboxed, so that it has a
#: separate origin and cannot read the storage of our pages.
SANDBOX = (
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; font-src 'self'; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Media types that browsers display without running scripts.
INERT = ("text/plain", "application/json", "application/pdf", "image/png", "image/jpeg",
         "image/gif", "image/webp", "image/avif", "text/csv")  # fmt: skip


class ExactFile(web.FileResponse):
    """A file response that ignores compressed copies of the file.

    To a client that accepts gzip, aiohttp would send ``name.gz`` from the same folder instead.
    """

    # Override a private method, because aiohttp has no option to ignore compressed copies. The
    # result is Any, because aiohttp does not export its type.
    def _get_file_path_stat_encoding(self, accept_encoding: str) -> Any:
        return super()._get_file_path_stat_encoding("")


def reply(response: Response) -> web.StreamResponse:
    """Convert the response of a view into a response of aiohttp."""
    headers = dict(response.headers)
    headers.setdefault("Content-Type", _content_type(response))
    if not isinstance(response, FileResponse):
        return web.Response(body=response.content(), status=response.status, headers=headers)
    if response.name:
        headers["Content-Disposition"] = attachment(response.name)
    return ExactFile(response.path, headers=headers)


def is_inert(response: Response) -> bool:
    """Whether a browser displays the response without running scripts."""
    return response.content_type.partition(";")[0].strip().lower() in INERT


def attachment(name: str) -> str:
    """The Content-Disposition that saves a file as ``name`` (RFC 6266, RFC 8187).

    The name is made safe: folders, and characters that change the direction of text, are removed.
    """
    name = safe_name(name)
    ascii_name = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def local_path(url: str) -> str:
    """The path and query of ``url``. The result is always a URL on this server."""
    # Browsers drop tabs and line breaks in URLs, so "/\t/evil.test" would become "//evil.test".
    parts = urlsplit("/" + re.sub(r"[\x00-\x20]", "", url).lstrip("/\\"))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _content_type(response: Response) -> str:
    kind = response.content_type
    needs_charset = kind.startswith("text/") and "charset" not in kind
    return f"{kind}; charset=utf-8" if needs_charset else kind
