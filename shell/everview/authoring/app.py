"""`App`: the routes, settings and metadata of an app, and `App.run`.

This module does not start the process (see ``application.startup``) and does not parse the command
line (see ``cli``).
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from everview import i18n
from everview.authoring.app_folder import AppTable, find_app_folder
from everview.authoring.builtin import NotFoundView, check_view, error_view, make_view
from everview.authoring.server_api import ServerAPI, SharedState
from everview.authoring.settings import Settings
from everview.authoring.templates import JinjaTemplates
from everview.errors import AppTableError, EverviewError, HandlerError, ViewError
from everview.html.tree.static_files import CLASSES, StaticFile, StaticTable, add_class_files
from everview.runtime.execution.activity import current
from everview.runtime.instances.instance import Instance
from everview.runtime.routing.middlewares import check_middleware
from everview.runtime.routing.request import Request
from everview.runtime.routing.routing import Route, Router
from everview.runtime.routing.site import Site
from everview.runtime.runtime import Runtime
from everview.runtime.services import Services
from everview.runtime.windows.connection import Connection

#: The type of a view in a route: a view class, a function, or another callable object.
C = TypeVar("C", bound=Callable[..., object])
#: The type of a middleware: an instance or a class.
M = TypeVar("M")
Identify = TypeVar("Identify", bound=Callable[[Connection], Awaitable[str | None] | str | None])
Layout = TypeVar("Layout", bound=Callable[[Request], object])
StartURL = TypeVar("StartURL", bound=Callable[[list[str], Path], str | None])


class App:
    """An app: its routes, settings and metadata.

    A ``pyproject.toml`` in the script's folder or above may describe the app in a table
    ``[tool.everview]`` (`everview.authoring.app_folder`). The table then provides the values of
    missing arguments.

    Args:
        script_path: ``__file__`` of the script. Templates, translations and static files are
            found relative to its folder.
        name: The name of the app's data folder and of its single process: two scripts with the
            same name are one app. The default is made from the script's name and path.
        title: The title of windows whose view has no title. The default is made from the script's
            name.
        id: A reverse domain name, such as "org.example.MyApp".
        version: The version for the About page.
        icon: An SVG or PNG file, relative to the script's folder.

    Raises:
        AppTableError: The table ``[tool.everview]`` is malformed, or one of its values differs from
            an argument.
    """

    def __init__(
        self,
        script_path: str | Path,
        name: str | None = None,
        title: str | None = None,
        *,
        id: str | None = None,
        version: str | None = None,
        icon: str | Path | None = None,
    ) -> None:
        self.script_path = Path(script_path).absolute()
        script_folder = self.script_path.parent
        found = find_app_folder(script_folder)
        #: The folder whose table ``[tool.everview]`` describes this app, or None.
        self.folder = found if found is not None and found.describes(self.script_path) else None
        table = self.folder.table if self.folder is not None else AppTable("", "")
        self.name = _only("name", table.name, name) or _default_name(self.script_path)
        default_title = self.script_path.stem.replace("_", " ").title()
        self.title = _only("title", table.title, title) or default_title
        self.id = _only("id", table.id, id)
        self.version = _only("version", table.version, version)
        in_table = self.folder.path / table.icon if self.folder and table.icon else None
        argument = script_folder / icon if icon else None
        icon_path = _only("icon", _normal(in_table), _normal(argument))
        self.icon = Path(icon_path) if icon_path else None
        self.router = Router()
        self.state = SharedState()
        self.static_files = StaticTable(CLASSES)
        self.start_url_of: Callable[[list[str], Path], str | None] | None = None
        self._runtime: Runtime | None = None
        self.settings = Settings()
        self._templates = JinjaTemplates(script_folder, self.settings)
        self.site = Site(NotFoundView, self.title, templates=self._templates,
                         static_files=self.static_files, shared_state=self.state)  # fmt: skip
        self._translations: list[Path] = [i18n.TRANSLATIONS]

    def route(
        self,
        pattern: str,
        name: str = "",
        interactive: bool = True,
        http_pass_through: bool = False,
    ) -> Callable[[C], C]:
        """Show the decorated view at a URL.

        Args:
            pattern: A path with arguments, such as ``/rooms/<room>/``
                (`everview.runtime.routing`).
            name: A name for `ServerAPI.reverse`.
            interactive: False: the view is rendered once, without a live link.
            http_pass_through: True: the decorated function receives the aiohttp request and
                returns an aiohttp response.

        Returns:
            A decorator for a view class, or for a function that takes the request.

        Raises:
            RouteError: The pattern or the name is invalid, or is already used.
            NotAViewError: The decorated object is not a view.
            HandlerError: The object of a pass-through route is not callable.
        """

        def add(view: C) -> C:
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

    def middleware(self, middleware: M) -> M:
        """Add a middleware (`MiddlewareData`).

        Args:
            middleware: An object, or a class whose constructor needs no arguments.

        Raises:
            HandlerError: ``middleware`` has none of the methods of a middleware.
        """
        instance = middleware() if isinstance(middleware, type) else middleware
        check_middleware(instance)
        self.site.middlewares.append(instance)
        return middleware

    def identify(self, function: Identify) -> Identify:
        """Set the function that returns the user of a connection.

        If no such function is set, every client with the app's key counts as the owner.

        Args:
            function: Takes a `Connection` and returns the name of its user, or None to refuse the
                connection. Plain or ``async``.

        Raises:
            HandlerError: ``function`` is not callable.
        """
        _check_callable(function, "identify a connection")
        self.site.identify = function
        return function

    def start_url(self, function: StartURL) -> StartURL:
        """Set the function that chooses the first page at each start of the app.

        The function is called at the first start of the app. For each later start, the running
        process calls the function again.

        Args:
            function: Takes the arguments of the program (a list of strings) and the folder in
                which it was started (a `pathlib.Path`). Returns a path of the app. If the function
                returns None, the app opens the windows of the last session, or "/" if there were
                none.

        Raises:
            HandlerError: ``function`` is not callable.
        """
        _check_callable(function, "choose what a start shows")
        self.start_url_of = function
        return function

    def frontend_view(self, function: Layout) -> Layout:
        """Set the function that makes the layout around every view.

        Args:
            function: Takes the request and returns nodes with one `Content` in them.

        Raises:
            HandlerError: ``function`` is not callable.
        """
        _check_callable(function, "build a layout")
        self.site.layout = function
        return function

    def error_403_view(self, view: C) -> C:
        """Set the error page for views that raise `ForbiddenError`.

        Args:
            view: A function of the request and the error, or a view class.
        """
        self.site.error_views[403] = error_view(view)
        return view

    def error_404_view(self, view: C) -> C:
        """Set the page for URLs without a route.

        Args:
            view: A function of the request, or a view class.
        """
        self.site.not_found_view = check_view(view)
        return view

    def error_500_view(self, view: C) -> C:
        """Set the error page for views that fail with an exception.

        Args:
            view: A function of the request and the error, or a view class.
        """
        self.site.error_views[500] = error_view(view)
        return view

    def add_template(self, name: str, string: str = "", path: str | Path = "") -> None:
        """Add a template.

        Args:
            name: The name for `View.show`.
            string: The text of the template.
            path: A file with the text, instead of ``string``; relative to the script's folder.
        """
        text = (self.script_path.parent / path).read_text(encoding="utf-8") if path else string
        self._templates.add(name, text)

    def add_static_file(
        self, name: str, string: str = "", path: str | Path = "", link: bool = False
    ) -> str:
        """Serve a file.

        Args:
            name: The name of the file in its URL.
            string: The content of the file.
            path: A file with the content, instead of ``string``; relative to the script's folder.
            link: True: the page of every view loads it, a ``.css`` file as a style sheet, a
                ``.js`` file as an ES module.

        Returns:
            The URL of the file.

        Raises:
            StaticFileError: The file cannot be read or served.
        """
        body = None if path else string.encode()
        file = StaticFile(path, name=name, url=name, link=link, body=body)
        return self.static_files.add(file, self.script_path.parent).url

    def add_translations(self, folder: str | Path = "translations") -> None:
        """Add translated texts of the app. These texts take precedence over the texts of Everview.

        Args:
            folder: A folder with files named ``<language>.po``, relative to the script's folder.
                Views get the texts through `everview.i18n`.
        """
        self._translations.append(self.script_path.parent / folder)

    def use_language(self) -> None:
        """Load the texts in the chosen language.

        This method is called once, when the app starts.
        """
        i18n.use(i18n.wanted(self.settings.LANGUAGE), self._translations)

    @property
    def server(self) -> ServerAPI:
        """The running server, with the permissions of the calling view's owner.

        In code outside views, there is no owner, and the server has the permissions of the app.

        Raises:
            ViewError: The app is not running.
        """
        if self._runtime is None:
            raise ViewError("app.server can be used only while the app is running")
        activity = current()
        owner = activity.owner if activity is not None else None
        return ServerAPI(self._runtime, owner.user if isinstance(owner, Instance) else "")

    def make_runtime(self, services: Services) -> Runtime:
        """Make the runtime of this app. This method is called once for each running app."""
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
        """Run the app, or run a command for it. Ends the process when the app ends.

        The first argument of the program may be a command: ``python my_view.py ls``. The commands
        are ``open``, ``serve``, ``ls``, ``stop``, ``quit``, ``address`` and ``doctor``. All other
        arguments are for the function of `start_url`. If the app already runs, the running process
        opens one more window.

        Args:
            headless: True: serve without windows. The first line on stdout is then an address
                for a browser.
            port: The TCP port; 0: any free port.
            url: A path of the app for the first window. By default, the function of `start_url`
                returns it. Without such a function, the app opens the windows of the last session,
                or "/" if there were none.
            address: An address of this machine at which other machines can reach the app.
                It requires ``certificate``, ``key`` and ``headless``.
            certificate: The path of a PEM file.
            key: The path of the PEM file with the certificate's private key.
            hosts: The host names of the app; by default those in the certificate.
        """
        if _starter is None:
            raise EverviewError(
                "App.run works only if App is imported from the package everview: "
                "write 'from everview import App'"
            )
        start = Start(headless, port, url, address, certificate, key, tuple(hosts))
        sys.exit(_starter(self, start))


def _only(what: str, in_table: str, argument: str | None) -> str:
    """Return the value of a key from the table or from the argument; "" if both are empty.

    Raises:
        AppTableError: The table ``[tool.everview]`` and the argument of ``App(...)`` have different
            values.
    """
    if in_table and argument and in_table != argument:
        raise AppTableError(
            f"[tool.everview] in pyproject.toml has {what} = {in_table!r}, App(...) has "
            f"{what}={argument!r}: remove one of them"
        )
    return in_table or argument or ""


def _normal(path: Path | None) -> str:
    return os.path.normpath(path) if path is not None else ""


def _default_name(script: Path) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", script.stem.lower()).strip("-") or "app"
    path_hash = hashlib.sha256(str(script).encode()).hexdigest()[:8]
    return f"{stem[:40]}-{path_hash}"


def _check_callable(function: object, purpose: str) -> None:
    if not callable(function):
        raise HandlerError(f"{function!r} cannot {purpose}: it is not callable")


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


#: The function that runs an app and returns the exit code. It uses the server and the desktop,
#: which are layers above this module. Therefore the package's ``__init__`` registers the function.
Starter = Callable[[App, Start], int]
_starter: Starter | None = None


def register_starter(starter: Starter) -> None:
    """Set the function that `App.run` calls."""
    global _starter  # noqa: PLW0603  (one per process, set once at import)
    _starter = starter
