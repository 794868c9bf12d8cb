"""`Request`: the URL and context that a view is started with."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from everview.runtime.execution.activity import Owner
from everview.runtime.routing.routing import Route
from everview.runtime.windows.connection import Connection

_ids = itertools.count(1)


@dataclass(eq=False)
class Request:
    """A request for a view.

    Args:
        url: path and query. ``GET`` has the query's values, the last one of each name.
        user: the owner of the window.
        route: the route of the URL; None without one.
        match_info: the arguments in the path.
        method: the HTTP method; "GET" over a link.
        interactive: whether the request came over a link, not over HTTP.
        POST: the form of an HTTP request.
        connection: the connection of the first window.
        checkpoint: the data that the view saved before the app ended (`View.checkpoint`).
        id: the number of the request, counted from the start of the server.
    """

    url: str
    user: str
    route: Route | None = None
    match_info: Mapping[str, Any] = field(default_factory=dict)
    method: str = "GET"
    interactive: bool = True
    POST: Mapping[str, Any] = field(default_factory=dict)
    connection: Connection | None = None
    checkpoint: Any = None
    id: int = field(default_factory=lambda: next(_ids))
    #: The instance that was started for this request. The runtime sets this attribute.
    owner: Owner | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @cached_property
    def GET(self) -> dict[str, str]:  # noqa: N802  (the reference framework's name)
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))
