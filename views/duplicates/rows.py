"""`GroupRow` shows one group of duplicates in the page, with buttons that remove its copies.

This module does not remove files; see ``keep``, which checks everything again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from everview import InputEvent
from everview.html import (
    HTML,
    Button,
    Child,
    Details,
    Div,
    Label,
    Li,
    P,
    Radio,
    Summary,
    Ul,
)  # fmt: skip
from everview.i18n import _, ngettext
from views.duplicates.groups import Group
from views.duplicates.human import display_path, format_size
from views.duplicates.keep import Outcome, move, trash, undo

#: The page shows at most this number of files of one group.
FILES_SHOWN = 100


class Asker(Protocol):
    """The methods of its view that a row needs."""

    def ask(self, question: str, *answers: str, details: Child = None) -> str | None: ...
    def ask_for_target(self, count: int, size: int) -> Path | None: ...


class GroupRow(Details):
    """One group in the page: its files, the choice of the file to keep, and buttons."""

    __slots__ = ("_buttons", "_choices", "_files", "_moved", "_result", "_view", "group", "removed")

    def __init__(self, group: Group, view: Asker) -> None:
        self.group = group
        self.removed: set[str] = set()
        self._view = view
        self._moved: list[Outcome] = []
        self._choices: dict[str, Radio] = {}
        self._files: dict[str, Li] = {}
        for index, path in enumerate(group.files[:FILES_SHOWN]):
            radio = Radio(index == 0, name=f"keep-{id(self)}")
            self._choices[path] = radio
            self._files[path] = Li(Label(radio, " ", _("keep"), " ", display_path(path)))
        for link in group.links:
            template = _("{path} (another name of one of these)")
            self._files[link] = Li(template.format(path=display_path(link)))
        self._result = P(role="status")
        self._buttons = Div(
            Button(_("Move the others to the trash …"), handle_click=self.trash, _class="danger"),
            Button(_("Move the others to a folder …"), handle_click=self.move),
            _class="row",
        )
        hidden = len(group.files) - FILES_SHOWN
        super().__init__(
            Summary(
                _("{count} copies of {size}: {name}").format(
                    count=len(group.files),
                    size=format_size(group.size),
                    name=Path(display_path(group.files[0])).name,
                )
            ),
            Ul(self._files.values(), _class="plain"),
            P(_("{count} further copies are not listed and are kept.").format(count=hidden))
            if hidden > 0 else None,
            self._buttons,
            self._result,
            _class="card",
            data_group=group.number,
        )

    @property
    def moved(self) -> int:
        """The number of files that can be moved back."""
        return len(self._moved)

    @property
    def kept(self) -> str:
        """The file that the user has chosen to keep."""
        return next(
            (
                path
                for path, radio in self._choices.items()
                if radio.value and path not in self.removed
            ),
            next(path for path in self.group.files if path not in self.removed),
        )

    @property
    def extra(self) -> list[str]:
        """The listed files that can still be removed: all but the file to keep."""
        kept = self.kept
        return [path for path in self._choices if path != kept and path not in self.removed]

    def trash(self, event: InputEvent) -> None:
        extra = self.extra
        question = ngettext("Move {count} file ({size}) to the trash?",
                            "Move {count} files ({size}) to the trash?", len(extra))  # fmt: skip
        size = format_size(self.group.size * len(extra))
        question, act = question.format(count=len(extra), size=size), _("Move to trash")
        if extra and act == self._view.ask(
            question, act, _("Keep all"), details=self._details(extra)
        ):
            self.show_outcomes(trash(self.group, self.kept, extra))

    def move(self, event: InputEvent) -> None:
        extra = self.extra
        size = self.group.size * len(extra)
        target = self._view.ask_for_target(len(extra), size) if extra else None
        if target is not None:
            outcomes = move(self.group, self.kept, extra, target)
            self._moved += [outcome for outcome in outcomes if outcome.done]
            self.show_outcomes(outcomes)

    def undo(self, event: InputEvent) -> None:
        outcomes = undo(self._moved)
        back = {outcome.path for outcome in outcomes if outcome.done}
        self.removed -= back
        self._moved = [outcome for outcome in self._moved if outcome.path not in back]
        for path in back:
            self._files[path].show()
        text = ngettext("{count} file was moved back.", "{count} files were moved back.", len(back))
        failed = [outcome for outcome in outcomes if not outcome.done]
        self._show_summary(failed, text.format(count=len(back)))

    def show_outcomes(self, outcomes: list[Outcome]) -> None:
        """Show the outcomes of a removal."""
        with self.lock:
            for outcome in outcomes:
                if outcome.done:
                    self.removed.add(outcome.path)
                    self._files[outcome.path].hide()
            done = sum(outcome.done for outcome in outcomes)
            text = ngettext("{count} file was moved.", "{count} files were moved.", done)
            notable = [outcome for outcome in outcomes if not outcome.done or outcome.reason]
            self._show_summary(notable, text.format(count=done))

    def _show_summary(self, failed: list[Outcome], text: str) -> None:
        problems = [Li(f"{display_path(o.path)}: {o.reason}") for o in failed]
        again = Button(_("Undo"), handle_click=self.undo) if self._moved else None
        self._result.nodes = [HTML(text, " ", again, Ul(problems) if problems else None)]
        self._buttons.attributes["hidden"] = not self.extra

    def _details(self, extra: list[str]) -> HTML:
        listed = [Li(display_path(path)) for path in extra[:10]]
        more = _("and {count} more").format(count=len(extra) - 10) if len(extra) > 10 else None
        return HTML(P(_("Kept: {path}").format(path=display_path(self.kept))), Ul(listed), more)
