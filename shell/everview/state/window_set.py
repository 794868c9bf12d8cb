"""`WindowSet` records the open native windows, so that they are opened again at the next start.

The set is saved at every change, not at the end of the app, so that windows come back after a crash
or a power failure, too. Stored data that is malformed is ignored and logged.

Threads: can be called from any thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from everview.addresses import AppPath

logger = logging.getLogger("everview.windows")

Pixels = Annotated[int, msgspec.Meta(ge=-100_000, le=100_000)]
Size = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
#: Maximum number of windows that are opened again. No user has more windows open.
MAX_WINDOWS = 50


class WindowState(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A native window: its URL, its position and its appearance.

    ``x`` and ``y`` are the position of its outer frame, ``width`` and ``height`` the size inside
    the frame; None leaves the choice to the system. ``screen`` is the name of its screen. If a
    window is maximized or full-screen, its position and size are those that it had before.
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
    """The form in which the set is stored.

    ``last`` is the template of a new window if no window is open.
    """

    windows: list[WindowState] = []
    last: WindowState = WindowState()


class WindowSet:
    """The open windows by label.

    Args:
        stored: The data that the last start stored, or None.
        store: Stores data for the next start.
    """

    def __init__(self, stored: bytes | None, store: Callable[[bytes], None]) -> None:
        saved = _read(stored)
        #: The windows of the last session, the oldest first.
        self.restored = saved.windows[:MAX_WINDOWS]
        self._last = saved.last
        self._store = store
        self._states: dict[str, WindowState] = {}
        self._frozen = False
        self._lock = threading.Lock()

    def get(self, label: str) -> WindowState | None:
        """The state of an open window."""
        return self._states.get(label)

    def like(self, label: str = "") -> WindowState:
        """The template of a new window.

        The template is the window ``label`` if it is open; otherwise the window that changed last.
        """
        return self._states.get(label, self._last)

    def opened(self, label: str, state: WindowState) -> None:
        """Record that a window was opened."""
        with self._lock:
            self._states[label] = state
            self._save()

    def changed(self, label: str, **changes: Any) -> None:
        """Record changes of an open window. Equal values are not saved again."""
        with self._lock:
            state = self._states.get(label)
            if state is None or self._frozen:
                return
            new = msgspec.structs.replace(state, **changes)
            if new != state:
                self._states[label] = self._last = new
                self._save()

    def closed(self, label: str) -> None:
        """Record that the user closed a window."""
        with self._lock:
            if self._frozen or label not in self._states:
                return
            self._last = self._states.pop(label)
            self._save()

    def freeze(self) -> None:
        """Ignore all later changes, because the app ends and closes its windows itself."""
        with self._lock:
            self._frozen = True

    def _save(self) -> None:
        self._store(msgspec.json.encode(Saved(list(self._states.values()), self._last)))


def _read(stored: bytes | None) -> Saved:
    if stored is None:
        return Saved()
    try:
        return msgspec.json.decode(stored, type=Saved)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        logger.error("the windows of the last session cannot be read: %s", error)  # noqa: TRY400
        return Saved()
