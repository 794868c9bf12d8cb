"""Views that every app has, and the functions with which the runtime makes view objects.

The views of the Everview app are not in this module but in ``views/``.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from everview.authoring.async_view import AsyncView
from everview.authoring.base import bind
from everview.authoring.server_api import AsyncServerAPI, BaseServer, ServerAPI
from everview.authoring.view import Answer, BaseView, View
from everview.errors import NotAViewError
from everview.html import Node
from everview.html.tree.static_files import linked_files
from everview.i18n import N_, _
from everview.runtime.execution import error_page
from everview.runtime.instances.instance import Instance
from everview.runtime.instances.view_classes import own_classes
from everview.runtime.routing.request import Request
from everview.runtime.runtime import Runtime

V = TypeVar("V", bound=BaseView)


class NotFoundView(View):
    """The page for URLs without a route."""

    TITLE = N_("Not found")

    async def handle_request(self, request: Request) -> Node:
        return error_page.not_found_page(request.url)


def view_of_function(
    function: Callable[[Request], Answer | Awaitable[Answer]],
) -> type[BaseView]:
    """A view class whose ``handle_request`` calls ``function(request)``."""

    async def handle_async(self: View, request: Request) -> Answer:
        return await cast(Awaitable[Answer], function(request))

    def handle_plain(self: View, request: Request) -> Answer | Awaitable[Answer]:
        return function(request)

    handle = handle_async if inspect.iscoroutinefunction(function) else handle_plain
    name = getattr(function, "__name__", type(function).__name__)
    view_class = type(name, (View,), {"handle_request": handle})
    view_class.__doc__ = function.__doc__
    return view_class


def check_view(view: object) -> type[BaseView]:
    """The view class for a route: ``view`` itself, or a class for the function ``view``.

    Raises:
        NotAViewError: ``view`` is neither a view class nor a function.
    """
    if not isinstance(view, type) and callable(view):
        return view_of_function(cast(Callable[[Request], Answer | Awaitable[Answer]], view))
    if not (isinstance(view, type) and issubclass(view, BaseView)):
        raise NotAViewError(
            f"{view!r} is not a View: write 'class {getattr(view, '__name__', 'X')}(View):', "
            "or route a function that takes the request and returns HTML"
        )
    return view


def error_view(view: object) -> Callable[[Request, BaseException], object]:
    """Return the function that makes an error page from a request and an error.

    The result is ``view`` if ``view`` is a function, or its ``handle_request`` if ``view`` is a
    view class.

    The ``handle_request`` of a view class may accept the error as its second argument.

    Raises:
        NotAViewError: ``view`` is neither a view class nor a function.
    """
    if not isinstance(view, type):
        if not callable(view):
            raise NotAViewError(f"{view!r} is not a view: pass a class or a function")
        return cast(Callable[[Request, BaseException], object], view)
    view_class = check_view(view)
    parameters = len(inspect.signature(view_class.handle_request).parameters)

    def handle(request: Request, error: BaseException) -> object:
        # The error page is shown by the instance of the view that failed.
        failed = cast(Instance, request.owner)
        runtime = cast(BaseView, failed.view).server.runtime
        shown = new_view(view_class, failed, runtime, failed.user)
        call_init(shown)
        handle_request = cast(Callable[..., object], shown.handle_request)
        return handle_request(*(request, error)[: parameters - 1])

    return handle


def new_view(view_class: type[V], instance: Instance, runtime: Runtime, user: str) -> V:
    """Make a view object with its instance and its server, but do not call its ``__init__`` yet."""
    view = view_class.__new__(view_class)
    bind(view, instance, server_of(view_class, runtime, user))
    return view


def server_of(view_class: type[BaseView], runtime: Runtime, user: str) -> BaseServer:
    """Return the value of ``self.server`` for views of this class."""
    return (AsyncServerAPI if issubclass(view_class, AsyncView) else ServerAPI)(runtime, user)


def call_init(view: BaseView) -> None:
    """Run the ``__init__`` of a view, which may use the view's instance."""
    type(view).__init__(view)


def make_view(
    runtime: Runtime,
    view_class: type[BaseView],
    make_instance: Callable[[BaseView], Instance],
    user: str,
) -> Instance:
    """Make an instance with its view. The runtime calls this function.

    The view object is bound to its instance before its ``__init__`` runs.
    """
    view = view_class.__new__(view_class)
    instance = make_instance(view)
    bind(view, instance, server_of(view_class, runtime, user))
    stop = "STOP_DAEMON_WHEN_VIEW_FINISHES"
    if runtime.site.stop_daemons and not any(stop in vars(c) for c in own_classes(view_class)):
        object.__setattr__(view, stop, True)
    instance.document.title = _(view_class.TITLE or view_class.__name__)
    instance.document.link([*runtime.site.static_files.linked(), *linked_files(view_class)])
    call_init(view)
    return instance
