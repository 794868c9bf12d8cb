"""`Container`: what the dicts and lists of a widget's data share: a place in the data, and a lock.

Not for: their contents and their journals (``widget_data``). Threads: as there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol

from everview.errors import AttributeValueError
from everview.html.widgets.values import MAX_DEPTH, scalar

_UNLOCKED = contextlib.nullcontext()


class DataOwner(Protocol):
    """The widget, as its containers see it."""

    @property
    def lock(self) -> Any: ...
    def _journal(self, container: Container) -> tuple[int, int] | None:
        """Journal that a container changed: this revision and the newest that was handed out.

        None: no window can have an older state, so there is nothing to journal.
        """

    def _release(self, container: Container) -> None: ...


class Container:
    """What both share: a place in the data of a widget. Not for authors to instantiate."""

    __slots__ = ("_flat", "_floor", "_owner", "_parent_node", "_slot")

    #: What dicts and lists become: `widget_data` has them, and sets these.
    DICT: ClassVar[Callable[..., Container]]
    LIST: ClassVar[Callable[..., Container]]

    def __init__(self, owner: DataOwner | None, parent: Container | None, slot: Any) -> None:
        self._owner = owner
        self._parent_node = parent
        #: The key, or the number of the item, under which the parent holds this.
        self._slot = slot
        #: Windows older than this get this container whole.
        self._floor = 0
        #: No containers in it, nor ever were.
        self._flat = True

    @property
    def _lock(self) -> Any:
        owner = self._owner
        return owner.lock if owner is not None else _UNLOCKED

    def _make(self, value: Any, slot: Any, depth: int | None = None) -> Any:
        """``value`` as it is held here."""
        if type(value) in _SCALARS or not isinstance(value, _NESTED):
            return scalar(value)
        self._flat = False
        if depth is None:
            depth = self._depth()
        if depth >= MAX_DEPTH:
            raise AttributeValueError(
                f"widget data is nested more than {MAX_DEPTH} levels deep; does it contain itself?"
            )
        make = Container.DICT if isinstance(value, Mapping) else Container.LIST
        return make(value, self._owner, self, slot, depth + 1)

    def _depth(self) -> int:
        depth, container = 0, self._parent_node
        while container is not None:
            depth += 1
            container = container._parent_node
        return depth

    def _let_go(self, value: Any) -> None:
        """``value`` is no longer part of the data: what an author still does with it is unseen."""
        if isinstance(value, Container):
            if value._owner is not None:
                value._owner._release(value)
            value._owner = value._parent_node = None
            if not value._flat:
                for child in value._children():
                    value._let_go(child)

    def _path(self, since: int) -> list[Any] | None:
        """Where this is, from the root; None if what it is in is sent anew."""
        path: list[Any] = []
        container = self
        while (parent := container._parent_node) is not None:
            if parent._is_new(container._slot, since):
                return None
            path.append(parent._place(container._slot))
            container = parent
        path.reverse()
        return path

    def _children(self) -> Iterable[Any]:
        raise NotImplementedError

    def _is_new(self, slot: Any, since: int) -> bool:
        """Whether a window at ``since`` gets all of ``slot``."""
        raise NotImplementedError

    def _place(self, slot: Any) -> Any:
        return slot

    def plain(self) -> Any:
        """A copy in plain dicts and lists."""
        raise NotImplementedError

    def changes(self, since: int) -> dict[str, Any]:
        """What a window at ``since`` misses, nested containers aside."""
        raise NotImplementedError

    def _forget(self) -> None:
        """No window has any older state."""
        self._floor = 0

    def __repr__(self) -> str:
        return repr(self.plain())

    def __eq__(self, other: object) -> bool:
        mine = self.plain()
        return bool(mine == (other.plain() if isinstance(other, Container) else other))

    __hash__ = None  # type: ignore[assignment]


def plain(value: Any) -> Any:
    """A value as it is sent: containers as copies in plain dicts and lists."""
    return value.plain() if isinstance(value, Container) else value


_SCALARS = frozenset({str, float, int, bool, type(None)})
_NESTED = (dict, list, tuple, Container, Mapping)
