"""`Site`: what an app consists of beside its routes, as the runtime needs it.

Filled by `App` before anything runs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from everview.html import Node
from everview.html.tree.static_files import CLASSES, StaticTable
from everview.runtime.windows.connection import Connection


class Templates(Protocol):
    """Fills in templates. May block: called in threads."""

    def render(self, name: str, context: Any) -> Node:
        """The template called ``name`` as nodes."""
        ...

    def render_string(self, string: str, context: Any) -> Node:
        """The template ``string`` as nodes."""
        ...


@dataclass
class Site:
    """An app without its routes.

    ``title``: what the app is called.
    ``not_found_view``: the view class at a URL without a route. ``error_views``: by HTTP status,
    what shows a refusal (403) or a failure (500).
    ``identify``: whose a connection is; None refuses it. ``layout``: what is around every view.
    ``stop_daemons``: whether daemon views end when they finish, where their class does not say.
    ``http_max_size``: of the body of a request over HTTP, in bytes.
    ``static_files``: the files of the app and of all classes. ``shared_state``: `ServerAPI.state`.
    """

    not_found_view: Any
    title: str = ""
    middlewares: list[object] = field(default_factory=list)
    error_views: dict[int, Any] = field(default_factory=dict)
    identify: Callable[[Connection], Awaitable[str | None] | str | None] | None = None
    layout: Any = None
    templates: Templates | None = None
    stop_daemons: bool = False
    http_max_size: int = 1024**2
    static_files: StaticTable = field(default_factory=lambda: StaticTable(CLASSES))
    shared_state: Any = None
