"""The states of an instance, its life cycle, and the reasons for its end."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from everview.i18n import N_
from everview.progress import Progress


class State(enum.StrEnum):
    """The state of an instance that lists of instances show."""

    RUNNING = N_("running")
    NEEDS_INPUT = N_("needs input")
    FINISHED = N_("finished")
    FAILED = N_("failed")
    STOPPED = N_("stopped")


class Life(enum.Enum):
    """The states in the life cycle of an instance."""

    #: ``handle_request`` runs and has shown nothing.
    STARTING = enum.auto()
    #: ``handle_request`` runs and has shown something or waited.
    RUNNING = enum.auto()
    #: ``handle_request`` has returned, but events are still handled.
    FINISHED = enum.auto()
    #: ``handle_request`` has raised an exception.
    FAILED = enum.auto()
    #: The instance was stopped, and its code and hooks are ending.
    STOPPING = enum.auto()
    #: The instance has ended: all its hooks have run.
    ENDED = enum.auto()


#: Maps each state of the life cycle to the states that may follow.
LIFE_TRANSITIONS = {
    Life.STARTING: {Life.RUNNING, Life.FINISHED, Life.FAILED, Life.STOPPING},
    Life.RUNNING: {Life.FINISHED, Life.FAILED, Life.STOPPING},
    Life.FINISHED: {Life.STOPPING},
    Life.FAILED: {Life.STOPPING},
    Life.STOPPING: {Life.ENDED},
    Life.ENDED: set(),
}

#: Maps each state of the life cycle to the state that lists show.
STATE_OF_LIFE = {
    Life.STARTING: State.RUNNING,
    Life.RUNNING: State.RUNNING,
    Life.FINISHED: State.FINISHED,
    Life.FAILED: State.FAILED,
    Life.STOPPING: State.STOPPED,
    Life.ENDED: State.STOPPED,
}


class StopReason(enum.StrEnum):
    """Why an instance is stopped; `View.on_stop` receives it."""

    #: The last window of a view was closed, and the view is not a daemon.
    WINDOW_CLOSED = "window closed"
    #: ``handle_request`` of a daemon view has returned, and the view class or the settings demand
    #: that the view then ends.
    FINISHED = "finished"
    #: A user or the view itself stopped ``handle_request``.
    STOPPED = "stopped"
    #: A user dismissed a view whose ``handle_request`` had ended.
    DISMISSED = "dismissed"
    #: A user restarted the view.
    RESTARTED = "restarted"
    #: The app ends.
    SHUTDOWN = "shutdown"


@dataclass(frozen=True)
class Summary:
    """The summary of one instance for lists of instances.

    Attributes:
        id: The id of the instance.
        url: Its URL.
        title: Its title, or the name of its class.
        state: Its state.
        seen: Whether a window has shown the result.
        is_daemon: Whether it runs without windows.
        long_running: Whether ``handle_request`` showed something before it returned.
        progress: The progress of its work, if it has reported one.
        age: The seconds since its start.
        windows: The number of windows with a link that show it.
    """

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
        """The English name of the state for users; `_` translates it."""
        if self.state is State.FINISHED:
            if not self.long_running:
                return N_("ready")
            return N_("finished") if self.seen else N_("finished, not seen yet")
        return self.state.value
