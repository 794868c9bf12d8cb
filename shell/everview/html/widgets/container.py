"""`Container`: what the dicts and lists of a widget's data have in common.

Not for: their contents and journals (``data``). Threads: as there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol

from everview.errors import AttributeValueError
from everview.html.widgets.values import MAX_DEPTH, scalar

_UNLOCKED = contextlib.nullcontext()


class DataOwner(Protocol):
    """The widget, as its containers see it: `Widget` imports this module."""

    @property
    def lock(self) -> contextlib.AbstractContextManager[object]: ...
    def record_change(self, container: Container) -> tuple[int, int] | None:
        """Record that a container changed.

        Returns:
            The revision of the change, and the newest revision that was sent to a window. None: no
            window has an older state, so containers need not record what changed.
        """

    def release(self, container: Container) -> None:
        """Forget a container that is no longer part of the data."""


class Container:
    """A dict or list in the data of a widget. Authors do not create it.

    Attributes:
        owner: the widget; None once the container is not part of its data any more.
        parent: the container that contains this one; None for the data itself.
        slot: the key, or the number of the item, under which ``parent`` has this container.
        is_flat: the container never contained another container.
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
        #: A window older than this revision gets the whole container.
        self._floor = 0

    @property
    def lock(self) -> contextlib.AbstractContextManager[object]:
        """The lock under which the container changes."""
        owner = self.owner
        return owner.lock if owner is not None else _UNLOCKED

    def _make(self, value: Any, slot: Any, depth: int | None = None) -> Any:
        """``value`` as it is stored here: dicts and lists are copied into containers."""
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
        """Stop being part of the data: later changes of this container reach no window."""
        if self.owner is not None:
            self.owner.release(self)
        self.owner = self.parent = None
        if not self.is_flat:
            for child in self.children():
                if isinstance(child, Container):
                    child.leave()

    def path(self, since: int) -> list[Any] | None:
        """The keys and indices from the root to this container.

        None: a window at the revision ``since`` gets a whole container that contains this one.
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
        """The key or index of ``slot`` now."""
        return slot

    def plain(self) -> Any:
        """A copy in plain dicts and lists."""
        raise NotImplementedError

    def changes(self, since: int) -> dict[str, Any]:
        """What changed since a revision, without what changed in nested containers."""
        raise NotImplementedError

    def forget_changes(self) -> None:
        """Drop all records of changes: no window has an older state."""
        self._floor = 0

    def __repr__(self) -> str:
        return repr(self.plain())

    def __eq__(self, other: object) -> bool:
        mine = self.plain()
        return bool(mine == (other.plain() if isinstance(other, Container) else other))

    __hash__ = None  # type: ignore[assignment]


def leave_data(value: Any) -> None:
    """Remove a value that was replaced or deleted: a container stops being part of the data."""
    if isinstance(value, Container):
        value.leave()


def plain(value: Any) -> Any:
    """A value as it is sent: containers as copies in plain dicts and lists."""
    return value.plain() if isinstance(value, Container) else value


_SCALARS = frozenset({str, float, int, bool, type(None)})
_NESTED = (dict, list, tuple, Container, Mapping)
