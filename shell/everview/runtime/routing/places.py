"""Places: the views of an app that a user can open by a path without arguments."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from everview.i18n import _
from everview.runtime.routing.routing import Router


@dataclass(frozen=True)
class Place:
    """An entry for a view in the palette and in lists of views."""

    url: str
    title: str
    summary: str


def places(router: Router) -> list[Place]:
    """The views of an app, in the order of its routes, without its start page.

    Routes with arguments and routes that answer over HTTP are left out.
    """
    found = []
    for route in router.routes:
        if route.pattern == "/" or "<" in route.pattern or "*" in route.pattern:
            continue
        if not route.interactive or route.http_pass_through:
            continue
        title = getattr(route.view, "TITLE", "") or route.view.__name__
        summary = (inspect.getdoc(route.view) or "").partition("\n\n")[0]
        found.append(Place(route.build({}), _(title), _(" ".join(summary.split()))))
    return found
