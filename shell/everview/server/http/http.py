"""`Http`: what is answered over HTTP beside the static files.

Those are answers, downloads, uploads, and routes that take the request as it is.

Who may is in the URL (``runtime.transfers``), and nothing else is: no cookie, no header. Only
pass-through routes have no such right: their author decides whom to answer, behind the same guard
(Host, Sec-Fetch-Site, Origin) as everything.

Threads: the server thread; disks are written to in threads.
"""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from aiohttp import web
from aiohttp.http import HttpProcessingError

from everview.i18n import _
from everview.runtime.execution.activity import Activity, run
from everview.runtime.routing.answers import answer
from everview.runtime.routing.responses import FileResponse, Response
from everview.runtime.routing.routing import Route
from everview.runtime.runtime import Runtime
from everview.runtime.transfers.transfers import DOWNLOAD_PREFIX, HTTP_PREFIX, UPLOAD_PREFIX
from everview.server.access.connections import Connection
from everview.server.execution.threads import ViewThreads
from everview.server.http.uploads import FileStore, UploadReceiver

log = logging.getLogger("everview.http")

#: Where a request notes that its answer has another policy than pages have.
POLICY = web.RequestKey("policy", str)
#: An answer that could hold scripts is of no origin: it cannot reach what our pages keep.
SANDBOX = (
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; font-src 'self'; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: What aiohttp raises at the body of a form that is none.
UNREADABLE = (
    ValueError, LookupError, RuntimeError, HttpProcessingError, web.RequestPayloadError,
)  # fmt: skip
#: Types that browsers show without running anything.
INERT = ("text/plain", "application/json", "application/pdf", "image/png", "image/jpeg",
         "image/gif", "image/webp", "image/avif", "text/csv")  # fmt: skip


class ExactFile(web.FileResponse):
    """The file itself: aiohttp would send ``name.gz`` beside it to who takes that."""

    def _get_file_path_stat_encoding(self, accept_encoding: str) -> Any:
        return super()._get_file_path_stat_encoding("")


class Http:
    """Answers over HTTP for one runtime."""

    def __init__(self, runtime: Runtime, threads: ViewThreads, store: FileStore) -> None:
        self._runtime = runtime
        self._threads = threads
        self._uploads = UploadReceiver(store, threads)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve below the prefixes of transfers."""
        # Who asks with HEAD wants to know, not to have: that must not use a right up.
        for method in ("GET", "POST"):
            router.add_route(method, HTTP_PREFIX + "{ticket}{url:/.*}", self._answer)
        router.add_get(DOWNLOAD_PREFIX + "{ticket}/{name}", self._download, allow_head=False)
        router.add_post(UPLOAD_PREFIX + "{token}", self._upload)

    # answers -----------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = self._runtime.transfers.redeem(request.match_info["ticket"])
        url = request.raw_path.removeprefix(HTTP_PREFIX + request.match_info["ticket"])
        if asked is None or asked.url != url:
            # Reloaded, or too late: the page of the URL itself asks for a new right.
            return web.Response(status=302, headers={"Location": _inside(url)})
        _has_right(request)
        asked.method = request.method
        if request.method == "POST":
            try:
                form = await request.post()
            except UNREADABLE as error:
                log.debug("a form cannot be read: %r", str(error)[:200])
                return web.Response(status=400, text="This form cannot be read.")
            asked.POST = {name: value for name, value in form.items() if isinstance(value, str)}
        response = await answer(self._runtime, asked)
        if response.content_type.partition(";")[0].strip().lower() not in INERT:
            request[POLICY] = SANDBOX
        return self._send(response)

    def _send(self, response: Response) -> web.StreamResponse:
        headers = dict(response.headers)
        if isinstance(response, FileResponse):
            headers.setdefault("Content-Type", _content_type(response))
            if response.name:
                headers["Content-Disposition"] = _attachment(response.name)
            return ExactFile(response.path, headers=headers)
        headers.setdefault("Content-Type", _content_type(response))
        return web.Response(body=response.content(), status=response.status, headers=headers)

    # downloads ---------------------------------------------------------------------------------

    async def _download(self, request: web.Request) -> web.StreamResponse:
        download = self._runtime.transfers.redeem_download(request.match_info["ticket"])
        if download is None:
            said = _("This file was to be had once; ask for it again.")
            return web.Response(status=404, text=said)
        _has_right(request)
        headers = {
            "Content-Disposition": _attachment(download.name),
            "Content-Type": "application/octet-stream",
        }
        if download.path is not None:
            if not download.path.is_file():
                return web.Response(status=404, text=_("The file is not there any more."))
            return ExactFile(download.path, headers=headers)
        return web.Response(body=download.body or b"", headers=headers)

    # uploads -----------------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        bucket = self._runtime.transfers.bucket(request.match_info["token"])
        if bucket is not None:
            _has_right(request)
        result = await self._uploads.receive(
            bucket,
            unquote(request.headers.get("X-File-Name", ""), errors="replace"),
            request.content_length,
            request.content_type,
            request.content.iter_chunked(256 * 1024),
        )
        return web.Response(status=result.status, text=result.text)

    # pass-through ------------------------------------------------------------------------------

    def pass_through(self, path: str) -> Route | None:
        """The route that takes requests for ``path`` as they are, if one does."""
        found = self._runtime.router.resolve(path)
        return found[0] if found is not None and found[0].http_pass_through else None

    async def pass_to(self, route: Route, request: web.Request) -> web.StreamResponse:
        """The answer of a pass-through route: aiohttp's request in, aiohttp's response out."""
        view = route.view
        if isinstance(view, type):
            view = object.__new__(view).handle_request
        name = f"{request.method} {request.path}"
        try:
            result = await run(Activity(name), view, (request,), self._threads)
        except web.HTTPException:
            raise
        except Exception:  # an author's: who asks learns no more than that
            log.exception("%s failed", name)
            return web.Response(status=500, text=_("The view failed; the log says why."))
        if isinstance(result, Response):
            return self._send(result)
        if not isinstance(result, web.StreamResponse):
            log.error("%s returned %r, which is no response of aiohttp", name, result)
            return web.Response(status=500, text=_("The view failed; the log says why."))
        return result


def _has_right(request: web.Request) -> None:
    """Its connection is not one of the few that ask without a right."""
    if isinstance(request.protocol, Connection):
        request.protocol.is_proven()


def _content_type(response: Response) -> str:
    kind = response.content_type
    is_text = kind.startswith("text/") and "charset" not in kind
    return f"{kind}; charset=utf-8" if is_text else kind


def _attachment(name: str) -> str:
    """The header that has a file saved under ``name`` (RFC 6266, RFC 8187)."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _inside(url: str) -> str:
    """The path and query of ``url``, on this server whatever it is."""
    # Parsers leave tabs and line breaks out: what is behind them would come to the front.
    parts = urlsplit("/" + re.sub(r"[\x00-\x20]", "", url).lstrip("/\\"))
    return parts.path + (f"?{parts.query}" if parts.query else "")
