"""`App`: what a view's author makes, and what ``app.run()`` does with it.

Not for: the wiring of a running process (``startup``), the command line (``cli``).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from shell.errors import EverviewError, HandlerError
from shell.runtime.activity import Spawn
from shell.runtime.builtin import NotFoundView, make_view, view_of_function
from shell.runtime.routing import Route, Router
from shell.runtime.runtime import Runtime, check_view
from shell.runtime.server_api import SharedState
from shell.runtime.view import View

V = TypeVar("V")


class App:
    """An app: its routes and its name. ``script_path`` is ``__file__``.

    ``name`` names its folders and the one process it runs in; by default the script's name and
    place, so that two scripts are two apps. ``title`` is what windows are called before a view
    names itself.
    """

    def __init__(
        self, script_path: str | Path, name: str | None = None, title: str | None = None
    ) -> None:
        self.script_path = Path(script_path).absolute()
        stem = re.sub(r"[^a-z0-9]+", "-", self.script_path.stem.lower()).strip("-") or "app"
        place = hashlib.sha256(str(self.script_path).encode()).hexdigest()[:8]
        self.name = name or f"{stem[:40]}-{place}"
        self.title = title or self.script_path.stem.replace("_", " ").title()
        self.router = Router()
        self.state = SharedState()
        self.not_found_view: type[View] = NotFoundView

    def route(
        self,
        pattern: str,
        name: str = "",
        interactive: bool = True,
        http_pass_through: bool = False,
    ) -> Callable[[V], V]:
        """Show the decorated view class, or function of a request, at ``pattern``.

        Raises `RouteError` for a pattern or name that cannot be, `NotAViewError` for what is no
        view.
        """

        def add(view: V) -> V:
            view_class: Any = view
            if not isinstance(view, type) and callable(view):
                view_class = view_of_function(view)
            elif not callable(view):
                raise HandlerError(f"{view!r} cannot be routed: give a class or a function")
            check_view(view_class, View)
            self.router.add(Route(pattern, view_class, name, interactive, http_pass_through))
            return view

        return add

    def make_runtime(self, loop: asyncio.AbstractEventLoop, spawn: Spawn) -> Runtime:
        """What runs this app's views, on ``loop``, with plain code in the threads of ``spawn``."""
        return Runtime(self.router, spawn, make_view, self.not_found_view, loop, self.state)

    def run(self, headless: bool = False, port: int = 0, url: str = "/") -> None:
        """Open a window at ``url``; if this app runs already, in the process that it runs in.

        ``headless``: serve without windows; the first line on stdout is an address for a browser.
        Ends the process when the app ends.
        """
        from shell.startup import run

        try:
            code = run(self, headless=headless, port=port, url=url)
        except EverviewError as error:
            sys.stderr.write(f"{self.name}: {error}\n")
            code = 1
        sys.exit(code)
