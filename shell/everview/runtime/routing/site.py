"""`Site`: the parts of an app that the runtime uses, except the routes.

`App` sets all attributes of its `Site` before the runtime starts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from everview.html import Node
from everview.html.tree.static_files import CLASSES, StaticTable
from everview.runtime.windows.connection import Connection


class Templates(Protocol):
    """Renders templates. The methods are called in threads, so they may block."""

    def render(self, name: str, context: Mapping[str, object]) -> Node:
        """Render the template ``name``."""
        ...

    def render_string(self, string: str, context: Mapping[str, object]) -> Node:
        """Render the template ``string``."""
        ...


@dataclass
class Site:
    """An app without its routes.

    Args:
        not_found_view: the view class for a URL without a route.
        title: the title of the app.
        middlewares: see `everview.runtime.routing.middlewares`.
        error_views: by HTTP status, the page for a refusal (403) or a failure (500).
        identify: returns the user of a connection; None refuses it.
        layout: builds the nodes around every view.
        templates: renders templates.
        stop_daemons: whether daemon views end when they finish, if their class does not set it.
        http_max_size: maximum size of the body of an HTTP request, in bytes.
        static_files: the files of the app and of all classes.
        shared_state: `ServerAPI.state`.
    """

    not_found_view: Any
    title: str = ""
    middlewares: list[object] = field(default_factory=list)
    error_views: dict[int, Callable[..., object]] = field(default_factory=dict)
    identify: Callable[[Connection], Awaitable[str | None] | str | None] | None = None
    layout: Callable[..., object] | None = None
    templates: Templates | None = None
    stop_daemons: bool = False
    http_max_size: int = 1024**2
    static_files: StaticTable = field(default_factory=lambda: StaticTable(CLASSES))
    shared_state: Any = None
