"""Tests of quitting while views are running: the dialog and its three choices."""

from __future__ import annotations

import pytest

from tests.support.display import wait_until
from tests.support.driver import Page, RunningApp

pytestmark = pytest.mark.native


def ask(page: Page) -> None:
    page.press("ctrl+q")
    page.wait_for_text("dialog[open]", "Countdown from")


def test_app_quits_immediately_if_no_view_is_running(app: RunningApp) -> None:
    app.start("/")
    (page,) = app.wait_for_pages(1)
    page.press("ctrl+q")
    assert app.wait_for_end() == 0


def test_quit_dialog_lists_running_views_and_can_be_cancelled(app: RunningApp) -> None:
    page = app.start_countdown(600)
    ask(page)
    page.press("Escape")
    wait_until(lambda: not page.exists("dialog[open]"), "the dialog is closed")
    assert app.alive
    ask(page)
    page.click("dialog[open] button", "Stop all and quit")
    assert app.wait_for_end() == 0


def test_choice_keep_in_background_closes_only_the_windows(app: RunningApp) -> None:
    page = app.start_countdown(600)
    page.press("ctrl+n")
    app.new_page([page])
    ask(page)
    page.click("dialog[open] button", "Keep in the background")
    app.wait_for_pages(0)
    (view,) = app.views()
    assert view["state"] == "running"
    app.run("open", "/countdown/")
    (again,) = app.wait_for_pages(1)
    again.wait_for_text("#state", "Counting")


def test_app_quits_after_the_view_if_the_user_chose_finish_then_quit(app: RunningApp) -> None:
    page = app.start_countdown(4)
    ask(page)
    page.click("dialog[open] button", "Finish, then quit")
    app.wait_for_pages(0)
    assert app.wait_for_end() == 0


def test_window_opened_during_finish_then_quit_cancels_quitting(app: RunningApp) -> None:
    page = app.start_countdown(4)
    app.run("quit", "--finish")
    app.wait_for_pages(0)
    app.run("open", "/countdown/")
    (page,) = app.wait_for_pages(1)
    page.wait_for_text("#state", "Done")
    assert app.alive
    page.click("a", "Home")
    page.wait_for_text("h1", "Everview")
    assert app.alive
