"""`Daemons`: the instances that windows share, and the windows that wait for such an instance.

A view may decide while it runs that it is a daemon (``self.is_daemon = True``). Until the decision,
a second window at the same URL waits. After the decision, the second window shows the same instance
if it is a daemon, or else a new instance.

Threads: must be used on the server thread only.
Guarantees: a key has at most one instance.
"""

from __future__ import annotations

from everview.runtime.instances.instance import Instance
from everview.runtime.windows.messages import Attach
from everview.runtime.windows.window import Window

Waiting = list[tuple[Window, Attach]]


class Daemons:
    """The shared instances of one run of the server."""

    def __init__(self) -> None:
        self._shared: dict[object, Instance] = {}
        self._undecided: dict[object, Instance] = {}
        self._waiting: dict[Instance, Waiting] = {}

    def find(self, key: object) -> Instance | None:
        """The instance with this key, or None."""
        return self._shared.get(key)

    def begin(self, instance: Instance, decides_late: bool) -> None:
        """Register a new instance. If ``decides_late`` is true, it may still become a daemon."""
        if instance.is_daemon:
            self._shared[instance.key] = instance
        elif decides_late:
            self._undecided[instance.key] = instance

    def wait(self, key: object, window: Window, message: Attach) -> bool:
        """Let a window wait until the instance with this key decides whether it is a daemon.

        Returns:
            True if an instance with this key runs and may still become a daemon, otherwise False.
        """
        undecided = self._undecided.get(key)
        if undecided is None:
            return False
        self._waiting.setdefault(undecided, []).append((window, message))
        return True

    def leave(self, window: Window) -> None:
        """End the wait of a window."""
        for waiting in self._waiting.values():
            waiting[:] = [entry for entry in waiting if entry[0] is not window]

    def decided(self, instance: Instance) -> Waiting:
        """Note that an instance has decided. Returns the windows that waited for the decision."""
        if instance.is_daemon:
            self._shared.setdefault(instance.key, instance)
        return self._end_undecided(instance)

    def remove(self, instance: Instance) -> Waiting:
        """Remove an instance that was stopped. Returns the windows that waited for its decision."""
        if self._shared.get(instance.key) is instance:
            del self._shared[instance.key]
        return self._end_undecided(instance)

    def _end_undecided(self, instance: Instance) -> Waiting:
        if self._undecided.get(instance.key) is instance:
            del self._undecided[instance.key]
        return self._waiting.pop(instance, [])
