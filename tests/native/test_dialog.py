"""A view opens the folder dialog of the system."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.display import wait_until
from tests.support.driver import Page, RunningApp

pytestmark = pytest.mark.native


def open_dialog(app: RunningApp, page: Page) -> int:
    page.click("button", "Choose …")
    (dialog,) = wait_until(app.dialogs, "the folder dialog is shown")
    app.display.activate(dialog)
    return dialog


def test_folder_dialog_returns_the_folder_unless_cancelled(app: RunningApp, tmp_path: Path) -> None:
    app.start("/duplicates/")
    (page,) = app.wait_for_pages(1)
    suggested = page.value("#folder")
    dialog = open_dialog(app, page)
    assert "Folder to look for duplicates in" in app.display.title(dialog)
    app.display.press("Escape")
    wait_until(lambda: not app.dialogs(), "the dialog is closed")
    assert page.value("#folder") == suggested

    chosen = tmp_path / "chosen"
    chosen.mkdir()
    open_dialog(app, page)
    app.display.type(str(chosen))
    app.display.press("Return")
    wait_until(lambda: page.value("#folder") == str(chosen), "the folder is in the field")


def test_app_quits_although_a_folder_dialog_is_open(app: RunningApp) -> None:
    app.start("/duplicates/")
    (page,) = app.wait_for_pages(1)
    open_dialog(app, page)
    app.run("quit")
    assert app.wait_for_end() == 0


def test_window_closed_with_an_open_dialog_can_be_reused(app: RunningApp) -> None:
    """The dialog is closed together with its window. The pooled window can open another dialog
    later.
    """
    app.start("/duplicates/")
    (page,) = app.wait_for_pages(1)
    open_dialog(app, page)
    page.evaluate("void dispatchEvent(new KeyboardEvent('keydown', {key: 'w', ctrlKey: true}))")
    wait_until(lambda: not app.display.windows(), "the window and its dialog are closed")
    app.run("open", "/duplicates/")
    (again,) = app.wait_for_pages(1)
    open_dialog(app, again)
    app.display.press("Escape")
    wait_until(lambda: not app.dialogs(), "the dialog is closed")
