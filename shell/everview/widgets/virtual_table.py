"""`VirtualTable`: a table with any number of rows; a page has only the visible ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from everview.errors import AttributeValueError
from everview.html import Keyword, Widget
from everview.html.tree.static_files import Script, StaticFile, StyleSheet
from everview.i18n import _
from everview.widgets.row_source import Column, Fetch, RowSource, Sort

#: The most rows that a page can request at once.
MOST_ROWS = 500
#: The number of rows that are sent with the table, so that the first rows need no request.
FIRST_ROWS = 60
#: The greatest length of a filter text, in characters.
LONGEST_FILTER = 200


class VirtualTable(Widget):
    """A table with sorting and filtering on the server, for up to millions of rows.

        table = VirtualTable(
            [Column("name"), Column("size", align="right", format="{:,}".format)],
            files,                                  # any sequence of tuples, dicts or objects
            handle_select=self.selected,            # event.data["ids"]: indices of rows
        )
        files.append(...)
        table.refresh()                             # after the rows have changed

    Instead of a sequence, a function can return rows::

        def fetch(start, count, sort, filter):      # sort: None or (name of the column, descending)
            return database.rows(...), database.count(...)

    Each window has its own sort order, filter, scroll position and selection. Events: ``select``
    with ``event.data["ids"]``, and ``activate`` (Enter or a double click) with
    ``event.data["id"]``. An id is the index of a row in the sequence, or in the sorted and filtered
    rows of the function.

    Sorting or filtering a sequence takes 1 to 3 us per row. The result is cached for each sort
    order and filter. A function can use the index of a database instead.

    Args:
        columns: the columns; a string stands for a column with this name.
        rows: a sequence or a function.
        label: the name of the table for screen readers.
        height: the number of visible rows.
        select: the number of rows that can be selected: "one", "many", or "" for none.
        filter: whether to show a field for a filter text.
        attributes: as for `Element`.

    Raises:
        AttributeValueError: ``select`` has an unknown value.
    """

    __slots__ = ("_source",)

    MODULE = Script("static/virtual_table.js")
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [
        StyleSheet("static/virtual_table.css"),
        StaticFile("static/table_grid.js"),
        StaticFile("static/table_rows.js"),
    ]
    CLASS_LIST = ("ev-table",)

    def __init__(
        self,
        columns: Sequence[Column | str],
        rows: Sequence[Any] | Fetch,
        *,
        label: str = "",
        height: int = 12,
        select: Literal["one", "many", ""] = "one",
        filter: bool = True,
        **attributes: Keyword,
    ) -> None:
        if select not in ("one", "many", ""):
            raise AttributeValueError(f"select={select!r} must be 'one', 'many' or ''")
        made = [Column(column) if isinstance(column, str) else column for column in columns]
        self._source = RowSource(made, rows)
        data = {
            "label": label or _("Table"), "height": height, "select": select, "filter": filter,
            "columns": [
                {"name": c.name, "title": c.title or c.name.replace("_", " ").capitalize(),
                 "width": c.width, "align": c.align, "sortable": c.sortable}
                for c in made
            ],
            "version": 1,
            **self._first_rows(),
        }  # fmt: skip
        super().__init__(data=data, **attributes)

    @property
    def rows(self) -> Sequence[Any] | Fetch:
        """The sequence or function. Assign another one to show its rows."""
        return self._source.rows

    @rows.setter
    def rows(self, rows: Sequence[Any] | Fetch) -> None:
        self._source = RowSource(self._source.columns, rows)
        self.refresh()

    def refresh(self) -> None:
        """Show the rows again, after they have changed."""
        self._source.refresh()
        first = self._first_rows()
        with self.lock:
            for name, value in first.items():
                self.data[name] = value
            self.data["version"] += 1

    def _first_rows(self) -> dict[str, Any]:
        rows, total = self._source.fetch(0, FIRST_ROWS, None, "")
        return {"total": total, "first": self._wire(rows)}

    def _wire(self, rows: Sequence[tuple[int, Any]]) -> list[Any]:
        return [[number, self._source.cells(row)] for number, row in rows]

    def handle_rows(self, event: Any) -> object:
        """Send rows to the window that requests them. Such rows are not part of the tree."""
        if event.node is not self:
            return event
        start, count, sort, text = self._request(event.data)
        version = self.data["version"]
        rows, total = self._source.fetch(start, count, sort, text)
        event.reply({"start": start, "total": total, "version": version, "rows": self._wire(rows)})
        return None

    def _request(self, data: Any) -> tuple[int, int, Sort | None, str]:
        """Check the request of a page, because pages are not trusted.

        Raises:
            ValueError: the request is not valid.
        """
        match data:
            case {"start": int(start), "count": int(count), "sort": sort, "filter": str(text)} if (
                0 <= start <= 2**53 and 0 < count <= MOST_ROWS and len(text) <= LONGEST_FILTER
            ):
                return start, count, self._requested_sort(sort), text
        raise ValueError(f"{self!r} cannot show the rows that a page requested: {data!r}")

    def _requested_sort(self, sort: Any) -> Sort | None:
        match sort:
            case None:
                return None
            case [str(name), bool(descending)] if any(
                column.name == name and column.sortable for column in self._source.columns
            ):
                return name, descending
        raise ValueError(f"{self!r} cannot be sorted by {sort!r}")
