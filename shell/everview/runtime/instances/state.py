"""The states of an instance, and why it stops."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from everview.i18n import N_
from everview.progress import Progress


class State(enum.StrEnum):
    """Where an instance is in its life."""

    RUNNING = N_("running")
    NEEDS_INPUT = N_("needs input")
    FINISHED = N_("finished")
    FAILED = N_("failed")
    STOPPED = N_("stopped")


class StopReason(enum.StrEnum):
    """Why `on_stop` is called."""

    WINDOW_CLOSED = "window closed"
    FINISHED = "finished"
    STOPPED = "stopped"
    DISMISSED = "dismissed"
    RESTARTED = "restarted"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True)
class Summary:
    """What lists of instances show of one; ``age`` in seconds."""

    id: str
    url: str
    title: str
    state: State
    seen: bool
    is_daemon: bool
    long_running: bool
    progress: Progress | None
    age: float
    windows: int

    @property
    def text(self) -> str:
        """The state in words for a person, in English: `_` has it in theirs."""
        if self.state is State.FINISHED:
            if not self.long_running:
                return N_("ready")
            return N_("finished") if self.seen else N_("finished, not seen yet")
        return self.state.value
