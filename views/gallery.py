"""The view Gallery, which shows the widgets of ``everview.widgets`` in use."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, overload

from everview import InputEvent, Request, View
from everview.html import H1, HTML, Button, Div, Node, P
from everview.i18n import _
from everview.widgets import ICONS, Column, Icon, Log, Plot, ProgressBar, Tabs, Tree, VirtualTable
from views import app

#: The time between two points of the plot, in seconds.
PAUSE = 0.5
BURST = 100_000


class Squares(Sequence[tuple[int, int, str]]):
    """A sequence of a million rows that takes almost no memory. A table accepts any sequence."""

    def __len__(self) -> int:
        return 1_000_000

    @overload
    def __getitem__(self, index: int) -> tuple[int, int, str]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[int, int, str]]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        return (index, index * index, f"{index:b}")


@app.route("/gallery(/)", name="gallery")
class Gallery(View):
    """Log, table, plot, tree and other widgets, which can be used with the keyboard, too."""

    TITLE = "Gallery"

    async def handle_request(self, request: Request) -> None:
        self.selection = P(_("Choose something."), _class="dim", role="status")
        self.log = Log([_("Welcome. The button writes 100,000 lines at once.")], label=_("A log"))
        self.bar = ProgressBar(_("Lines written"), 0, BURST)
        self.plot = Plot(
            _("CPU, %"), _("threads"), label=_("This process"), x="time", max_points=10_000,
            height=260,
        )  # fmt: skip
        self.show(HTML(H1(_("Gallery")), self.tabs(), self.selection))
        spent, then = time.process_time(), time.perf_counter()
        while True:
            await asyncio.sleep(PAUSE)
            now_spent, now = time.process_time(), time.perf_counter()
            share = 100 * (now_spent - spent) / (now - then)
            self.plot.append(time.time(), round(share, 1), threading.active_count())
            spent, then = now_spent, now

    def tabs(self) -> Tabs:
        """A panel for each widget."""
        columns = [
            Column("number", _("Number"), align="right"),
            Column("square", _("Square"), align="right", width=180),
            Column("binary", _("In binary"), align="right", width=220),
        ]
        table = VirtualTable(
            columns, Squares(), label=_("Squares"), height=14, select="many",
            handle_select=self.selected,
        )  # fmt: skip
        write = Button(Icon("list"), " ", _("Write 100,000 lines"), handle_click=self.burst)
        return Tabs(
            (_("Table"), table),
            (_("Log"), [Div(write, _class="row"), self.bar, self.log]),
            (_("Plot"), self.plot),
            (_("Tree"), Tree(modules(), label=_("Modules of this process"),
                             handle_select=self.selected)),
            (_("Icons"), Div(map(drawing, ICONS), _class="cards")),
            label=_("Parts"),
        )  # fmt: skip

    def selected(self, event: InputEvent) -> None:
        what = event.data.get("ids") or [event.data.get("id")]
        self.selection.set_text(_("Selected: {what}").format(what=", ".join(map(str, what[:8]))))

    def burst(self, event: InputEvent) -> None:
        started, line = time.perf_counter(), _("{number} of {all}")
        for number in range(1, BURST + 1):
            self.log.append(line.format(number=f"{number:,}", all=f"{BURST:,}"))
            self.bar.set(number, BURST)
        template = _("{count} lines in {seconds} s")
        spent = f"{time.perf_counter() - started:.2f}"
        self.selection.set_text(template.format(count=f"{BURST:,}", seconds=spent))


def drawing(name: str) -> Node:
    """An icon with its name."""
    return Div(Icon(name, size="1.6em"), f" {name}")


def modules() -> list[dict[str, Any]]:
    """The imported modules as a tree of packages."""
    top: dict[str, Any] = {}
    for name in sorted(sys.modules):
        if not name.startswith("_"):
            place = top
            for part in name.split("."):
                place = place.setdefault(part, {})
    return _items(top, "")


def _items(names: dict[str, Any], above: str) -> list[dict[str, Any]]:
    return [
        {"label": name, "id": above + name, "children": _items(inside, f"{above}{name}.")}
        for name, inside in names.items()
    ]
