"""`Daemons`: the instances that windows share, by their key, and who waits for one to become one.

A view may decide late that it is a daemon (``self.is_daemon = True``). Until then a second window
at the same URL waits: it gets the same instance, or one of its own.

Threads: the server thread. Guarantees: a key has at most one instance.
"""

from __future__ import annotations

from everview.runtime.instances.instance import Instance
from everview.runtime.windows.messages import Attach
from everview.runtime.windows.window import Window

Waiting = list[tuple[Window, Attach]]


class Daemons:
    """The shared instances of one server start."""

    def __init__(self) -> None:
        self._shared: dict[object, Instance] = {}
        self._undecided: dict[object, Instance] = {}
        self._waiting: dict[Instance, Waiting] = {}

    def find(self, key: object) -> Instance | None:
        """The instance of this key."""
        return self._shared.get(key)

    def begin(self, instance: Instance, decides_late: bool) -> None:
        """An instance starts; ``decides_late``: it may become a daemon yet."""
        if instance.is_daemon:
            self._shared[instance.key] = instance
            instance.decided = True
        elif decides_late:
            self._undecided[instance.key] = instance

    def wait(self, key: object, window: Window, message: Attach) -> bool:
        """Let a window wait for the decision of the instance of this key; False: there is none."""
        undecided = self._undecided.get(key)
        if undecided is None:
            return False
        self._waiting.setdefault(undecided, []).append((window, message))
        return True

    def leave(self, window: Window) -> None:
        """The window waits no more."""
        for waiting in self._waiting.values():
            waiting[:] = [entry for entry in waiting if entry[0] is not window]

    def decided(self, instance: Instance) -> Waiting:
        """It is, or will not become, a daemon; returns who waited for that."""
        if instance.is_daemon:
            self._shared.setdefault(instance.key, instance)
        return self._settle(instance)

    def ended(self, instance: Instance) -> Waiting:
        """It is not found again; returns who waited for its decision."""
        if self._shared.get(instance.key) is instance:
            del self._shared[instance.key]
        return self._settle(instance)

    def _settle(self, instance: Instance) -> Waiting:
        if self._undecided.get(instance.key) is instance:
            del self._undecided[instance.key]
        return self._waiting.pop(instance, [])
