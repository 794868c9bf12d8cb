"""`App`: what a view's author makes, and what ``app.run()`` does with it.

Not for: the wiring of a running process (``startup``), the command line (``cli``).
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from everview import i18n as strings
from everview.authoring.builtin import NotFoundView, check_view, error_view, make_view
from everview.authoring.server_api import ServerAPI, SharedState
from everview.authoring.settings import Settings
from everview.authoring.templates import JinjaTemplates
from everview.errors import EverviewError, HandlerError, ViewError
from everview.html.tree.static_files import CLASSES, StaticFile, StaticTable, add_class_files
from everview.runtime.execution.activity import current
from everview.runtime.routing.middlewares import check_middleware
from everview.runtime.routing.routing import Route, Router
from everview.runtime.routing.site import Site
from everview.runtime.runtime import Runtime
from everview.runtime.services import Services

V = TypeVar("V")
F = TypeVar("F", bound=Callable[..., Any])


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
        self.static_files = StaticTable(CLASSES)
        self.start_url_of: Callable[[list[str], Path], str | None] | None = None
        self._runtime: Runtime | None = None
        self.settings = Settings()
        self._templates = JinjaTemplates(self.script_path.parent, self.settings)
        self.site = Site(NotFoundView, self.title, templates=self._templates,
                         static_files=self.static_files, shared_state=self.state)  # fmt: skip
        self._translations: list[Path] = [strings.TRANSLATIONS]

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
            if http_pass_through:
                if not callable(view):
                    raise HandlerError(f"{view!r} cannot be routed: it is not callable")
                self.router.add(Route(pattern, view, name, False, True))
                return view
            view_class = check_view(view)
            for base in view_class.__mro__:
                add_class_files(base)
            self.router.add(Route(pattern, view_class, name, interactive, http_pass_through))
            return view

        return add

    def middleware(self, middleware: V) -> V:
        """Add a middleware: an object, or a class, of which one is made (`MiddlewareData`).

        Raises `HandlerError` if it has none of a middleware's methods.
        """
        made = middleware() if isinstance(middleware, type) else middleware
        check_middleware(made)
        self.site.middlewares.append(made)
        return middleware

    def identify(self, function: F) -> F:
        """Let ``function(connection)`` say whose a connection is: a name, or None to refuse it.

        Plain or ``async``. Without one, everybody who holds the key of this app is its owner.
        """
        if not callable(function):
            raise HandlerError(f"{function!r} cannot say whose a connection is: it is not callable")
        self.site.identify = function
        return function

    def start_url(self, function: F) -> F:
        """Let ``function(arguments, folder)`` say what a start of the app shows: a path of it.

        ``arguments``: what was given to the program, ``folder``: a `pathlib.Path`, where. Also of a
        second start, in the process that runs. None: the app's windows of the last time, or "/".
        """
        if not callable(function):
            raise HandlerError(f"{function!r} cannot say what to show: it is not callable")
        self.start_url_of = function
        return function

    def frontend_view(self, function: F) -> F:
        """Let ``function(request)`` build what is around every view, with one `Content` in it."""
        if not callable(function):
            raise HandlerError(f"{function!r} cannot build a layout: it is not callable")
        self.site.layout = function
        return function

    def error_403_view(self, view: V) -> V:
        """Show this where a view raises `ForbiddenError`: a function or class, as below."""
        self.site.error_views[403] = error_view(view)
        return view

    def error_404_view(self, view: V) -> V:
        """Show this at a URL without a route: a function of the request, or a view class."""
        self.site.not_found_view = check_view(view)
        return view

    def error_500_view(self, view: V) -> V:
        """Show this where a view failed: a function of request and error, or a view class."""
        self.site.error_views[500] = error_view(view)
        return view

    def add_template(self, name: str, string: str = "", path: str | Path = "") -> None:
        """Add a template: a text, or the file at ``path``, relative to the app's script."""
        text = (self.script_path.parent / path).read_text(encoding="utf-8") if path else string
        self._templates.add(name, text)

    def add_static_file(
        self, name: str, string: str = "", path: str | Path = "", link: bool = False
    ) -> str:
        """Serve a text, or the file at ``path``, as ``name``; returns its URL.

        ``path`` is relative to the app's script. ``link``: every view's page loads it, a ``.css``
        as a style sheet, a ``.js`` as an ES module. Raises `StaticFileError` if it cannot be read.
        """
        body = None if path else string.encode()
        file = StaticFile(path, name=name, url=name, link=link, body=body)
        return self.static_files.add(file, self.script_path.parent).url

    def add_translations(self, folder: str | Path = "translations") -> None:
        """Take texts from the ``<language>.po`` files in ``folder``, before the shell's own.

        ``folder`` is relative to the app's script. Views get at them by ``everview.i18n``.
        """
        self._translations.append(self.script_path.parent / folder)

    def use_language(self) -> None:
        """Load the texts of the language that is wanted; called once when the app starts."""
        strings.use(strings.wanted(self.settings.LANGUAGE), self._translations)

    @property
    def server(self) -> ServerAPI:
        """The running server, as views of the calling code's owner see it.

        Outside views, as the app's own code sees it: with no owner. Raises `ViewError` while the
        app does not run.
        """
        if self._runtime is None:
            raise ViewError("the app does not run: app.server is there when it does")
        activity = current()
        owner: Any = activity.owner if activity is not None else None
        return ServerAPI(self._runtime, owner.user if owner is not None else "")

    def make_runtime(self, services: Services) -> Runtime:
        """Make what runs the views of this app."""
        self.site.stop_daemons = self.settings.STOP_DAEMON_WHEN_VIEW_FINISHES
        self.site.http_max_size = self.settings.HTTP_MAX_SIZE
        for name, value in self.settings.INITIAL_SERVER_STATE.items():
            self.state.setdefault(name, value)
        self._runtime = Runtime(self.router, self.site, services, make_view, ServerAPI)
        return self._runtime

    def run(
        self,
        headless: bool = False,
        port: int = 0,
        url: str = "",
        *,
        address: str = "",
        certificate: str = "",
        key: str = "",
        hosts: Sequence[str] = (),
    ) -> None:
        """Open a window at ``url``; if this app runs already, in the process that it runs in.

        Without one: what `start_url` says, else the windows of the last time, else "/".

        ``headless``: serve without windows; the first line on stdout is an address for a browser.

        ``address``, ``certificate`` and ``key``, all three or none: serve other machines, too, by
        TLS, with the PEM files at these paths. ``hosts``: by which names; by default those in the
        certificate. Without them no other machine can reach the app.
        Ends the process when the app ends.
        """
        if _starter is None:
            raise EverviewError("App.run needs the package: write 'from everview import App'")
        start = Start(headless, port, url, address, certificate, key, tuple(hosts))
        sys.exit(_starter(self, start))


@dataclass(frozen=True, slots=True)
class Start:
    """The arguments of `App.run`."""

    headless: bool = False
    port: int = 0
    url: str = ""
    address: str = ""
    certificate: str = ""
    key: str = ""
    hosts: tuple[str, ...] = ()


#: Starts an app and returns the exit code. Starting needs the server and the desktop, which are
#: above this layer, so the package's ``__init__`` registers it.
Starter = Callable[[App, Start], int]
_starter: Starter | None = None


def register_starter(starter: Starter) -> None:
    """Set what `App.run` calls."""
    global _starter  # noqa: PLW0603  (one per process, set once at import)
    _starter = starter
