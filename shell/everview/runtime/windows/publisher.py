"""`Publisher`: brings one document to the windows that show it.

When something changes it flushes at the next tick, about 60 times a second for visible windows,
twice for hidden ones, never for nobody. A flush asks the document for what changed since each
window's revision, under one lock so that all end at the same revision, encodes each distinct
frame once, and sends. Windows without credit are passed over: they ask again with their next
confirmation, and get one merged frame then.

While *held* (a handler has the turn) ticks wait, so that a handler's changes arrive as one frame;
`release` flushes.

Threads: the server thread only, but `changed`, which the document calls from any.
Guarantees: never waits for a document's lock (an author may hold it), never for a window.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from everview.html import Document
from everview.runtime.windows.messages import encode
from everview.runtime.windows.pane import Pane
from everview.runtime.windows.window import FRAMES_IN_FLIGHT, TICKS_IN_FLIGHT, EncodedFrame, Window

TICK = 1 / 60
HIDDEN_TICK = 0.5
#: How soon to try again when an author holds the document's lock.
RETRY = 0.002


class Publisher:
    """The windows of one document."""

    def __init__(self, document: Document, name: str, loop: asyncio.AbstractEventLoop) -> None:
        self.document = document
        self.name = name
        self.windows: dict[Window, None] = {}
        #: What windows have for themselves; forgotten with the window.
        self.panes: WeakKeyDictionary[Window, Pane] = WeakKeyDictionary()
        self._loop = loop
        self._holds = 0
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._due = float("inf")
        self._retry: asyncio.TimerHandle | None = None
        self._retried = 0
        self.on_title: Callable[[Window, str], None] | None = None
        document.on_change = self.changed

    def changed(self) -> None:
        """The document changed for the first time since the last frame. Any thread.

        While ticks are held, `release` will flush: waking the loop would be for nothing. It cannot
        come too early, since this is called with the document's lock held.
        """
        if self._holds:
            return
        try:
            self._loop.call_soon_threadsafe(self._schedule)
        except RuntimeError:
            # The loop is closed: the app is ending, and nobody is left to be shown anything.
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
        """Ticks wait until `release`; holds nest."""
        self._holds += 1

    def confirmed(self, window: Window) -> None:
        """``window`` has credit again. What a handler has done so far is no reason to send."""
        if not self._holds and (window.has_news or window.cursor != self.document.revision):
            self._flush([window], TICKS_IN_FLIGHT)

    def release(self) -> None:
        """Take one `hold` back and flush."""
        self._holds -= 1
        self._flush(self.windows, FRAMES_IN_FLIGHT)

    def add(self, window: Window, cursor: int | None) -> None:
        """Show the document in ``window``, which has revision ``cursor`` of it (None: nothing)."""
        window.show(cursor)
        self.windows[window] = None

    def remove(self, window: Window) -> None:
        """Stop showing it there."""
        self.windows.pop(window, None)

    def flush(self, in_flight: int = FRAMES_IN_FLIGHT) -> None:
        """Send every window what it misses, now; those with so many unconfirmed frames later."""
        self._flush(self.windows, in_flight)

    def _flush(self, windows: Iterable[Window], in_flight: int) -> None:
        now = self._loop.time()
        behind = [
            window
            for window in windows
            if window.ready(in_flight) and (window.visible or self._is_due(window, now))
        ]
        if not behind:
            return
        document = self.document
        if not document.lock.acquire(blocking=False):
            # What a tick could not send is no more urgent for that.
            self._retried = max(self._retried, in_flight)
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
                if window.has_news:
                    window.send(None, self.name, now, encode)
                continue
            frame = encoded.get(cursor)
            if frame is None:
                frame = encoded[cursor] = EncodedFrame(self.name, frames[cursor], encode)
            window.cursor = revision
            if frame.is_whole and (pane := self.panes.get(window)) is not None:
                window.effects += pane.current_effects()
            window.send(frame, self.name, now, encode)
            if frame.has_meta:
                self._set_title(window)
        self._last = now

    def _is_due(self, window: Window, now: float) -> bool:
        """Whether a hidden window is sent something now; if not, see to it that it will be."""
        if window.has_news or now - window.last_frame >= HIDDEN_TICK:
            return True
        self._flush_at(window.last_frame + HIDDEN_TICK)
        return False

    def _set_title(self, window: Window) -> None:
        title = window_title(self.document)
        if title != window.title and self.on_title is not None:
            window.title = title
            self.on_title(window, title)

    def _flush_again(self) -> None:
        in_flight, self._retry, self._retried = self._retried, None, 0
        self.flush(in_flight)

    def effect(self, effect: dict[str, Any], windows: list[Window] | None = None) -> None:
        """Send a one-shot command to some windows, or to all that show the document."""
        for window in self.windows if windows is None else windows:
            # Also without a link: it may be back within the grace.
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
