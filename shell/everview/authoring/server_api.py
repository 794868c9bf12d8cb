"""`ServerAPI`: the running server as views see it (``self.server``).

Threads: any. Everything a view may learn of other instances is of its own owner.
"""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit

from everview.errors import ViewError
from everview.runtime.execution.activity import call
from everview.runtime.instances.checkpoints import Checkpoint
from everview.runtime.instances.state import StopReason, Summary
from everview.runtime.routing.places import Place, places
from everview.runtime.runtime import Runtime
from everview.runtime.windows.messages import Quit
from everview.runtime.windows.window import Window


class SharedState(dict[str, Any]):
    """A dictionary for all views, with a ``lock`` for what must happen together."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()


class ServerAPI:
    """What ``self.server`` offers to the views of one owner."""

    def __init__(self, runtime: Runtime, user: str) -> None:
        self.runtime = runtime
        self.user = user

    @property
    def state(self) -> SharedState:
        """Shared by all views of the app."""
        state: SharedState = self.runtime.shared_state
        return state

    def reverse(self, name: str, **arguments: Any) -> str:
        """The path of the route with this name. Raises `RouteError`."""
        return self.runtime.router.reverse(name, **arguments)

    def get_views(self) -> Any:
        """Summaries of the owner's daemon instances, the oldest first: ``list[Summary]``."""

        async def get() -> list[Summary]:
            return self.runtime.summaries(self.user)

        return call(self.runtime.loop, get())

    def get_places(self) -> list[Place]:
        """The views that can be opened without knowing more than their path."""
        return places(self.runtime.router)

    def get_about(self) -> list[tuple[str, str]]:
        """Names and values that help who helps: versions, system, the folders of state and log."""
        return self.runtime.platform.about()

    def get_view_class(self, url: str) -> type | None:
        """The view class that answers ``url``; None if none does."""
        found = self.runtime.router.resolve(urlsplit(url).path)
        return None if found is None else found[0].view

    def get_connection_count(self) -> int:
        """How many windows have a link now, of all owners."""
        return sum(window.transport is not None for window in self._windows())

    def get_connected_user_count(self) -> int:
        """How many owners have a window with a link now."""
        return len({window.user for window in self._windows() if window.transport is not None})

    def get_running_views_count(self) -> int:
        """How many instances there are, of all owners."""
        return len(self.runtime.instances)

    def _windows(self) -> list[Window]:
        # A copy in one step: the server thread may add to it meanwhile.
        return list(self.runtime.windows)

    def wait_for_change(self, version: int) -> Any:
        """Wait until the list of instances is newer than ``version``; returns its version."""
        return call(self.runtime.loop, self.runtime.wait_for_change(version))

    def get_checkpoints(self) -> list[Checkpoint]:
        """What views of the owner saved that do not run now, the oldest first."""
        running = {(i.user, i.request.url) for i in list(self.runtime.instances.values())}
        return [
            checkpoint
            for checkpoint in self.runtime.checkpoints.all()
            if checkpoint.user == self.user and (self.user, checkpoint.url) not in running
        ]

    def discard_checkpoint(self, url: str) -> None:
        """Remove what the view at ``url`` saved."""
        forget = self.runtime.forget_checkpoint
        self.runtime.loop.call_soon_threadsafe(forget, self.user, url)

    def stop_view(self, instance_id: str) -> None:
        """Stop an instance of the owner, or dismiss it if it has ended."""

        def stop() -> None:
            instance = self.runtime.find(instance_id, self.user)
            if instance is not None:
                instance.stop(StopReason.STOPPED)

        self.runtime.loop.call_soon_threadsafe(stop)

    def quit(self, how: str = "stop", window: Window | None = None) -> None:
        """End the app: "stop" with everything that runs in it, "finish" when that has finished.

        "background" closes the windows and lets the work go on. "ask" lets the person choose in a
        dialog of ``window`` (an event's), which names what is at work; nothing is: it ends.
        Raises `ViewError` for "ask" without a window, ValueError for another word.
        """
        if how not in ("stop", "finish", "background", "ask"):
            raise ValueError(f'quit() is "stop", "finish", "background" or "ask", not {how!r}')
        call_soon = self.runtime.loop.call_soon_threadsafe
        if how != "ask":
            call_soon(self.runtime.platform.quit, how)
        elif window is None:
            raise ViewError('quit("ask") needs the window that asks: quit("ask", event.window)')
        else:
            call_soon(self.runtime.receive, window, Quit("ask"))
