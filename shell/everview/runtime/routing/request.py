"""`Request`: what a view is asked to show."""

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
    """``url`` is path and query; ``GET`` the query's values (the last of a name wins).

    ``match_info``: the path's arguments. ``interactive``: it came over a link, not over HTTP, which
    also has a ``method`` and ``POST``. ``connection``: of the window that asked first.
    ``checkpoint``: what the view saved before the app ended (`View.checkpoint`). ``id`` counts up.
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
    #: The instance that was started for it; the runtime's.
    owner: Owner | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @cached_property
    def GET(self) -> dict[str, str]:  # noqa: N802  (the reference framework's name)
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))
