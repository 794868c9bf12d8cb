"""Quitting: it says what is at work, and what becomes of it is the person's choice."""

from __future__ import annotations

import pytest

from tests.support.display import wait_until
from tests.support.driver import Page, RunningApp

pytestmark = pytest.mark.native


def ask(page: Page) -> None:
    page.press("ctrl+q")
    page.wait_for_text("dialog[open]", "Countdown from")


def test_with_nothing_at_work_it_ends_at_once(app: RunningApp) -> None:
    app.start("/")
    (page,) = app.wait_for_pages(1)
    page.press("ctrl+q")
    assert app.wait_for_end() == 0


def test_the_dialog_names_what_runs_and_can_be_left(app: RunningApp) -> None:
    page = app.start_countdown(600)
    ask(page)
    page.press("Escape")
    wait_until(lambda: not page.exists("dialog[open]"), "the dialog is gone")
    assert app.alive
    ask(page)
    page.click("dialog[open] button", "Stop all and quit")
    assert app.wait_for_end() == 0


def test_work_is_kept_in_the_background(app: RunningApp) -> None:
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


def test_what_runs_is_finished_and_then_the_app_ends(app: RunningApp) -> None:
    page = app.start_countdown(4)
    ask(page)
    page.click("dialog[open] button", "Finish, then quit")
    app.wait_for_pages(0)
    assert app.wait_for_end() == 0


def test_who_comes_back_keeps_the_app(app: RunningApp) -> None:
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
