"""`StaticFiles` serves the files of the client, and the files that views and apps declare.

Threads: the server thread.
"""

from __future__ import annotations

from aiohttp import web

from everview.html.tree.static_files import PREFIX, StaticTable
from everview.server.client_bundle.files import File, Files, is_text


class StaticFiles:
    """Answers requests from two tables of files.

    Args:
        client: The files of the client. One of them is the page, which is sent for the path of
            every view.
        declared: The files that views and apps declare.
    """

    def __init__(self, client: Files, declared: StaticTable) -> None:
        self._client = client
        self._declared = declared

    def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer with the file at the path of ``request``."""
        file = self._find(request.path)
        if file is None:
            return web.Response(status=404, text="File not found.")
        if request.headers.get("If-None-Match") == file.etag:
            return web.Response(status=304, headers={"ETag": file.etag})
        return web.Response(
            body=file.body,
            content_type=file.type,
            charset="utf-8" if is_text(file.type) else None,
            headers={"ETag": file.etag},
        )

    def _find(self, path: str) -> File | None:
        if not path.startswith(PREFIX):
            return self._client.get(path)
        declared = self._declared.get(path)
        return File(declared.body, declared.type, declared.etag) if declared else None
