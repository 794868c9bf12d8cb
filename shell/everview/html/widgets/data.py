"""`DataDict` and `DataList`: a widget's data, nested, synchronised like the tree.

Each container records the revision at which a slot changed, not the value. Values are read when a
window requests a frame (`DataDict.changes`, `DataList.changes`). Appending to a list, dropping
items from its head or tail, setting an item and setting a key are sent as small changes. After an
insertion in the middle, the list is sent from that index on.

The items of a list have numbers: the first item that the list ever had has the number 0, and
``_head`` is the number of items dropped from the head. Therefore the number of an item does not
change when items are added or dropped at the ends. A window has an extent of the list: the number
of its first item and the number after its last item. A list records the
extents that were sent. The first change after a frame adds an entry; later changes before the next
frame add none. Therefore there are never more entries than frames.

Values are JSON values. They are copied: an assigned dict or list becomes a new container, so no
value can be in two places or change without a record.

Frames are made in ``document``. The values of input fields are in ``fields.inputs``.

Threads: can be used from any thread; changes are made under the document's lock.
Guarantees: a widget's data has the guarantees of ``document``
(tests/html/test_document_properties.py).
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, MutableSequence
from typing import Any, overload

from everview.html.widgets.container import Container, DataOwner, leave_data, plain
from everview.html.widgets.values import check_key

#: The number of stored changes of a container is at most the number of its values plus this number.
#: A window that is older than the oldest stored change gets the whole container.
KEPT = 1024

_ABSENT: Any = object()


class DataDict(Container, MutableMapping[str, Any]):
    """A dict in the data of a widget. Keys are strings."""

    __slots__ = ("_keys", "_values")

    def __init__(
        self,
        values: Mapping[str, Any],
        owner: DataOwner | None = None,
        parent: Container | None = None,
        slot: Any = None,
        depth: int = 0,
    ) -> None:
        super().__init__(owner, parent, slot)
        self._keys: OrderedDict[str, int] = OrderedDict()
        self._values: dict[str, Any] = {
            check_key(key): self._make(value, key, depth) for key, value in values.items()
        }

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        check_key(key)
        with self.lock:
            new = self._make(value, key)
            old = self._values.get(key, _ABSENT)
            if type(old) is type(new) and not isinstance(old, Container) and old == new:
                return
            self._values[key] = new
            leave_data(old)
            self._note(key)

    def __delitem__(self, key: str) -> None:
        with self.lock:
            leave_data(self._values.pop(key))
            self._note(key)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._values))

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def _note(self, key: str) -> None:
        recorded = self.owner.record_change(self) if self.owner is not None else None
        if recorded is None:
            return
        revision, sent = recorded
        keys = self._keys
        if keys.get(key, -1) <= sent:
            keys[key] = revision
            keys.move_to_end(key)
            while len(keys) > 2 * len(self._values) + KEPT:
                _, self._floor = keys.popitem(last=False)

    def children(self) -> Iterable[Any]:
        return self._values.values()

    def is_new(self, slot: Any, since: int) -> bool:
        return since < self._floor or self._keys.get(slot, -1) > since

    def plain(self) -> dict[str, Any]:
        if self.is_flat:
            return dict(self._values)
        return {key: plain(value) for key, value in self._values.items()}

    def changes(self, since: int) -> dict[str, Any]:
        if since < self._floor:
            return {"all": self.plain()}
        changed: dict[str, Any] = {}
        deleted: list[str] = []
        for key, revision in reversed(self._keys.items()):
            if revision <= since:
                break
            if key in self._values:
                changed[key] = plain(self._values[key])
            else:
                deleted.append(key)
        return {**({"set": changed} if changed else {}), **({"del": deleted} if deleted else {})}

    def forget_changes(self) -> None:
        super().forget_changes()
        self._keys.clear()


class DataList(Container, MutableSequence[Any]):
    """A list in the data of a widget."""

    __slots__ = ("_head", "_items", "_log", "_values")

    def __init__(
        self,
        values: Iterable[Any],
        owner: DataOwner | None = None,
        parent: Container | None = None,
        slot: Any = None,
        depth: int = 0,
    ) -> None:
        super().__init__(owner, parent, slot)
        self._head = 0
        #: A mapping from the number of an item to the revision of its last assignment.
        self._items: OrderedDict[int, int] = OrderedDict()
        #: Each entry is ``[revision, head, end, lowest]``: the extent before the change at this
        #: revision, and the lowest number from which items must be sent again.
        self._log: deque[list[int]] = deque()
        self._values: list[Any] = [self._make(v, i, depth) for i, v in enumerate(values)]

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self._values[index]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __setitem__(self, index: int | slice, value: Any) -> None:
        with self.lock:
            if isinstance(index, slice):
                start, stop, step = index.indices(len(self._values))
                if step == 1:
                    self._splice(start, max(start, stop), list(value))
                else:
                    # Assign to a plain list first: a list raises the errors that authors expect.
                    values = list(self._values)
                    values[index] = list(value)
                    self._splice(0, len(self._values), values)
                return
            place = range(len(self._values))[index]
            number = self._head + place
            new, old = self._make(value, number), self._values[place]
            if type(old) is type(new) and not isinstance(old, Container) and old == new:
                return
            self._values[place] = new
            leave_data(old)
            self._record_item(number)

    def __delitem__(self, index: int | slice) -> None:
        with self.lock:
            if isinstance(index, slice):
                numbers = range(len(self._values))[index]
                if numbers.step == 1:
                    self._splice(numbers.start, max(numbers.start, numbers.stop), [])
                else:
                    removed = set(numbers)
                    rest = [v for i, v in enumerate(self._values) if i not in removed]
                    self._splice(0, len(self._values), rest)
                return
            place = range(len(self._values))[index]
            self._splice(place, place + 1, [])

    def insert(self, index: int, value: Any) -> None:
        with self.lock:
            place = slice(index, None).indices(len(self._values))[0]
            self._splice(place, place, [value])

    def append(self, value: Any) -> None:
        with self.lock:
            count = len(self._values)
            new = self._make(value, self._head + count)
            self._record_extent(self._head, self._head + count, self._head + count)
            self._values.append(new)

    def extend(self, values: Iterable[Any]) -> None:
        """Append all values, in one change."""
        new = list(values)
        with self.lock:
            self._splice(len(self._values), len(self._values), new)

    def clear(self) -> None:
        with self.lock:
            self._splice(0, len(self._values), [])

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        with self.lock:
            self._splice(0, len(self._values), sorted(self._values, key=key, reverse=reverse))

    def reverse(self) -> None:
        with self.lock:
            self._splice(0, len(self._values), self._values[::-1])

    def _splice(self, start: int, stop: int, new: list[Any]) -> None:
        """Replace the items from ``start`` to ``stop`` with ``new``."""
        values = self._values
        count = len(values)
        if start >= count and not new:
            return
        head, end = self._head, self._head + count
        if start == 0 and not new and stop < count:
            self._record_extent(head, end, end)
            if not self.is_flat:
                for value in values[:stop]:
                    leave_data(value)
            del values[:stop]
            self._head += stop
            self._prune()
            return
        # If a container only moves, do not copy it: authors may have references to it.
        moving = (
            {} if self.is_flat else {id(v): v for v in values[start:] if isinstance(v, Container)}
        )
        made: list[Any] = []
        for value in new + values[stop:]:
            moved = moving.pop(id(value), None) if moving else None
            number = head + start + len(made)
            made.append(self._make(value, number) if moved is None else moved)
        self._record_extent(head, end, head + start)
        for value in moving.values():
            leave_data(value)
        values[start:] = made
        if not self.is_flat:
            for number, value in enumerate(made, head + start):
                if isinstance(value, Container):
                    value.slot = number

    def _prune(self) -> None:
        if len(self._items) > 2 * len(self._values) + KEPT:
            current = ((n, r) for n, r in self._items.items() if n >= self._head)
            self._items = OrderedDict(current)

    def _record_extent(self, head: int, end: int, lowest: int) -> None:
        """Record that the list had this extent (``head``, ``end``) before a change.

        The change affects the items from the number ``lowest`` on.
        """
        owner = self.owner
        recorded = owner.record_change(self) if owner is not None else None
        if recorded is None:
            return
        revision, sent = recorded
        log = self._log
        if not log or log[-1][0] <= sent:
            log.append([revision, head, end, lowest])
            if len(log) > KEPT:
                self._floor = log.popleft()[0]
        elif lowest < log[-1][3]:
            log[-1][3] = lowest

    def _record_item(self, number: int) -> None:
        recorded = self.owner.record_change(self) if self.owner is not None else None
        if recorded is None:
            return
        revision, sent = recorded
        if self._items.get(number, -1) <= sent:
            self._items[number] = revision
            self._items.move_to_end(number)

    def _extent(self, since: int) -> tuple[int, int, int]:
        """Return the extent of a window at the revision ``since``, and the end of its valid items.

        The items after the valid items must be sent to the window again.
        """
        head = self._head
        end = lowest = head + len(self._values)
        for revision, before, end_before, low in reversed(self._log):
            if revision <= since:
                break
            head, end, lowest = before, end_before, min(lowest, low)
        return head, end, lowest

    def children(self) -> Iterable[Any]:
        return self._values

    def is_new(self, slot: Any, since: int) -> bool:
        if since < self._floor or self._items.get(slot, -1) > since:
            return True
        return bool(slot >= self._extent(since)[2])

    def place_of(self, slot: Any) -> Any:
        return slot - self._head

    def plain(self) -> list[Any]:
        return self._values[:] if self.is_flat else [plain(value) for value in self._values]

    def changes(self, since: int) -> dict[str, Any]:
        if since < self._floor:
            return {"all": self.plain()}
        head, end, lowest = self._extent(since)
        changes: dict[str, Any] = {}
        if lowest < end:
            changes["keep"] = lowest - head
        if (dropped := min(self._head, lowest) - head) > 0:
            changes["drop"] = dropped
        changed = []
        for number, revision in reversed(self._items.items()):
            if revision <= since:
                break
            if self._head <= number < lowest:
                place = number - self._head
                changed.append([place, plain(self._values[place])])
        if changed:
            changes["set"] = changed
        if added := self._values[max(lowest - self._head, 0) :]:
            changes["push"] = added if self.is_flat else [plain(value) for value in added]
        return changes

    def forget_changes(self) -> None:
        super().forget_changes()
        self._items.clear()
        self._log.clear()


Container.DICT, Container.LIST = DataDict, DataList
