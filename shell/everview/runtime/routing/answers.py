"""Answers of routes with ``interactive=False``, over HTTP and without a window.

A view is created for the request, called once, and ends. Its result becomes a `Response`: a node
becomes HTML, a string text, a redirect status 302.

This module does not parse HTTP and does not control access; see ``everview.server.http``.
"""

from __future__ import annotations

import logging

from everview.errors import ForbiddenError, ViewError
from everview.html import Node
from everview.html.elements.markup import markup
from everview.html.tree.safety import is_safe_url
from everview.i18n import _
from everview.runtime.routing.request import Request
from everview.runtime.routing.responses import (
    HttpRedirectResponse,
    RedirectResponse,
    Response,
    TemplateResponse,
    TemplateStringResponse,
)
from everview.runtime.runtime import Runtime

logger = logging.getLogger("everview.view")


async def answer(runtime: Runtime, request: Request) -> Response:
    """Answer a request whose attribute ``route`` is set.

    A failure becomes an HTTP status and is not raised.
    """
    try:
        instance = runtime.make_instance(request)
        result = await instance.respond()
        if isinstance(result, (TemplateResponse, TemplateStringResponse)):
            result = await instance.page.node_of(result)
        return response_of(result)
    except ForbiddenError as error:
        return Response(str(error) or _("Access denied."), status=403)
    except Exception:  # Author code raised the exception. The client gets no details of it.
        logger.exception("%s %s failed", request.method, request.url)
        return Response(_("The view failed. The log has the details."), status=500)


def response_of(result: object) -> Response:
    """The result of a view as an HTTP response.

    Raises:
        ViewError: the result cannot become a response.
    """
    if isinstance(result, Response):
        return result
    if isinstance(result, (RedirectResponse, HttpRedirectResponse)):
        if not is_safe_url(result.url):
            raise ViewError(f"a redirect cannot lead to {result.url!r}")
        return Response("", status=302, headers={"Location": result.url})
    if isinstance(result, Node):
        html = f'<!doctype html><meta charset="utf-8">{markup(result)}'
        return Response(html, content_type="text/html")
    if result is None or isinstance(result, str):
        return Response(result or "")
    raise ViewError(
        f"handle_request returned {result!r}: return a node, a string, a Response, a JsonResponse "
        "or a FileResponse"
    )
