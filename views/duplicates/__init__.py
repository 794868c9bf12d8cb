"""Duplicates: finds files with the same content in a folder, and helps to remove the copies.

This module is the page. The engine is in the other modules of the package: ``scan`` finds files,
``keep`` removes them. ``rows`` shows a group.

Threads: `handle_request` waits while the scan runs in a thread, which shows its progress. Handlers
act on the results.
"""

from __future__ import annotations

from pathlib import Path

from everview import InputEvent, Request, View, process
from everview.html import (
    H1,
    H2,
    HTML,
    Button,
    Details,
    Div,
    Label,
    Li,
    Ol,
    P,
    Section,
    Summary,
    TextInput,
)  # fmt: skip
from everview.i18n import _, ngettext
from views import app
from views.duplicates.control import Control
from views.duplicates.human import format_duration, format_size
from views.duplicates.keep import Outcome, trash
from views.duplicates.progress import Phase
from views.duplicates.progress import Progress as ScanProgress
from views.duplicates.rows import GroupRow
from views.duplicates.scan import Scan

#: The page shows at most this number of groups, the largest ones first.
GROUPS_SHOWN = 200
PROBLEMS_SHOWN = 500


@app.route("/duplicates/", name="duplicates")
class Duplicates(View):
    """Finds files with the same content, and moves the extra copies to the trash."""

    is_daemon = True
    TITLE = "Duplicates"

    def handle_request(self, request: Request) -> None:
        folder = self.ask_for_folder(request.GET.get("folder", str(Path.home())))
        self.scan = Scan(folder)
        self.rows: list[GroupRow] = []
        self.removals: Control | None = None
        self.build(folder)
        try:
            end = self.run_in_thread(self.scan.run, on_progress=self.show_progress)
        finally:
            # Cancel the scan, because a paused scan reports no progress and would therefore not
            # notice that the view was stopped.
            self.scan.cancel()
        self.show_end(end)

    # choosing the folder -------------------------------------------------------------------------

    def ask_for_folder(self, suggestion: str) -> Path:
        """Wait until the person gives a folder that exists."""
        field = TextInput(suggestion, _id="folder", _class="grow", spellcheck=False)
        choose = Button(_("Choose …"))
        start = Button(_("Find duplicates"), _class="primary")
        problem = P(role="alert", _id="problem")
        self.show(
            HTML(
                H1(_("Duplicates")),
                P(_("Compares the files below a folder by size, then by content. Files are changed "
                    "only at your command. You can close the window during the search.")),
                Div(Label(_("Folder"), _for="folder"), field, choose, start, _class="row"),
                problem,
            )
        )  # fmt: skip
        while True:
            event = self.await_click(choose, start)
            if choose in event.nodes:
                chosen = self.choose_folder(_("Folder to look for duplicates in"))
                if chosen is not None:
                    field.value = chosen
                    problem.set_text("")
                continue
            text = field.value.strip()
            folder = Path(text).expanduser()
            if not text:
                problem.set_text(_("Enter or choose a folder."))
            elif not folder.is_dir():
                problem.set_text(_("The folder “{folder}” does not exist.").format(folder=text))
            else:
                return folder

    def build(self, folder: Path) -> None:
        """Show the page of a scan."""
        self.state = P(role="status", _id="state")
        self.pause_button = Button(_("Pause"), handle_click=self.pause)
        self.cancel_button = Button(_("Cancel"), handle_click=self.cancel, _class="danger")
        self.buttons = Div(self.pause_button, self.cancel_button, _class="row")
        self.totals = P(_id="totals")
        self.groups = Div(_id="groups")
        self.more = P(_class="dim", hidden=True)
        self.problem_list = Ol(_class="log", tabindex=0, aria_label=_("Left out"))
        self.problem_count = Summary()
        self.problem_part = Details(self.problem_count, self.problem_list, hidden=True)
        self.show(
            HTML(
                H1(_("Duplicates")),
                P(_("In {folder}").format(folder=folder), _class="dim", _id="where"),
                self.state,
                self.buttons,
                Section(H2(_("Duplicates found")), self.totals, self.groups, self.more),
                self.problem_part,
            ),
            title=_("Duplicates in {folder}").format(folder=folder.name or folder),
        )

    # showing a running scan ----------------------------------------------------------------------

    def show_progress(self, done: float, total: float | None, label: str) -> None:
        """Show the progress of the scan and what it has found; called in its thread."""
        now = self.scan.progress()
        if now.phase.ended:
            return
        text = self.show_scan(now)
        self.progress(done, total, text)

    def show_scan(self, now: ScanProgress) -> str:
        """Show a running scan; returns its progress as text."""
        text = progress_text(now)
        with self.state.lock:
            self.state.set_text(_("Paused: {text}").format(text=text) if now.paused else text)
            self.pause_button.set_text(_("Resume") if now.paused else _("Pause"))
            self.show_groups(now)
            self.show_problems(now)
        return text

    def show_groups(self, now: ScanProgress) -> None:
        template = ngettext(
            "{count} group; its extra copies take up {size}.",
            "{count} groups; their extra copies take up {size}.",
            now.groups,
        )
        self.totals.set_text(
            template.format(count=f"{now.groups:,}", size=format_size(now.wasted_bytes))
        )
        for group in self.scan.groups(since=len(self.rows))[: GROUPS_SHOWN - len(self.rows)]:
            row = GroupRow(group, self)
            self.rows.append(row)
            self.groups.append(row)

    def show_problems(self, now: ScanProgress) -> None:
        self.problem_part.attributes["hidden"] = not now.problems
        template = ngettext("{count} file or folder was left out",
                        "{count} files and folders were left out", now.problems)  # fmt: skip
        self.problem_count.set_text(template.format(count=f"{now.problems:,}"))
        shown = len(self.problem_list)
        for problem in self.scan.problems(since=shown)[: PROBLEMS_SHOWN - shown]:
            self.problem_list.append(Li(f"{problem.display}: {problem.reason}"))

    def pause(self, event: InputEvent) -> None:
        if self.scan.progress().paused:
            self.scan.resume()
        else:
            self.scan.pause()
        now = self.scan.progress()
        if not now.phase.ended:
            self.show_scan(now)

    def cancel(self, event: InputEvent) -> None:
        act = _("Cancel it")
        details = P(_("The groups found so far stay in the list. No file is changed."))
        if self.ask(_("Cancel the search?"), act, _("Continue"), details=details) == act:
            self.scan.cancel()

    # showing the results -------------------------------------------------------------------------

    def show_end(self, end: ScanProgress) -> None:
        """Show the results. The groups that waste most space come first."""
        with self.state.lock:
            template = (
                _("Done in {time}: {files} files, {size}.") if end.phase is Phase.DONE
                else _("Cancelled after {time}: {files} files, {size}.")
            )  # fmt: skip
            self.state.set_text(template.format(
                time=format_duration(end.elapsed), files=f"{end.files_seen:,}",
                size=format_size(end.bytes_seen),
            ))  # fmt: skip
            self.show_problems(end)
            self.show_groups(end)
            known = {row.group.number: row for row in self.rows}
            worst = self.scan.groups_by_waste(GROUPS_SHOWN)
            self.rows = [known.get(group.number) or GroupRow(group, self) for group in worst]
            self.groups.nodes = self.rows
            hidden = end.groups - len(self.rows)
            self.more.attributes["hidden"] = hidden <= 0
            template = ngettext("{count} smaller group is not listed.",
                            "{count} smaller groups are not listed.", max(hidden, 0))  # fmt: skip
            self.more.set_text(template.format(count=f"{hidden:,}"))
            again = Button(_("Search again"), handle_click=self.search_again)
            self.trash_all = Button(
                _("Move all extra copies to the trash …"), handle_click=self.trash_everything,
                _class="danger", hidden=not self.rows,
            )  # fmt: skip
            self.buttons.nodes = [again, self.trash_all]

    def search_again(self, event: InputEvent) -> None:
        """Start with a new folder. If moved files could then no longer be moved back, ask first."""
        moved = sum(row.moved for row in self.rows)
        if moved:
            question = ngettext(
                "Search again? {count} moved file cannot be moved back afterwards.",
                "Search again? {count} moved files cannot be moved back afterwards.",
                moved,
            )
            act = _("Search again")
            details = P(_("The files stay in their new folder."))
            if self.ask(question.format(count=moved), act, _("Keep"), details=details) != act:
                return
        self.restart()

    def trash_everything(self, event: InputEvent) -> None:
        """Move the copies of all groups to the trash, except the one chosen in each row."""
        rows = [row for row in self.rows if row.extra]
        count = sum(len(row.extra) for row in rows)
        size = sum(row.group.size * len(row.extra) for row in rows)
        question = ngettext("Move {count} file ({size}) to the trash?",
                            "Move {count} files ({size}) to the trash?", count)  # fmt: skip
        question = question.format(count=f"{count:,}", size=format_size(size))
        details = P(_("One copy of each listed group stays in its place."))
        act = _("Move to trash")
        if not rows or self.ask(question, act, _("Keep all"), details=details) != act:
            return
        control = self.removals = Control()
        finished: list[Outcome] = []

        def report(outcome: Outcome) -> None:
            finished.append(outcome)
            process.progress(len(finished), count, _("moving to the trash"))

        stop = Button(_("Stop"), handle_click=lambda event: control.cancel())
        self.trash_all.hide()
        self.buttons.append(stop)

        def work() -> None:
            for row in rows:
                outcomes = trash(row.group, row.kept, row.extra, control=control, report=report)
                row.show_outcomes(outcomes)

        try:
            self.run_in_thread(work)
        finally:
            control.cancel()
            stop.remove()
        self.trash_all.show()
        failed = sum(not outcome.done for outcome in finished)
        done = len(finished) - failed
        text = ngettext("{count} file is in the trash.", "{count} files are in the trash.", done)
        text = text.format(count=f"{done:,}")
        if failed:
            left = ngettext("{count} was not moved, see the groups.",
                            "{count} were not moved, see the groups.", failed)  # fmt: skip
            text += " " + left.format(count=f"{failed:,}")
        self.notice(text)

    def ask_for_target(self, count: int, size: int) -> Path | None:
        """Ask for the folder to move copies to; None if the person cancels."""
        field = TextInput(str(Path.home() / _("Duplicates")), _class="grow", spellcheck=False)
        question = ngettext("Move {count} file ({size}) to which folder?",
                            "Move {count} files ({size}) to which folder?", count)  # fmt: skip
        question = question.format(count=f"{count:,}", size=format_size(size))
        note = P(_("No file there is overwritten. The chosen copy stays in its place."))
        details = Div(field, note)
        if self.ask(question, _("Move"), _("Keep"), details=details) != _("Move"):
            return None
        return Path(field.value).expanduser() if field.value.strip() else None


def progress_text(now: ScanProgress) -> str:
    """The progress of a scan as text."""
    phase = _(now.phase.value)
    if now.fraction is None:
        return _("{phase}: {count} files, {size}").format(
            phase=phase, count=f"{now.files_seen:,}", size=format_size(now.bytes_seen)
        )
    text = _("{phase}: {count} of {all} files, {rate}/s").format(
        phase=phase, count=f"{now.files_hashed:,}", all=f"{now.files_to_hash:,}",
        rate=format_size(int(now.rate)),
    )  # fmt: skip
    if now.seconds_left is not None:
        left = _("{time} left").format(time=format_duration(now.seconds_left))
        text = f"{text}, {left}"
    return text
