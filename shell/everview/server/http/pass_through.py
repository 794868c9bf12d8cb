"""`PassThrough`: routes that get aiohttp's request and return aiohttp's response.

A pass-through route needs no ticket: its author decides which requests are answered. As for every
request, Host, Sec-Fetch-Site and Origin are checked.

Threads: the server thread; plain functions run in view threads.
"""

from __future__ import annotations

import logging

from aiohttp import web

from everview.i18n import _
from everview.runtime.execution.activity import Activity, Spawn, run
from everview.runtime.routing.responses import Response
from everview.runtime.routing.routing import Route, Router
from everview.server.http.replies import reply

logger = logging.getLogger("everview.http")


class PassThrough:
    """The pass-through routes of a router."""

    def __init__(self, router: Router, spawn: Spawn) -> None:
        self._router = router
        self._spawn = spawn

    def route_at(self, path: str) -> Route | None:
        """The pass-through route for ``path``, or None."""
        found = self._router.resolve(path)
        return found[0] if found is not None and found[0].http_pass_through else None

    async def answer(self, route: Route, request: web.Request) -> web.StreamResponse:
        """Call the view of ``route`` with the request."""
        view = route.view
        if isinstance(view, type):
            # For a pass-through route, a view class is only a namespace. There is no window, so no
            # instance is started.
            view = object.__new__(view).handle_request
        name = f"{request.method} {request.path}"
        try:
            result = await run(Activity(name), view, (request,), self._spawn)
        except web.HTTPException:
            raise
        except Exception:  # the author's code can raise any exception; the client gets no details
            logger.exception("%s failed", name)
            return _failure()
        if isinstance(result, Response):
            return reply(result)
        if isinstance(result, web.StreamResponse):
            return result
        logger.error("%s returned %r, which is not a response", name, result)
        return _failure()


def _failure() -> web.Response:
    return web.Response(status=500, text=_("The view failed. The log has the details."))
