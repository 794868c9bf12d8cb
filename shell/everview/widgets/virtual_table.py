"""`VirtualTable`: a table of any number of rows, of which a page has those that are seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from everview.errors import AttributeValueError
from everview.html.tree.static_files import Script, StaticFile, StyleSheet
from everview.html.widgets.widget import Widget
from everview.i18n import _
from everview.widgets.row_source import Column, Fetch, RowSource, Sort

#: Most rows a page may ask for at once.
MOST_ROWS = 500
#: Rows that come with the table itself, so that it is there without asking.
FIRST_ROWS = 60
LONGEST_FILTER = 200


class VirtualTable(Widget):
    """A million rows, with sorting and filtering on the server.

        table = VirtualTable(
            [Column("name"), Column("size", align="right", format="{:,}".format)],
            files,                                  # any sequence of tuples, dicts or objects
            handle_select=self.selected,            # event.data["ids"]: places in the sequence
        )
        files.append(...)
        table.refresh()                             # say so when the rows have changed

    Instead of a sequence, a function that finds rows where they are::

        def fetch(start, count, sort, filter):      # sort: None or (column's name, descending)
            return database.rows(...), database.count(...)

    Sort order, filter, place and selection are each window's own. Events: ``select`` with ``ids``,
    and ``activate`` (Enter or a double click) with ``id``: of a sequence the places in it, of a
    function's rows their places in what it gave.

    Sorting or filtering a sequence takes about 1 to 3 us a row, once for each order; a function can
    use an index.

    Args:
        columns: the columns; a text is a column's name.
        rows: a sequence or a function.
        label: what screen readers call the table.
        height: rows shown at once.
        select: "one", "many" or "" (none can be selected).
        filter: whether to show a field to filter by.
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
        select: str = "one",
        filter: bool = True,
        **attributes: Any,
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
        """The sequence, or the function. Assigning another shows that one."""
        return self._source.rows

    @rows.setter
    def rows(self, rows: Sequence[Any] | Fetch) -> None:
        self._source = RowSource(self._source.columns, rows)
        self.refresh()

    def refresh(self) -> None:
        """The rows have changed: windows get what they show anew."""
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

    def handle_rows(self, event: Any) -> Any:
        """A page wants rows. They are its window's alone, so they are no part of the tree."""
        if event.node is not self:
            return event
        start, count, sort, text = self._asked(event.data)
        version = self.data["version"]
        rows, total = self._source.fetch(start, count, sort, text)
        event.reply({"start": start, "total": total, "version": version, "rows": self._wire(rows)})
        return None

    def _asked(self, data: Any) -> tuple[int, int, Sort | None, str]:
        """What a page asks for, checked: it comes from outside."""
        match data:
            case {"start": int(start), "count": int(count), "sort": sort, "filter": str(text)} if (
                0 <= start <= 2**53 and 0 < count <= MOST_ROWS and len(text) <= LONGEST_FILTER
            ):
                return start, count, self._asked_sort(sort), text
        raise ValueError(f"{self!r} cannot show the rows that a page asked for: {data!r}")

    def _asked_sort(self, sort: Any) -> Sort | None:
        match sort:
            case None:
                return None
            case [str(name), bool(descending)] if any(
                column.name == name and column.sortable for column in self._source.columns
            ):
                return name, descending
        raise ValueError(f"{self!r} cannot be sorted by {sort!r}")
