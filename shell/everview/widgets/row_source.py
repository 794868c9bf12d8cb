"""The rows of a `VirtualTable`: a sequence in memory, or a function of the author.

Threads: only one call may run at a time, as for handlers.
Guarantees: `VirtualTable.handle_rows` checks the request of a page before it calls this module.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

#: The number of cached row orders (by sort and filter). Each window can have its own order.
MAX_ORDERS = 8

#: A sort order: ``(name of the column, is descending)``.
Sort = tuple[str, bool]
#: The author's function: ``(start, count, sort, filter) -> (rows, number of all rows)``.
Fetch = Callable[[int, int, Sort | None, str], tuple[Sequence[Any], int]]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        name: the key in rows that are dicts, or the attribute of rows that are objects. For rows
            that are tuples or lists, the position of the column is used instead.
        title: the heading; default: the name.
        width: the width in pixels.
        align: the alignment of the texts.
        sortable: whether users can sort by this column.
        format: a function from a value to its text; default: ``str``, and "" for None.
    """

    name: str
    title: str = ""
    width: int = 140
    align: Literal["left", "right"] = "left"
    sortable: bool = True
    format: Callable[[Any], str] | None = None

    def text(self, value: Any) -> str:
        """The text of ``value`` in the page."""
        if self.format is not None:
            value = self.format(value)
        elif value is None:
            return ""
        text = str(value)[:500]
        return text if text.isascii() else text.encode("utf-8", "replace").decode()


class RowSource:
    """Rows of a sequence or of a function, sorted and filtered."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Any] | Fetch) -> None:
        self.columns = columns
        self.rows = rows
        self._places = {column.name: place for place, column in enumerate(columns)}
        self._is_plain = all(column.format is None for column in columns)
        self._orders: OrderedDict[tuple[Sort | None, str], Sequence[int]] = OrderedDict()

    def refresh(self) -> None:
        """Drop the cached orders, because the rows have changed."""
        self._orders.clear()

    def fetch(
        self, start: int, count: int, sort: Sort | None, text: str
    ) -> tuple[list[tuple[int, Any]], int]:
        """Return rows from ``start`` on, each with its id, and the number of all rows."""
        rows_held = self.rows
        if callable(rows_held):
            rows, total = rows_held(start, count, sort, text)
            return list(enumerate(rows, start)), total
        order = self._order(rows_held, sort, text)
        chosen = order[start : start + count]
        return [(number, rows_held[number]) for number in chosen], len(order)

    def cells(self, row: Any) -> list[str]:
        """The texts of the cells of a row."""
        return [column.text(self.value(row, column.name)) for column in self.columns]

    def value(self, row: Any, name: str) -> Any:
        """The value of a row in a column."""
        if isinstance(row, Mapping):
            return row.get(name)
        if isinstance(row, (tuple, list)):
            return row[self._places[name]]
        return getattr(row, name)

    def _order(self, rows: Sequence[Any], sort: Sort | None, text: str) -> Sequence[int]:
        if sort is None and not text:
            return range(len(rows))
        key = (sort, text)
        order = self._orders.get(key)
        if order is None:
            order = self._chosen(rows, text)
            if sort is not None:
                order = self._sorted(rows, order, *sort)
            self._orders[key] = order
            while len(self._orders) > MAX_ORDERS:
                self._orders.popitem(last=False)
        self._orders.move_to_end(key)
        return order

    def _chosen(self, rows: Sequence[Any], text: str) -> Sequence[int]:
        """The numbers of the rows that contain ``text`` in one of their cells, ignoring case."""
        if not text:
            return range(len(rows))
        wanted = text.casefold()
        searched = self._searched
        return [number for number, row in enumerate(rows) if wanted in searched(row).casefold()]

    def _searched(self, row: Any) -> str:
        """The text of a row for searching.

        Searching a million rows takes 1 s with the fast path for tuples and lists, and 3 s without.
        """
        if type(row) in (tuple, list) and self._is_plain:
            values = row[: len(self.columns)]
            return "\0".join([str(value) for value in values if value is not None])
        return "\0".join(self.cells(row))

    def _sorted(
        self, rows: Sequence[Any], order: Sequence[int], name: str, descending: bool
    ) -> Sequence[int]:
        values = {number: self.value(rows[number], name) for number in order}
        try:
            # Try to compare the values directly: this is faster than checking the type of each
            # value.
            if all(value == value for value in values.values()):  # NaN is not equal to itself
                return sorted(order, key=values.__getitem__, reverse=descending)
        except TypeError:
            pass  # the values have several types and are sorted below
        return sorted(order, key=lambda n: _comparable(values[n]), reverse=descending)


def _comparable(value: Any) -> tuple[int, Any]:
    """A key for sorting: numbers first, then texts, then other values, then None."""
    if value is None:
        return (3, 0)
    if isinstance(value, (int, float)):
        return (0, value) if value == value else (3, 1)  # NaN is not equal to itself
    return (1, value) if isinstance(value, str) else (2, str(value))
