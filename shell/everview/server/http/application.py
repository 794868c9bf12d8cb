"""`make_application` creates the aiohttp application with its checks, headers and routes.

Threads: the server thread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from everview.server.access.connections import watch_body
from everview.server.access.guard import Guard
from everview.server.client_bundle.files import PREFIX
from everview.server.http.pass_through import PassThrough
from everview.server.http.replies import POLICY, PRIVATE
from everview.server.http.static_files import StaticFiles
from everview.server.http.transfers import TransferRoutes
from everview.server.links.links import Links


def make_application(
    guard: Guard,
    links: Links,
    transfers: TransferRoutes,
    pass_through: PassThrough,
    static: StaticFiles,
    max_body_size: int,
) -> web.Application:
    """Create the application.

    Args:
        guard: Checks every request.
        links: Serves the websockets of windows.
        transfers: Serves answers of views, downloads and uploads.
        pass_through: Serves routes whose view gets the aiohttp request.
        static: Serves all other paths.
        max_body_size: The largest body of a form, in bytes.
    """

    async def open_link(request: web.Request) -> web.StreamResponse:
        refusal = guard.socket_refusal(request.headers.getall("Origin", []))
        if refusal is not None:
            return web.Response(status=403, text=refusal)
        return await links.handle(request)

    async def answer(request: web.Request) -> web.StreamResponse:
        route = pass_through.route_at(request.raw_path.partition("?")[0])
        if route is not None:
            return await pass_through.answer(route, request)
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        return static.answer(request)

    application = web.Application(middlewares=[_checks(guard)], client_max_size=max_body_size)
    application.on_response_prepare.append(_adds_headers(guard))
    application.router.add_get(PREFIX + "link", open_link)
    transfers.add_to(application.router)
    application.router.add_route("*", "/{path:.*}", answer)
    return application


def _checks(guard: Guard) -> Middleware:
    """The middleware that checks every request before routing, and refuses it if a check fails."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        hosts = request.headers.getall("Host", [])
        sites = request.headers.getall("Sec-Fetch-Site", [])
        refusal = guard.refusal(request.raw_path, hosts, sites)
        if refusal is None and request.method not in ("GET", "HEAD"):
            refusal = guard.write_refusal(request.headers.getall("Origin", []))
        if refusal is not None:
            return web.Response(status=403, text=refusal)
        watch_body(request)
        return await handler(request)

    return check


def _adds_headers(
    guard: Guard,
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """The signal handler that adds the security headers to every answer."""

    async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(guard.headers)
        if (policy := request.get(POLICY)) is not None:
            response.headers["Content-Security-Policy"] = policy
        if request.get(PRIVATE):
            response.headers["Cache-Control"] = "no-store"
        response.headers.popall("Server", None)

    return add_headers
