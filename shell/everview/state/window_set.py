"""`WindowSet`: the native windows that are open, as they come back at the next start.

It is saved at every change, not at the end: after a crash or a loss of power the windows are there
again. What is read is checked; what we would not have written is left out, with a line in the log.

Threads: any.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from everview.addresses import AppPath

log = logging.getLogger("everview.windows")

Pixels = Annotated[int, msgspec.Meta(ge=-100_000, le=100_000)]
Size = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
#: Windows that are brought back; a set with more was not left by a person.
MOST = 50


class WindowState(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A native window: what it shows, where, and how.

    ``x``, ``y``: where its frame begins; ``width``, ``height``: of what is inside the frame; None:
    where and as large as the system likes. ``screen``: the name of the screen it is on. While it
    is maximised or full screen, the place is where it is to be afterwards.
    """

    url: AppPath = "/"
    x: Pixels | None = None
    y: Pixels | None = None
    width: Size | None = None
    height: Size | None = None
    screen: Annotated[str, msgspec.Meta(max_length=200)] = ""
    maximized: bool = False
    fullscreen: bool = False
    zoom: Annotated[float, msgspec.Meta(ge=0.25, le=5)] = 1.0
    theme: Literal["system", "light", "dark"] = "system"


class Saved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is on the disk. ``last``: what a new window begins with, if no other one is open."""

    windows: list[WindowState] = []
    last: WindowState = WindowState()


class WindowSet:
    """The open windows by label. ``remember`` keeps bytes; ``recalled`` are the last kept ones."""

    def __init__(self, recalled: bytes | None, remember: Callable[[bytes], None]) -> None:
        saved = _read(recalled)
        #: The windows of the last start, the oldest first.
        self.restored = saved.windows[:MOST]
        self._last = saved.last
        self._remember = remember
        self._states: dict[str, WindowState] = {}
        self._frozen = False
        self._lock = threading.Lock()

    def get(self, label: str) -> WindowState | None:
        """The state of an open window."""
        return self._states.get(label)

    def like(self, label: str = "") -> WindowState:
        """What a new window begins with: like that one, else like the one changed last."""
        return self._states.get(label, self._last)

    def opened(self, label: str, state: WindowState) -> None:
        """A window is open now."""
        with self._lock:
            self._states[label] = state
            self._save()

    def changed(self, label: str, **changes: Any) -> None:
        """Something of an open window is another; what is the same is not saved again."""
        with self._lock:
            state = self._states.get(label)
            if state is None or self._frozen:
                return
            new = msgspec.structs.replace(state, **changes)
            if new != state:
                self._states[label] = self._last = new
                self._save()

    def closed(self, label: str) -> None:
        """A window was closed by a person."""
        with self._lock:
            if self._frozen or label not in self._states:
                return
            self._last = self._states.pop(label)
            self._save()

    def freeze(self) -> None:
        """The app ends: what closes now was not closed by a person."""
        with self._lock:
            self._frozen = True

    def _save(self) -> None:
        self._remember(msgspec.json.encode(Saved(list(self._states.values()), self._last)))


def _read(recalled: bytes | None) -> Saved:
    if recalled is None:
        return Saved()
    try:
        return msgspec.json.decode(recalled, type=Saved)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        log.error("the windows of the last start cannot be read: %s", error)  # noqa: TRY400  (no news)
        return Saved()
