"""`Windows`: the windows of one server start, from their first link to their end.

A window survives its link: one whose link broke is expected back for `GRACE` seconds, and the
numbers of its events are remembered for long after that.

Threads: the server thread. Guarantees: ``on_gone`` is called once for each time a window is gone
for good.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator

from everview.runtime.windows.connection import Connection
from everview.runtime.windows.window import Transport, Window

#: How long a window without a link is expected back, in seconds.
GRACE = 10.0
#: Windows without a link whose event numbers are remembered.
WINDOWS_KEPT = 1000


class Windows:
    """By id, the one that was connected last at the end."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_gone: Callable[[Window], None]) -> None:
        self._loop = loop
        self._on_gone = on_gone
        self._windows: OrderedDict[str, Window] = OrderedDict()
        self._leaving: dict[Window, asyncio.TimerHandle] = {}

    def __iter__(self) -> Iterator[Window]:
        # A copy in one step: other threads look at it too.
        return iter(list(self._windows.values()))

    def __len__(self) -> int:
        return len(self._windows)

    def get(self, window_id: str) -> Window | None:
        """The window with this id."""
        return self._windows.get(window_id)

    @property
    def open(self) -> list[Window]:
        """Windows that have a link or are expected back."""
        return [w for w in self if w.transport is not None or w in self._leaving]

    def connect(
        self,
        window_id: str,
        user: str,
        label: str,
        transport: Transport,
        connection: Connection,
        told: int | None = None,
    ) -> Window:
        """A window has a link. One that is here already gets the new link; see `Window.connect`."""
        window = self._windows.get(window_id)
        if window is not None and window.user != user:
            # Another owner's, under an id that was told him: what that one showed is gone.
            self.close(window)
            window = None
        if window is None:
            window = self._windows[window_id] = Window(window_id, user, label)
        self._windows.move_to_end(window_id)
        self._is_back(window)
        if window.transport is not None:
            window.transport.close(4001, "this window has another link")
        window.connect(transport, told)
        window.connection = connection
        return window

    def _is_back(self, window: Window) -> None:
        leaving = self._leaving.pop(window, None)
        if leaving is not None:
            leaving.cancel()

    def disconnect(self, window: Window, transport: Transport) -> bool:
        """A link is gone; the window may be back within the grace. False if it has another."""
        if window.transport is not transport:
            return False
        window.transport = None
        self._leaving[window] = self._loop.call_later(GRACE, self._gone, window)
        return True

    def close(self, window: Window) -> None:
        """The window is gone for good."""
        self._is_back(window)
        if window.transport is not None:
            window.transport.close(1000, "closed")
            window.transport = None
        self._gone(window)

    def _gone(self, window: Window) -> None:
        self._leaving.pop(window, None)
        closed = [w for w in self if w.transport is None]
        for old in closed[: max(0, len(closed) - WINDOWS_KEPT)]:
            if old not in self._leaving:
                del self._windows[old.id]
        self._on_gone(window)
