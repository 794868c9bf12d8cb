"""What routes answer over HTTP, where there is no window: ``interactive=False``.

A view is made for the request, asked once, and ends. What it returns becomes a `Response`: a node
its HTML, a text a text, a redirect a 302.

Not for: HTTP itself and who may ask (``everview.server.http.http``).
"""

from __future__ import annotations

import logging
from typing import Any

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

log = logging.getLogger("everview.view")


async def answer(runtime: Runtime, request: Request) -> Response:
    """The answer to ``request``, whose route is set. Raises nothing: a failure is a status."""
    try:
        instance = runtime.make_instance(request)
        result = await instance.respond()
        if isinstance(result, (TemplateResponse, TemplateStringResponse)):
            result = await instance.page.node_of(result)
        return response_of(result)
    except ForbiddenError as error:
        return Response(str(error) or _("You may not see this."), status=403)
    except Exception:  # an author's: it is logged, and who asks learns no more than that
        log.exception("%s %s failed", request.method, request.url)
        return Response(_("The view failed. The log has the details."), status=500)


def response_of(result: Any) -> Response:
    """What a view returned, as an HTTP response. Raises `ViewError` for what cannot be one."""
    if isinstance(result, Response):
        return result
    if isinstance(result, (RedirectResponse, HttpRedirectResponse)):
        if not is_safe_url(result.url):
            raise ViewError(f"{result.url!r} cannot be redirected to")
        return Response("", status=302, headers={"Location": result.url})
    if isinstance(result, Node):
        html = f'<!doctype html><meta charset="utf-8">{markup(result)}'
        return Response(html, content_type="text/html")
    if result is None or isinstance(result, str):
        return Response(result or "")
    raise ViewError(
        f"handle_request returned {result!r}; return a node, a text, bytes in a Response, "
        "a JsonResponse or a FileResponse"
    )
