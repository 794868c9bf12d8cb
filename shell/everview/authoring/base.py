"""`ViewBase`: the base class of all services of a view. It knows the instance and the server.

Authors do not use this class directly. `View` and `AsyncView` are composed of the services in the
modules of this folder.
Each service is implemented once, as a coroutine. `View` declares it with a plain return type,
`AsyncView` with an awaitable type. At run time both are the same: a call from a thread blocks and
returns the result, a call from ``async`` code returns a coroutine.

Threads: methods can be called from any thread, unless a method says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ParamSpec, TypeVar

from everview.authoring.server_api import BaseServer
from everview.runtime.execution.activity import current
from everview.runtime.execution.handling import Handling
from everview.runtime.instances.instance import Instance
from everview.runtime.windows.effects import AnyEffect
from everview.runtime.windows.window import Window

P = ParamSpec("P")
T = TypeVar("T")


class ViewBase:
    """The base class of `View` and `AsyncView`."""

    _instance: Instance
    _server: BaseServer

    def _call(
        self, function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a coroutine function and return its result.

        If the caller is on the server thread, return the coroutine instead of its result.
        """
        result: T = self._instance.blocking(partial(function, *args, **kwargs))
        return result

    def _call_async(
        self, function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[None, None, T]:
        """Call `_call` on the server thread. The return type is a coroutine."""
        result: Coroutine[None, None, T] = self._instance.blocking(
            partial(function, *args, **kwargs)
        )
        return result

    def _effect(self, effect: AnyEffect) -> None:
        """Send an effect to every window of this view."""
        instance = self._instance
        instance.loop.call_soon_threadsafe(instance.publisher.effect, effect)

    def _window_of_the_event(self) -> Window | None:
        """The window of the event that the calling code handles; None if it handles no event."""
        activity = current()
        if isinstance(activity, Handling) and activity.event is not None:
            return activity.event.window
        return None

    def _some_window(self) -> Window | None:
        """A window of this view, preferably a visible one with a link.

        The caller must be on the server thread.
        """
        windows = list(self._instance.publisher.windows)
        return next((w for w in windows if w.visible and w.transport), None) or next(
            iter(windows), None
        )


def bind(view: ViewBase, instance: Instance, server: BaseServer) -> None:
    """Set the instance and the server of a view object, before its ``__init__`` runs."""
    # A plain assignment would call `BaseView.__setattr__`, which needs the instance.
    object.__setattr__(view, "_instance", instance)
    object.__setattr__(view, "_server", server)
