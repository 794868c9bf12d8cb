"""Views that every app has, and how the runtime makes a view object.

Not for: the views that ship with the Everview app (``views/``).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from everview.authoring.server_api import ServerAPI
from everview.authoring.view import View
from everview.errors import NotAViewError
from everview.html.tree.static_files import linked_files
from everview.i18n import N_, _
from everview.runtime.execution import error_page
from everview.runtime.instances.instance import Instance
from everview.runtime.instances.view_classes import own_classes
from everview.runtime.routing.request import Request
from everview.runtime.runtime import Runtime


class NotFoundView(View):
    """What a URL without a route shows."""

    TITLE = N_("Not found")

    async def handle_request(self, request: Request) -> Any:
        return error_page.not_found_page(request.url)


def view_of_function(function: Callable[..., Any]) -> type[View]:
    """A view class whose ``handle_request`` is ``function(request)``."""

    async def handle_async(self: View, request: Request) -> Any:
        return await function(request)

    def handle_plain(self: View, request: Request) -> Any:
        return function(request)

    handle = handle_async if inspect.iscoroutinefunction(function) else handle_plain
    view_class = type(function.__name__, (View,), {"handle_request": handle})
    view_class.__doc__ = function.__doc__
    return view_class


def check_view(view: Any) -> type[View]:
    """The view class that was routed, or one of the function. Raises `NotAViewError`."""
    if not isinstance(view, type) and callable(view):
        return view_of_function(view)
    if not (isinstance(view, type) and issubclass(view, View)):
        raise NotAViewError(
            f"{view!r} is not a View: write 'class {getattr(view, '__name__', 'X')}(View):', "
            "or route a function that takes the request and returns HTML"
        )
    return view


def error_view(view: Any) -> Callable[[Request, BaseException], Any]:
    """What is called with a request and an error: a function as it is, or a view class's hook.

    A class's ``handle_request`` may take the error as its second argument.
    """
    if not isinstance(view, type):
        if not callable(view):
            raise NotAViewError(f"{view!r} is not a view: give a class or a function")
        return view  # type: ignore[no-any-return]
    view_class = check_view(view)
    takes = len(inspect.signature(view_class.handle_request).parameters)

    def handle(request: Request, error: BaseException) -> Any:
        shown = view_class.__new__(view_class)
        failed: Any = request.owner
        bind(shown, failed, failed.view.server)
        shown.__init__()  # type: ignore[misc]  # the object exists already: this is its init
        ask: Callable[..., Any] = shown.handle_request
        return ask(*(request, error)[: takes - 1])

    return handle


def bind(view: View, instance: Instance, server: ServerAPI) -> None:
    """Let a view object know where it runs, before its ``__init__``."""
    object.__setattr__(view, "_instance", instance)
    object.__setattr__(view, "_server", server)


def make_view(
    runtime: Runtime,
    view_class: type[View],
    make_instance: Callable[[Any], Instance],
    user: str,
) -> Instance:
    """The runtime's factory: binds a view object to its instance before ``__init__`` runs."""
    view = view_class.__new__(view_class)
    instance = make_instance(view)
    bind(view, instance, ServerAPI(runtime, user))
    stop = "STOP_DAEMON_WHEN_VIEW_FINISHES"
    if runtime.site.stop_daemons and not any(stop in vars(c) for c in own_classes(view_class)):
        object.__setattr__(view, stop, True)
    instance.document.title = _(view_class.TITLE or view_class.__name__)
    instance.document.link([*runtime.static_files.linked(), *linked_files(view_class)])
    view.__init__()  # type: ignore[misc]  # the object exists already: this is its init
    return instance
