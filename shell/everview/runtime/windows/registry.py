"""`Windows`: all windows of one run of the server, from their first link to their end.

A window survives its link: after a link broke, the window waits `GRACE` seconds for the next one.
The numbers of the window's events are stored much longer.

Threads: must be used on the server thread. Guarantees: ``on_closed`` is called once each time a
window is closed.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator

from everview.runtime.windows.connection import Connection
from everview.runtime.windows.window import Transport, Window

#: Seconds that a window without a link waits for the next one before it is closed.
GRACE = 10.0
#: Maximum number of closed windows whose event numbers are stored.
MAX_CLOSED_WINDOWS = 1000


class Windows:
    """All windows by id, in the order of their last connection."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, on_closed: Callable[[Window], None]
    ) -> None:
        self._loop = loop
        self._on_closed = on_closed
        self._windows: OrderedDict[str, Window] = OrderedDict()
        self._waiting: dict[Window, asyncio.TimerHandle] = {}

    def __iter__(self) -> Iterator[Window]:
        # The list is copied in one step, because other threads also iterate over it.
        return iter(list(self._windows.values()))

    def __len__(self) -> int:
        return len(self._windows)

    def get(self, window_id: str) -> Window | None:
        """The window with this id."""
        return self._windows.get(window_id)

    def by_label(self, label: str) -> list[Window]:
        """The windows with this label of a native window, by the time of their last connection.

        There is more than one such window after the native window was loaded with a new ticket.
        """
        return [window for window in self if label and window.label == label]

    @property
    def open(self) -> list[Window]:
        """The windows that have a link or wait for a new link."""
        return [w for w in self if w.transport is not None or w in self._waiting]

    def connect(
        self,
        window_id: str,
        user: str,
        label: str,
        transport: Transport,
        connection: Connection,
        effects_received: int | None = None,
    ) -> Window:
        """Connect a new or known window to its new link; see `Window.connect`."""
        window = self._windows.get(window_id)
        if window is not None and window.user != user:
            # The id was disclosed, because another owner uses it. Therefore the window of the first
            # owner is closed.
            self.close(window)
            window = None
        if window is None:
            window = self._windows[window_id] = Window(window_id, user, label)
        self._windows.move_to_end(window_id)
        self._stop_waiting(window)
        if window.transport is not None:
            window.transport.close(4001, "this window has another link")
        window.connect(transport, effects_received)
        window.connection = connection
        return window

    def _stop_waiting(self, window: Window) -> None:
        timer = self._waiting.pop(window, None)
        if timer is not None:
            timer.cancel()

    def disconnect(self, window: Window, transport: Transport) -> bool:
        """Let a window wait for the next link after a link ended.

        Returns False if the window already has another link.
        """
        if window.transport is not transport:
            return False
        window.transport = None
        self._waiting[window] = self._loop.call_later(GRACE, self._end, window)
        return True

    def close(self, window: Window) -> None:
        """Close a window. It no longer waits for another link."""
        self._stop_waiting(window)
        if window.transport is not None:
            window.transport.close(1000, "closed")
            window.transport = None
        self._end(window)

    def _end(self, window: Window) -> None:
        self._waiting.pop(window, None)
        closed = [w for w in self if w.transport is None]
        for old in closed[: max(0, len(closed) - MAX_CLOSED_WINDOWS)]:
            if old not in self._waiting:
                del self._windows[old.id]
        self._on_closed(window)
