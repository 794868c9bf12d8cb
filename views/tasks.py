"""The view Tasks: all daemon instances of the owner, with progress and buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar

from everview import AsyncView, Checkpoint, Request, State, StaticFile, StyleSheet, Summary
from everview.html import (
    H1,
    H2,
    HTML,
    A,
    Button,
    Div,
    Li,
    P,
    Progress,
    Small,
    Span,
    Table,
    Tbody,
    Td,
    Th,
    Thead,
    Tr,
    Ul,
)  # fmt: skip
from everview.i18n import _
from views import app

#: Minimum time between two updates of the list, in seconds, to limit the use of the processor.
PAUSE = 0.25
#: The ages change once a second, because they are shown in seconds.
TICK = 1.0


class TaskRow(Tr):
    """The row of one instance.

    `update` changes only texts and attributes that differ, so a focused button keeps the focus.
    """

    __slots__ = ("age", "badge", "bar", "dismiss", "label", "link", "summary", "windows")

    def __init__(self, summary: Summary, view: TaskView) -> None:
        self.summary = summary
        self.link = A(href=summary.url)
        self.badge = Span(_class="badge")
        self.bar = Progress(max=1, aria_label=_("Progress"))
        self.label = Small(_class="dim")
        self.age = Td(_class="number")
        self.windows = Td(_class="number")
        self.dismiss = Button(handle_click=lambda event: view.dismiss(self.summary))
        super().__init__(
            Td(self.link), Td(self.badge), Td(self.bar, self.label), self.age, self.windows,
            Td(Div(
                Button(_("Open"), handle_click=lambda event: view.redirect(self.summary.url)),
                Button(_("New window"),
                       handle_click=lambda event: view.open_window(self.summary.url)),
                self.dismiss,
                _class="row",
            )),
            data_task=summary.id,
        )  # fmt: skip
        self.update(summary)

    def update(self, summary: Summary) -> None:
        self.summary = summary
        self.link.set_text(summary.title)
        self.badge.set_text(_(summary.text))
        self.badge.class_list = ["badge", summary.state.value.replace(" ", "-")]
        self.age.set_text(age_text(summary.age))
        self.windows.set_text(summary.windows)
        ended = summary.state is not State.RUNNING and summary.state is not State.NEEDS_INPUT
        self.dismiss.set_text(_("Dismiss") if ended else _("Stop"))
        progress = summary.progress
        self.bar.attributes["hidden"] = progress is None
        self.bar.attributes["value"] = progress.fraction if progress else None
        self.label.set_text(progress.label if progress else "")


class TaskTable(Div):
    """The table of tasks, or a sentence if there are none."""

    STATIC_FILES: ClassVar[Sequence[StaticFile]] = [StyleSheet("static/tasks.css")]
    __slots__ = ("_body", "_empty", "_rows", "_table", "_view")

    def __init__(self, view: TaskView) -> None:
        self._view = view
        self._rows: dict[str, TaskRow] = {}
        self._body = Tbody()
        names = (_("View"), _("State"), _("Progress"), _("Age"), _("Windows"), _("Actions"))
        self._table = Table(Thead(Tr(Th(name, scope="col") for name in names)), self._body)
        self._empty = P(_("Nothing is running."), _class="dim")
        super().__init__(self._table, self._empty, _class="tasks")

    def update(self, summaries: list[Summary]) -> None:
        """Update the table so that it shows these instances."""
        with self.lock:
            ids = {summary.id for summary in summaries}
            for removed in [task for task in self._rows if task not in ids]:
                self._rows.pop(removed).remove()
            for summary in summaries:
                if summary.id in self._rows:
                    self._rows[summary.id].update(summary)
                else:
                    row = self._rows[summary.id] = TaskRow(summary, self._view)
                    self._body.append(row)
            self._table.attributes["hidden"] = not summaries
            self._empty.attributes["hidden"] = bool(summaries)


class InterruptedList(Div):
    """The list of views that were running when the app ended and that have a checkpoint."""

    __slots__ = ("_list", "_shown", "_view")

    def __init__(self, view: TaskView) -> None:
        self._view = view
        self._shown: list[Checkpoint] = []
        self._list = Ul()
        super().__init__(H2(_("Interrupted")), self._list, hidden=True)

    def update(self, checkpoints: list[Checkpoint]) -> None:
        """Update the list so that it shows these checkpoints."""
        if checkpoints == self._shown:
            return
        self._shown = checkpoints
        with self.lock:
            self._list.nodes = [self._item(checkpoint) for checkpoint in checkpoints]
            self.attributes["hidden"] = not checkpoints

    def _item(self, checkpoint: Checkpoint) -> Li:
        view, title = self._view, checkpoint.title or checkpoint.url
        return Li(
            Span(title),
            " ",
            Button(_("Resume"), aria_label=_("Resume {title}").format(title=title),
                   _class="primary", handle_click=lambda event: view.redirect(checkpoint.url)),
            " ",
            Button(_("Discard"),
                   aria_label=_("Discard the checkpoint of {title}").format(title=title),
                   handle_click=lambda event: view.discard(checkpoint)),
        )  # fmt: skip


class TaskView(AsyncView):
    """A view with a live list of the tasks. Subclasses override `build_page`."""

    async def handle_request(self, request: Request) -> None:
        self.table = TaskTable(self)
        self.interrupted = InterruptedList(self)
        await self.refresh()
        self.show(self.build_page(Div(self.table, self.interrupted)))
        version = 0
        while True:
            with suppress(TimeoutError):  # update only the ages, because nothing else has changed
                async with asyncio.timeout(TICK):
                    version = await self.server.wait_for_change(version)
            await self.refresh()
            await asyncio.sleep(PAUSE)

    async def refresh(self) -> None:
        """Update the table and the list."""
        self.table.update(await self.server.get_views())
        self.interrupted.update(self.server.get_checkpoints())

    async def discard(self, checkpoint: Checkpoint) -> None:
        """Ask the user, then remove the checkpoint of an interrupted view."""
        title = checkpoint.title or checkpoint.url
        question = _("Discard the progress of “{title}”? It will start from the beginning.")
        if await self.ask(question.format(title=title), _("Discard"), _("Keep")) == _("Discard"):
            self.server.discard_checkpoint(checkpoint.url)

    def build_page(self, table: Div) -> HTML:
        """The page of this view, with ``table`` in it."""
        raise TypeError(f"{type(self).__name__}.build_page must return the page")

    async def dismiss(self, summary: Summary) -> None:
        """Ask the user, then stop a running task or dismiss an ended one."""
        working = summary.state in (State.RUNNING, State.NEEDS_INPUT)
        if working:
            question, act = _("Stop “{title}”? Unfinished work is lost."), _("Stop")
        else:
            question, act = _("Dismiss “{title}”? Its content is lost."), _("Dismiss")
        if await self.ask(question.format(title=summary.title), act, _("Keep")) == act:
            self.server.stop_view(summary.id)


@app.route("/tasks(/)", name="tasks")
class Tasks(TaskView):
    """All tasks with their progress, and buttons to open, stop and dismiss them."""

    TITLE = "Tasks"

    def build_page(self, table: Div) -> HTML:
        return HTML(H1(_("Tasks")), table)


def age_text(seconds: float) -> str:
    """Format seconds as text: ``75`` becomes ``1:15``, and ``3675`` becomes ``1:01:15``."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
