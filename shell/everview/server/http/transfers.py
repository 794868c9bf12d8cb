"""`TransferRoutes` handles answers of views, downloads and uploads over HTTP.

A request is permitted by a ticket or a token in its URL (``runtime.transfers``). Cookies and other
headers are not used for permissions.

Threads: the server thread; files are written in other threads.
"""

from __future__ import annotations

import logging
from urllib.parse import unquote

from aiohttp import web
from aiohttp.http import HttpProcessingError

from everview.i18n import _
from everview.runtime.routing.answers import answer
from everview.runtime.runtime import Runtime
from everview.runtime.transfers.transfers import DOWNLOAD_PREFIX, HTTP_PREFIX, UPLOAD_PREFIX
from everview.server.access.connections import mark_authenticated
from everview.server.http.replies import (
    POLICY,
    PRIVATE,
    SANDBOX,
    ExactFile,
    attachment,
    is_inert,
    local_path,
    reply,
)
from everview.server.http.uploads import UploadReceiver

logger = logging.getLogger("everview.http")

#: aiohttp raises these exceptions if the body of a form cannot be parsed.
INVALID_FORM = (
    ValueError, LookupError, RuntimeError, HttpProcessingError, web.RequestPayloadError,
)  # fmt: skip
#: An upload is read in pieces of at most this number of bytes.
UPLOAD_CHUNK = 256 * 1024


class TransferRoutes:
    """The routes below the prefixes of ``runtime.transfers``."""

    def __init__(self, runtime: Runtime, uploads: UploadReceiver) -> None:
        self._runtime = runtime
        self._uploads = uploads

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes to ``router``."""
        # There is no route for HEAD, because a HEAD request would use up the ticket without
        # delivering the content.
        for method in ("GET", "POST"):
            router.add_route(method, HTTP_PREFIX + "{ticket}{url:/.*}", self._answer)
        router.add_get(DOWNLOAD_PREFIX + "{ticket}/{name}", self._download, allow_head=False)
        router.add_post(UPLOAD_PREFIX + "{token}", self._upload)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        request[PRIVATE] = True
        ticket = request.match_info["ticket"]
        url = request.raw_path.removeprefix(HTTP_PREFIX + ticket)
        view_request = self._runtime.transfers.redeem(ticket)
        if view_request is None or view_request.url != url:
            # The ticket is already used or expired, for example after a reload. Redirect to the
            # URL without the ticket. The page at that URL requests a new ticket.
            return web.Response(status=302, headers={"Location": local_path(url)})
        mark_authenticated(request)
        view_request.method = request.method
        if request.method == "POST":
            try:
                form = await request.post()
            except INVALID_FORM as error:
                logger.debug("invalid form: %r", str(error)[:200])
                return web.Response(status=400, text="Invalid form.")
            view_request.POST = {
                name: value for name, value in form.items() if isinstance(value, str)
            }
        response = await answer(self._runtime, view_request)
        if not is_inert(response):
            request[POLICY] = SANDBOX
        return reply(response)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        request[PRIVATE] = True
        download = self._runtime.transfers.redeem_download(request.match_info["ticket"])
        if download is None:
            text = _("This download link has been used or has expired. Start the download again.")
            return web.Response(status=404, text=text)
        mark_authenticated(request)
        headers = {
            "Content-Disposition": attachment(download.name),
            "Content-Type": "application/octet-stream",
        }
        if download.path is None:
            return web.Response(body=download.body or b"", headers=headers)
        if not download.path.is_file():
            return web.Response(status=404, text=_("The file no longer exists."))
        return ExactFile(download.path, headers=headers)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        request[PRIVATE] = True
        bucket = self._runtime.transfers.bucket(request.match_info["token"])
        if bucket is not None:
            mark_authenticated(request)
        result = await self._uploads.receive(
            bucket,
            unquote(request.headers.get("X-File-Name", ""), errors="replace"),
            request.content_length,
            request.content_type,
            request.content.iter_chunked(UPLOAD_CHUNK),
        )
        return web.Response(status=result.status, text=result.text)
