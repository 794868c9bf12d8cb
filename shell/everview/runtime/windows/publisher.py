"""`Publisher`: sends the changes of one document to the windows that show it.

A change is flushed at the next tick: about 60 times a second for visible windows, twice a second
for hidden ones, never without a window. A flush computes the changes since the revision of each
window. The document is locked until the changes for all windows are computed, so that all frames
end at the same revision. The flush encodes each distinct frame once and sends it. A window without
credit is skipped. After its next confirmation, the window gets one frame with all changes.

While a handler runs, the publisher is on hold: ticks send nothing, so that the handler's changes
arrive as one frame. `release` then sends this frame.

Threads: must be used on the server thread; only `changed` can be called from any thread.
Guarantees: the publisher never waits for a window, or for a document's lock, which author code may
hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from weakref import WeakKeyDictionary

from everview.html import Document
from everview.runtime.windows.effects import AnyEffect
from everview.runtime.windows.pane import Pane
from everview.runtime.windows.updates import EncodedFrame
from everview.runtime.windows.window import FRAMES_IN_FLIGHT, TICKS_IN_FLIGHT, Window

#: Minimum time between two frames, in seconds: first for a visible window, then for a hidden one.
TICK = 1 / 60
HIDDEN_TICK = 0.5
#: If author code holds the document's lock, the next attempt is made after this number of seconds.
RETRY = 0.002


class Publisher:
    """The windows of one document."""

    def __init__(
        self,
        document: Document,
        name: str,
        loop: asyncio.AbstractEventLoop,
        on_title: Callable[[Window, str], object],
    ) -> None:
        self.document = document
        self.name = name
        self.windows: dict[Window, None] = {}
        #: Maps each window to its pane. The pane is removed with the window.
        self.panes: WeakKeyDictionary[Window, Pane] = WeakKeyDictionary()
        self._loop = loop
        self._holds = 0
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._due = float("inf")
        self._retry: asyncio.TimerHandle | None = None
        self._retry_in_flight = 0
        self._on_title = on_title
        document.on_change = self.changed

    def changed(self) -> None:
        """Handle the first change of the document since the last frame. Any thread can call it.

        While the publisher is on hold, the loop need not wake up, because `release` flushes.
        `release` cannot run before the change is complete, because the caller holds the document's
        lock.
        """
        if self._holds:
            return
        try:
            self._loop.call_soon_threadsafe(self._schedule)
        except RuntimeError:
            # The loop is closed: the app is ending, and no window is left.
            return

    def _schedule(self) -> None:
        if self.windows and not self._holds:
            self._flush_at(max(self._loop.time(), self._last + TICK))

    def _flush_at(self, when: float) -> None:
        if when < self._due:
            if self._timer is not None:
                self._timer.cancel()
            self._due = when
            self._timer = self._loop.call_at(when, self._tick)

    def _tick(self) -> None:
        self._timer, self._due = None, float("inf")
        if not self._holds:
            self.flush(TICKS_IN_FLIGHT)

    def hold(self) -> None:
        """Send no frames at ticks until `release` is called. Calls can be nested."""
        self._holds += 1

    def confirmed(self, window: Window) -> None:
        """Send a frame to ``window``, which has credit again. Do nothing while a handler runs."""
        if not self._holds and (window.has_pending or window.cursor != self.document.revision):
            self._flush([window], TICKS_IN_FLIGHT)

    def release(self) -> None:
        """End one `hold` and flush."""
        self._holds -= 1
        self._flush(self.windows, FRAMES_IN_FLIGHT)

    def add(self, window: Window, cursor: int | None) -> None:
        """Show the document in ``window``.

        ``cursor`` is the revision that the page has; None if the page has no copy.
        """
        window.show(cursor)
        self.windows[window] = None

    def remove(self, window: Window) -> None:
        """Stop showing the document in ``window``."""
        self.windows.pop(window, None)
        window.leave()

    def flush(self, in_flight: int = FRAMES_IN_FLIGHT) -> None:
        """Send frames now, except to windows with ``in_flight`` unconfirmed frames."""
        self._flush(self.windows, in_flight)

    def _flush(self, windows: Iterable[Window], in_flight: int) -> None:
        now = self._loop.time()
        behind = [
            window
            for window in windows
            if window.has_credit(in_flight) and (window.visible or self._is_due(window, now))
        ]
        if not behind:
            return
        document = self.document
        if not document.lock.acquire(blocking=False):
            # The retry replaces all flushes that failed, so it uses the largest of their limits. A
            # flush after an event has a larger limit than a flush at a tick.
            self._retry_in_flight = max(self._retry_in_flight, in_flight)
            if self._retry is None:
                self._retry = self._loop.call_later(RETRY, self._flush_again)
            return
        try:
            revision = document.revision
            frames = document.frames([window.cursor for window in behind])
        finally:
            document.lock.release()
        encoded: dict[int | None, EncodedFrame] = {}
        for window in behind:
            cursor = window.cursor
            if cursor == revision:
                if window.has_pending:
                    window.send(None, self.name, now)
                continue
            frame = encoded.get(cursor)
            if frame is None:
                frame = encoded[cursor] = EncodedFrame(self.name, frames[cursor])
            window.cursor = revision
            if frame.is_snapshot:
                self._restore_pane(window)
            window.send(frame, self.name, now)
            if frame.has_meta:
                self._set_title(window)
        self._last = now

    def _restore_pane(self, window: Window) -> None:
        """Add the effect that hides and shows nodes as the window's pane says.

        The page needs the effect again, because it gets a snapshot next.
        """
        pane = self.panes.get(window)
        hidden = None if pane is None else pane.hidden_nodes()
        if hidden is not None:
            window.unsent_effects.append(hidden)

    def _is_due(self, window: Window, now: float) -> bool:
        """Whether a hidden window gets a frame now. If not, a later frame is scheduled."""
        if window.has_pending or now - window.last_frame >= HIDDEN_TICK:
            return True
        self._flush_at(window.last_frame + HIDDEN_TICK)
        return False

    def _set_title(self, window: Window) -> None:
        title = window_title(self.document)
        if title != window.title:
            window.title = title
            self._on_title(window, title)

    def _flush_again(self) -> None:
        in_flight, self._retry, self._retry_in_flight = self._retry_in_flight, None, 0
        self.flush(in_flight)

    def effect(self, effect: AnyEffect, windows: list[Window] | None = None) -> None:
        """Send an effect to ``windows``; None: to all windows that show the document."""
        for window in self.windows if windows is None else windows:
            # Effects are stored even without a link, because the page may reconnect within the
            # grace period.
            if window in self.windows:
                window.add_effect(effect)
        self.flush()


def window_title(document: Document) -> str:
    """The title of a native window: the percentage of the progress, then the view's title."""
    progress = document.progress
    if progress is None:
        return document.title
    percent = progress.percent
    return f"{'…' if percent is None else f'{percent}%'} {document.title}"
