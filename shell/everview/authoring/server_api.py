"""`ServerAPI`: the interface of views to the running server (``self.server``).

`AsyncServerAPI` is the same interface with the types for ``async`` code.

Threads: can be called from any thread. A view gets information only about instances of its own
owner.
"""

from __future__ import annotations

import threading
from collections.abc import Coroutine
from typing import Any, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from everview.errors import ViewError
from everview.runtime.execution.activity import call
from everview.runtime.instances.checkpoints import Checkpoint
from everview.runtime.instances.state import Summary
from everview.runtime.routing.places import Place, places
from everview.runtime.runtime import Runtime
from everview.runtime.windows.messages import QuitRequest
from everview.runtime.windows.window import Window

#: How `BaseServer.quit` ends the app.
HowToQuit: TypeAlias = Literal["stop", "finish", "background", "ask"]


class SharedState(dict[str, Any]):
    """A dictionary that all views share.

    Hold ``lock`` while you make changes that belong together.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()


class BaseServer:
    """The base class of `ServerAPI` and `AsyncServerAPI`.

    Args:
        runtime: The running views of the app.
        user: The owner of the accessible instances.
    """

    def __init__(self, runtime: Runtime, user: str) -> None:
        self.runtime = runtime
        self.user = user

    @property
    def state(self) -> SharedState:
        """A dictionary that all views of the app share."""
        state: SharedState = self.runtime.site.shared_state
        return state

    def reverse(self, name: str, **arguments: object) -> str:
        """The path of the route with this name.

        Raises:
            RouteError: There is no such route, or the arguments do not match its pattern.
        """
        return self.runtime.router.reverse(name, **arguments)

    def get_places(self) -> list[Place]:
        """All views whose paths need no arguments, in the order of their routes."""
        return places(self.runtime.router)

    def get_about(self) -> list[tuple[str, str]]:
        """Names and values for a bug report: versions, the system, and folders."""
        return self.runtime.platform.about()

    def get_view_class(self, url: str) -> type | None:
        """The view class whose route matches ``url``, or None."""
        found = self.runtime.router.resolve(urlsplit(url).path)
        return None if found is None else found[0].view

    def get_connection_count(self) -> int:
        """The number of windows of all owners that have a link."""
        return sum(window.transport is not None for window in self._windows())

    def get_connected_user_count(self) -> int:
        """The number of owners with at least one window that has a link."""
        return len({window.user for window in self._windows() if window.transport is not None})

    def get_running_views_count(self) -> int:
        """The number of instances of all owners."""
        return len(self.runtime.instances)

    def _windows(self) -> list[Window]:
        # `list` copies the windows in one step, because the server thread may add a window at any
        # time.
        return list(self.runtime.windows)

    def get_checkpoints(self) -> list[Checkpoint]:
        """The checkpoints of those views of the owner that are not running. The oldest is first."""
        running = {(i.user, i.request.url) for i in list(self.runtime.instances.values())}
        return [
            checkpoint
            for checkpoint in self.runtime.checkpoints.all()
            if checkpoint.user == self.user and (self.user, checkpoint.url) not in running
        ]

    def discard_checkpoint(self, url: str) -> None:
        """Remove the checkpoint of the owner's view at ``url``."""
        forget = self.runtime.forget_checkpoint
        self.runtime.loop.call_soon_threadsafe(forget, self.user, url)

    def stop_view(self, instance_id: str) -> None:
        """Stop an instance of the owner. If the instance has ended, dismiss it."""

        def stop() -> None:
            instance = self.runtime.find(instance_id, self.user)
            if instance is not None:
                instance.stop_or_dismiss()

        self.runtime.loop.call_soon_threadsafe(stop)

    def quit(self, how: HowToQuit = "stop", window: Window | None = None) -> None:
        """End the app.

        Args:
            how: "stop" ends the app now. "finish" ends it when all running work has finished.
                "background" closes the windows and continues the work. "ask" lists the running work
                in a dialog, and the user chooses. If no work is running, the app ends now.
            window: The window that shows the dialog of "ask", for example ``event.window``.

        Raises:
            ViewError: ``how`` is "ask", and ``window`` is None.
            ValueError: ``how`` has another value.
        """
        if how not in get_args(HowToQuit):
            raise ValueError(f'quit() is "stop", "finish", "background" or "ask", not {how!r}')
        call_soon = self.runtime.loop.call_soon_threadsafe
        if how != "ask":
            call_soon(self.runtime.platform.quit, how)
        elif window is None:
            raise ViewError('quit("ask") needs a window: write quit("ask", event.window)')
        else:
            call_soon(self.runtime.receive, window, QuitRequest("ask"))

    async def _summaries(self) -> list[Summary]:
        return self.runtime.summaries(self.user)


class ServerAPI(BaseServer):
    """The type of ``self.server`` in a `View`."""

    def get_views(self) -> list[Summary]:
        """Summaries of the owner's daemon instances, the oldest first."""
        views: list[Summary] = call(self.runtime.loop, self._summaries())
        return views

    def wait_for_change(self, version: int) -> int:
        """Wait until the list of instances is newer than ``version``.

        Args:
            version: The version from the last call; 0 for the first call.

        Returns:
            The new version.
        """
        new: int = call(self.runtime.loop, self.runtime.wait_for_change(version))
        return new


class AsyncServerAPI(BaseServer):
    """The type of ``self.server`` in an `AsyncView`.

    A method that waits blocks if plain code calls it.
    """

    def get_views(self) -> Coroutine[None, None, list[Summary]]:
        """The awaitable form of `ServerAPI.get_views`."""
        views: Coroutine[None, None, list[Summary]] = call(self.runtime.loop, self._summaries())
        return views

    def wait_for_change(self, version: int) -> Coroutine[None, None, int]:
        """The awaitable form of `ServerAPI.wait_for_change`."""
        new: Coroutine[None, None, int] = call(
            self.runtime.loop, self.runtime.wait_for_change(version)
        )
        return new
