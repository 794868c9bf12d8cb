"""`Container`: the base class of the dicts and lists in a widget's data.

The content and the changes of containers are in ``data``.
Threads: the rules of the module ``data`` apply.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol

from everview.errors import AttributeValueError
from everview.html.widgets.values import MAX_DEPTH, scalar

_UNLOCKED = contextlib.nullcontext()


class DataOwner(Protocol):
    """The methods of `Widget` that containers use. Importing `Widget` would be circular."""

    @property
    def lock(self) -> contextlib.AbstractContextManager[object]: ...
    def record_change(self, container: Container) -> tuple[int, int] | None:
        """Record that a container changed.

        Returns:
            The revision of the change, and the newest revision that was sent to a window. The
            result is None if no window has an older state, so containers need not record what
            changed.
        """

    def release(self, container: Container) -> None:
        """Drop the recorded changes of a container that was removed from the widget's data."""


class Container:
    """A dict or list in the data of a widget. Authors do not create it.

    Attributes:
        owner: the widget; None if the container is no longer part of its data.
        parent: the container that contains this one; None for the top container.
        slot: the key or item number of this container in ``parent``.
        is_flat: True if the container has never contained another container.
    """

    __slots__ = ("_floor", "is_flat", "owner", "parent", "slot")

    #: The classes for dicts and lists; ``data`` sets them.
    DICT: ClassVar[Callable[..., Container]]
    LIST: ClassVar[Callable[..., Container]]

    def __init__(self, owner: DataOwner | None, parent: Container | None, slot: Any) -> None:
        self.owner = owner
        self.parent = parent
        self.slot = slot
        self.is_flat = True
        #: A window with an older revision than this gets the whole container, not its changes.
        self._floor = 0

    @property
    def lock(self) -> contextlib.AbstractContextManager[object]:
        """The lock for changes of the container."""
        owner = self.owner
        return owner.lock if owner is not None else _UNLOCKED

    def _make(self, value: Any, slot: Any, depth: int | None = None) -> Any:
        """Convert ``value`` to its stored form: dicts and lists are copied into containers."""
        if type(value) in _SCALARS or not isinstance(value, _NESTED):
            return scalar(value)
        self.is_flat = False
        if depth is None:
            depth = self._depth()
        if depth >= MAX_DEPTH:
            raise AttributeValueError(
                f"widget data is nested more than {MAX_DEPTH} levels deep; does it contain itself?"
            )
        make = Container.DICT if isinstance(value, Mapping) else Container.LIST
        return make(value, self.owner, self, slot, depth + 1)

    def _depth(self) -> int:
        depth, container = 0, self.parent
        while container is not None:
            depth += 1
            container = container.parent
        return depth

    def leave(self) -> None:
        """Remove the container from the data: later changes of it are not sent to any window."""
        if self.owner is not None:
            self.owner.release(self)
        self.owner = self.parent = None
        if not self.is_flat:
            for child in self.children():
                if isinstance(child, Container):
                    child.leave()

    def path(self, since: int) -> list[Any] | None:
        """The keys and indices from the root to this container.

        The result is None if a window at the revision ``since`` gets the whole content of a
        container around this one.
        """
        path: list[Any] = []
        container = self
        while (parent := container.parent) is not None:
            if parent.is_new(container.slot, since):
                return None
            path.append(parent.place_of(container.slot))
            container = parent
        path.reverse()
        return path

    def children(self) -> Iterable[Any]:
        """The values in this container."""
        raise NotImplementedError

    def is_new(self, slot: Any, since: int) -> bool:
        """Whether a window at the revision ``since`` gets the whole value of ``slot``."""
        raise NotImplementedError

    def place_of(self, slot: Any) -> Any:
        """The key or index at which the value of ``slot`` is now."""
        return slot

    def plain(self) -> Any:
        """A copy of the container as plain dicts and lists."""
        raise NotImplementedError

    def changes(self, since: int) -> dict[str, Any]:
        """The changes since a revision, without the changes in nested containers."""
        raise NotImplementedError

    def forget_changes(self) -> None:
        """Drop all recorded changes. Called when no window needs them."""
        self._floor = 0

    def __repr__(self) -> str:
        return repr(self.plain())

    def __eq__(self, other: object) -> bool:
        mine = self.plain()
        return bool(mine == (other.plain() if isinstance(other, Container) else other))

    __hash__ = None  # type: ignore[assignment]


def leave_data(value: Any) -> None:
    """Remove a replaced or deleted value from the data, if it is a container."""
    if isinstance(value, Container):
        value.leave()


def plain(value: Any) -> Any:
    """Convert a value to the form in which it is sent: containers become plain dicts and lists."""
    return value.plain() if isinstance(value, Container) else value


_SCALARS = frozenset({str, float, int, bool, type(None)})
_NESTED = (dict, list, tuple, Container, Mapping)
