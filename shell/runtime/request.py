"""`Request`: what a view is asked to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shell.runtime.routing import Route


@dataclass(frozen=True)
class Request:
    """``url`` is path and query; ``GET`` the query's values (the last of a name wins)."""

    url: str
    user: str
    route: Route | None = None
    match_info: dict[str, Any] = field(default_factory=dict)
    method: str = "GET"
    interactive: bool = True
    POST: dict[str, Any] = field(default_factory=dict)
    checkpoint: Any = None

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def GET(self) -> dict[str, str]:  # noqa: N802  (the reference framework's name)
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))
