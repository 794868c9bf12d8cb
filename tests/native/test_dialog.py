"""The system's folder dialog, opened by a view."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.display import wait_until
from tests.support.driver import Page, RunningApp

pytestmark = pytest.mark.native


def open_dialog(app: RunningApp, page: Page) -> int:
    page.click("button", "Choose …")
    (dialog,) = wait_until(app.dialogs, "the folder dialog")
    app.display.activate(dialog)
    return dialog


def test_a_folder_is_chosen_or_not(app: RunningApp, tmp_path: Path) -> None:
    app.start("/duplicates/")
    (page,) = app.wait_for_pages(1)
    suggested = page.value("#folder")
    dialog = open_dialog(app, page)
    assert "Folder to look for duplicates in" in app.display.title(dialog)
    app.display.press("Escape")
    wait_until(lambda: not app.dialogs(), "the dialog is gone")
    assert page.value("#folder") == suggested

    chosen = tmp_path / "chosen"
    chosen.mkdir()
    open_dialog(app, page)
    app.display.type(str(chosen))
    app.display.press("Return")
    wait_until(lambda: page.value("#folder") == str(chosen), "the folder is in the field")


def test_quitting_does_not_wait_for_a_dialog(app: RunningApp) -> None:
    app.start("/duplicates/")
    (page,) = app.wait_for_pages(1)
    open_dialog(app, page)
    app.run("quit")
    assert app.wait_for_end() == 0


def test_a_window_with_a_dialog_can_be_closed_from_another(app: RunningApp) -> None:
    """The dialog goes with its window, and does not hold the next one that is opened."""
    app.start("/duplicates/")
    (page,) = app.wait_for_pages(1)
    open_dialog(app, page)
    page.evaluate("void dispatchEvent(new KeyboardEvent('keydown', {key: 'w', ctrlKey: true}))")
    wait_until(lambda: not app.display.windows(), "window and dialog are gone")
    app.run("open", "/duplicates/")
    (again,) = app.wait_for_pages(1)
    open_dialog(app, again)
    app.display.press("Escape")
    wait_until(lambda: not app.dialogs(), "the dialog is gone")
