"""Removing extra copies: to the trash, or to a folder from which they can be moved back.

One copy of a group is always kept. Before each removal, the copy and the file to keep are compared
again, byte by byte (``verify``), because the scan may be hours old. No function of this module
deletes a file.

Errors: an unsafe request raises `RefusedError` before any file is changed. Any other error
concerns one file and is stored in its `Outcome`; the other files are still processed.

Threads: the functions can be called from any thread that may block. One removal runs at a time in
the process. Otherwise two views that keep different copies of one group could each check the
copy of the other and remove both.
Guarantees: (a) a file is removed only if the file to keep exists and is an ordinary file with the
content of the group; (b) a file is removed only if it has this content now and is not the kept
file under another name; (c) the file to keep is never removed. If the kept file disappears
together with a copy, the two were one file under two names (a network folder that is mounted
twice). The outcome contains this reason, and no further file is touched.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from everview.i18n import N_, _
from views.duplicates import trashcan
from views.duplicates.control import CancelledError, Control
from views.duplicates.groups import Group
from views.duplicates.problems import UnusableError, explain
from views.duplicates.relocate import make_folders, move_exactly, move_to_unique
from views.duplicates.verify import FileState, confirm_copy, require_both

CANCELLED = N_("not changed: cancelled before")
ONE_FILE = N_(
    "it and the file to keep are one file under two names (a folder that has two paths)"
)

IN_TRASH = N_("it is in the trash; restore it from there")

_removals = threading.Lock()


class RefusedError(ValueError):
    """A request is refused because it would lose data or is not possible. No file was changed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of removing or restoring one file.

    Attributes:
        path: The path of the file in the group.
        done: Whether the file was removed from there; after an undo, whether it was moved back.
        reason: The reason for a failure, without a full stop. If ``done`` is true, a warning
            or "".
        moved_to: The new path after a move; None if it was not moved.
    """

    path: str
    done: bool
    reason: str = ""
    moved_to: str | None = None


Report = Callable[[Outcome], None]
# A function that removes a checked copy and returns its new path, if it has one.
_Removal = Callable[[FileState, FileState], str | None]


class _OneFileError(Exception):
    """The file to keep disappeared when a copy was removed.

    ``outcome`` is the outcome of the copy.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def trash(
    group: Group,
    keep: str,
    paths: Sequence[str],
    *,
    control: Control | None = None,
    report: Report | None = None,
    send: Callable[[str], None] = trashcan.send,
) -> list[Outcome]:
    """Put copies into the system's trash.

    Args:
        group: The group, as the scan found it.
        keep: The file of the group to keep.
        paths: The files of the group to remove.
        control: Pauses or cancels the work, also in the middle of a file.
        report: Called in this thread with each outcome.
        send: Puts one file into the trash; for tests.

    Returns:
        One outcome for each of ``paths``, in their order.

    Raises:
        RefusedError: ``keep`` is among ``paths``, or a path is not in the group.
    """

    def remove(kept: FileState, extra: FileState) -> None:
        send(extra.path)
        if not _is_there(kept.path):
            raise _OneFileError(
                Outcome(extra.path, True, _(ONE_FILE) + "; " + _(IN_TRASH))
            )

    return _remove_each(group, keep, paths, remove, control or Control(), report)


def move(
    group: Group,
    keep: str,
    paths: Sequence[str],
    target: Path,
    *,
    base: Path | None = None,
    control: Control | None = None,
    report: Report | None = None,
) -> list[Outcome]:
    """Move copies into a folder. `undo` moves them back.

    Args:
        group: The group, as the scan found it.
        keep: The file of the group to keep.
        paths: The files of the group to move.
        target: The folder; it is created if it does not exist. No file in it is overwritten: if a
            name is taken, the file becomes "name (2)".
        base: Usually the scanned folder. Files keep their relative path below this folder:
            ``base/a/b.txt`` becomes ``target/a/b.txt``. Other files are moved directly into
            ``target``.
        control: Pauses or cancels the work, also in the middle of a file.
        report: Called in this thread with each outcome.

    Returns:
        One outcome for each of ``paths``, in their order; `undo` needs them.

    Raises:
        RefusedError: ``keep`` is among ``paths``, or a path is not in the group.
    """
    control = control or Control()
    target = Path(os.path.abspath(target))  # noqa: PTH100 (resolve() follows links)

    def remove(kept: FileState, extra: FileState) -> str:
        wanted = target / _place_below(base, extra.path)
        make_folders(wanted.parent)
        if wanted.parent.samefile(Path(extra.path).parent):
            raise UnusableError(_("it is in that folder already"))
        require_both(kept, extra)
        moved_to = move_to_unique(extra, wanted, control)
        if not _is_there(kept.path):
            raise _OneFileError(
                _undo_move(Outcome(extra.path, True, _(ONE_FILE), moved_to), control)
            )
        return moved_to

    return _remove_each(group, keep, paths, remove, control, report)


def undo(
    outcomes: Sequence[Outcome], *, control: Control | None = None, report: Report | None = None
) -> list[Outcome]:
    """Move files back to their old paths, without overwriting other files.

    Args:
        outcomes: The result of `move`. Files that were not moved are skipped.
        control: Pauses or cancels the work.
        report: Called in this thread with each outcome.

    Returns:
        One outcome for each moved file; ``done`` if it was moved back.
    """
    control = control or Control()
    results: list[Outcome] = []
    for outcome in outcomes:
        if not outcome.done or outcome.moved_to is None:
            continue
        try:
            with _turn(control):
                _move_back(outcome.moved_to, outcome.path, control)
            result = Outcome(outcome.path, True)
        except FileExistsError:
            result = Outcome(
                outcome.path, False, _("another file has its old name"), outcome.moved_to
            )
        except (OSError, UnusableError) as error:
            result = Outcome(outcome.path, False, explain(error), outcome.moved_to)
        except CancelledError:
            result = Outcome(outcome.path, False, _(CANCELLED), outcome.moved_to)
        results.append(result)
        if report is not None:
            report(result)
    return results


def _refuse_unsafe(group: Group, keep: str, paths: Sequence[str]) -> None:
    if keep not in group.files:
        raise RefusedError(f"the file to keep is not in this group: {keep!r}")
    if keep in paths:
        raise RefusedError(f"the file to keep is also among those to remove: {keep!r}")
    for path in paths:
        if path not in group.files:
            raise RefusedError(f"this file is not in the group: {path!r}")
    if len(set(paths)) != len(paths):
        raise RefusedError("a file to remove is named twice")


def _remove_each(
    group: Group,
    keep: str,
    paths: Sequence[str],
    remove: _Removal,
    control: Control,
    report: Report | None,
) -> list[Outcome]:
    _refuse_unsafe(group, keep, paths)
    results: list[Outcome] = []
    stopped = ""
    for path in paths:
        if stopped:
            result = Outcome(path, False, stopped)
        else:
            try:
                result = _remove_one(group, keep, path, remove, control)
            except _OneFileError as error:
                result = error.outcome
                stopped = _("not changed: the file to keep disappeared before")
            except CancelledError:
                result = Outcome(path, False, _(CANCELLED))
                stopped = _(CANCELLED)
        results.append(result)
        if report is not None:
            report(result)
    return results


def _remove_one(group: Group, keep: str, path: str, remove: _Removal, control: Control) -> Outcome:
    try:
        with _turn(control):
            kept, extra = confirm_copy(group, keep, path, control)
            return Outcome(path, True, moved_to=remove(kept, extra))
    except trashcan.TrashError as error:
        return Outcome(path, False, str(error))
    except (OSError, UnusableError) as error:
        return Outcome(path, False, explain(error))


@contextmanager
def _turn(control: Control) -> Iterator[None]:
    """Wait until no other removal is running. A cancel ends the wait."""
    control.check()
    while not _removals.acquire(timeout=0.1):
        control.check()
    try:
        yield
    finally:
        _removals.release()


def _place_below(base: Path | None, path: str) -> Path:
    if base is not None:
        try:
            return Path(path).relative_to(os.path.abspath(base))  # noqa: PTH100 (as for target)
        except ValueError:
            pass  # the file is not below ``base``, so it is moved directly into the target
    return Path(Path(path).name)


def _is_there(path: str) -> bool:
    return os.path.lexists(path)


def _move_back(moved_to: str, path: str, control: Control) -> None:
    try:
        found = FileState(moved_to, os.lstat(moved_to))
    except FileNotFoundError as error:
        raise UnusableError(_("it is no longer in its new place")) from error
    if not found.is_unchanged():
        raise UnusableError(_("it is no longer an ordinary file"))
    destination = Path(path)
    make_folders(destination.parent)
    move_exactly(found, destination, control)


def _undo_move(outcome: Outcome, control: Control) -> Outcome:
    """Move one file back at once. If this fails, the returned outcome has the new path."""
    assert outcome.moved_to is not None  # noqa: S101 (the caller has moved it)
    try:
        _move_back(outcome.moved_to, outcome.path, control)
    except (OSError, UnusableError, CancelledError):
        return outcome
    return Outcome(outcome.path, False, f"{outcome.reason}; it was put back")
