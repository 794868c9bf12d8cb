"""Views that every app has, and how the runtime makes a view object.

Not for: the views that ship with the Everview app (``views/``).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from shell.runtime import error_page
from shell.runtime.instance import Instance
from shell.runtime.request import Request
from shell.runtime.runtime import Runtime
from shell.runtime.server_api import ServerAPI
from shell.runtime.view import View


class NotFoundView(View):
    """What a URL without a route shows."""

    TITLE = "Not found"

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


def make_view(
    runtime: Runtime,
    view_class: type[View],
    make_instance: Callable[[Any], Instance],
    user: str,
) -> Instance:
    """The runtime's factory: binds a view object to its instance before ``__init__`` runs."""
    view = view_class.__new__(view_class)
    instance = make_instance(view)
    object.__setattr__(view, "_instance", instance)
    object.__setattr__(view, "_server", ServerAPI(runtime, user))
    instance.document.title = view_class.TITLE or view_class.__name__
    view.__init__()  # type: ignore[misc]  # the object exists already: this is its init
    return instance
