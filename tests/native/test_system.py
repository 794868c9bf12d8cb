"""Tests of desktop services: notifications, tray, browser, clipboard, printing, crash reports.

The session bus, the tray and the clipboard are real. The notification service is a fake
(`tests.support.session`). The browser is a script that records URLs.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.display import Display, Point, wait_until
from tests.support.driver import Page, RunningApp
from tests.support.session import Session, unavailable_reason

pytestmark = pytest.mark.native


@pytest.fixture
def session(app: RunningApp) -> Iterator[Session]:
    reason = unavailable_reason()
    if reason is not None:
        pytest.skip(reason)
    session = Session()
    app.environment["DBUS_SESSION_BUS_ADDRESS"] = session.address
    yield session
    app.stop()
    session.stop()


def test_view_without_a_window_sends_one_notification_when_it_continues_and_one_at_its_end(
    app: RunningApp, session: Session
) -> None:
    page = app.start_countdown(6)
    page.close()
    notified = session.wait_for("Everview keeps running without a window")
    assert "Countdown" in notified.text
    ended = session.wait_for("Countdown from 6")
    assert ended.text == "finished"
    session.press(ended)
    (again,) = app.wait_for_pages(1)
    again.wait_for_text("#state", "Done")
    assert again.evaluate("location.pathname") == "/countdown/"
    assert [n.title for n in session.shown].count("Everview keeps running without a window") == 1


def test_app_continues_after_the_notification_service_has_ended(
    app: RunningApp, session: Session
) -> None:
    app.start("/counter/")
    (page,) = app.wait_for_pages(1)
    session.kill()
    page.click("button", "Increment")
    page.wait_for_text("#count", "11")
    page.close()
    app.wait_for_pages(0)
    app.run("open", "/counter/")
    app.wait_for_pages(1)


def tray_icons(display: Display) -> list[Point]:
    """Return the positions of the app's icons in the window of the tray."""
    tree = subprocess.run(
        ["xwininfo", "-root", "-tree"], env=display.environment, capture_output=True, text=True,
        check=False,  # xwininfo fails if a window is closed while it lists windows
    ).stdout  # fmt: skip
    _, _, below = tree.partition('"panel"')
    # In the output of xwininfo, windows in the panel are indented deeper than the panel itself.
    panel = re.split(r"\n {1,8}(?! )", below)[0]
    icons = re.findall(r'"Everview": .*  \+(\d+)\+(\d+)$', panel, re.MULTILINE)
    return [Point(int(x), int(y)) for x, y in icons]


def resting_icon(display: Display) -> Point:
    """Wait until the tray has moved the icon to its final place, and return its position."""
    last: list[Point] = []

    def icons_at_rest() -> list[Point]:
        nonlocal last
        before, last = last, tray_icons(display)
        return last if last == before else []

    return wait_until(icons_at_rest, "the icon is in the tray")[0]


def test_tray_icon_is_shown_while_no_window_is_open(app: RunningApp, display: Display) -> None:
    if shutil.which("trayer") is None:
        pytest.skip("no tray: 'apt-get install trayer'")
    tray = subprocess.Popen(
        ["trayer", "--edge", "top", "--align", "right", "--widthtype", "request", "--height", "32"],
        env=display.environment | {"HOME": str(app.home)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        display.panels |= set(wait_until(display.windows, "the tray"))
        page = app.start_countdown(600)
        assert tray_icons(display) == []
        page.close()
        icon = resting_icon(display)
        display.click(Point(icon.x + 10, icon.y + 10))
        (again,) = app.wait_for_pages(1)
        again.wait_for_text("h1", "Everview")
        wait_until(lambda: tray_icons(display) == [], "the icon is removed")
    finally:
        tray.terminate()
        tray.wait()


@pytest.fixture
def browser(app: RunningApp, tmp_path: Path) -> Path:
    """The path of a file that contains the URLs that the app opened in the browser, one per
    line.
    """
    opened = tmp_path / "opened.txt"
    opened.touch()
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> "{opened}"\n')
    script.chmod(0o700)
    app.environment["BROWSER"] = f"{script} %s"
    return opened


class Quiet(SimpleHTTPRequestHandler):
    """A web server that logs nothing."""

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""


LINKS = '''
from everview import App, View
from everview.html import A, Button, HTML, P, TextInput
app = App(__file__)

@app.route("/")
class Links(View):
    def handle_request(self, request):
        return HTML(
            A("outside", href="https://example.org/page", _id="outside"),
            A("mail", href="mailto:a@example.org", _id="mail"),
            A("blank", href="https://example.org/blank", target="_blank", data_ignore="", _id="blank"),
            A("away", href="https://example.org/away", data_ignore="", _id="away"),
            Button("Copy", handle_click=lambda event: self.copy("from a view")),
            Button("Save", handle_click=lambda event: self.download("the text", "a file.txt")),
            Button("Message", handle_click=self.message),
            TextInput(_id="field"), P(_id="answer"),
        )

    async def message(self, event):
        answer = await self.show_message("Delete all?", "A question", ("Delete", "Keep"))
        self.html.query_selector("#answer").set_text(f"answer: {answer}")

app.run()
'''


@pytest.fixture
def page(app: RunningApp, browser: Path) -> Page:
    script = app.home / "links.py"
    script.write_text(LINKS)
    app.command = [app.command[0], str(script)]
    app.process = app.spawn()
    (page,) = app.wait_for_pages(1)
    return page


def test_links_to_other_sites_open_in_the_systems_browser(
    page: Page, browser: Path
) -> None:
    home = page.evaluate("location.href")
    for link in ("outside", "mail", "blank", "away"):
        before = browser.read_text()
        page.click(f"#{link}")
        wait_until(lambda before=before: browser.read_text() != before, f"{link} is opened")
    assert browser.read_text().split() == [
        "https://example.org/page", "mailto:a@example.org", "https://example.org/blank",
        "https://example.org/away",
    ]  # fmt: skip
    assert page.evaluate("location.href") == home


def test_t10_page_neither_leaves_the_app_nor_opens_programs(
    app: RunningApp, page: Page, browser: Path
) -> None:
    """T10: no script in a page can make a native window leave the app."""
    home = page.evaluate("location.href")
    for url in ("https://evil.example/", "file:///etc/passwd", "data:text/html,x", "ms-word:x",
                "http://127.0.0.1:1/", "javascript:document.title='x'", "view-source:" + home,
                "chrome://version"):  # fmt: skip
        page.evaluate(f"void (location.href = {json.dumps(url)})")
        page.evaluate(f"void window.open({json.dumps(url)})")
    page.click("button", "Message")
    (dialog,) = wait_until(app.dialogs, "the message is shown, so the page still works")
    app.display.activate(dialog)
    app.display.press("Escape")
    page.wait_for_text("#answer", "answer: Keep")
    assert page.evaluate("location.href") == home
    assert {line for line in browser.read_text().split() if not line.startswith("http")} == set()
    assert len(app.pages()) == 1
    assert not page.evaluate("'pywebview' in window")


def test_message_is_shown_in_a_native_dialog(app: RunningApp, page: Page) -> None:
    page.click("button", "Message")
    (dialog,) = wait_until(app.dialogs, "the message is shown")
    assert "A question" in app.display.title(dialog)
    app.display.activate(dialog)
    app.display.press("Return")
    page.wait_for_text("#answer", "answer: Keep")
    page.click("button", "Message")
    (dialog,) = wait_until(app.dialogs, "the message is shown again")
    app.display.activate(dialog)
    app.display.press("Tab", "space")
    page.wait_for_text("#answer", "answer: Delete")


def test_view_copies_text_to_the_clipboard(page: Page) -> None:
    page.click("button", "Copy")
    page.click("#field")

    def pasted() -> bool:
        page.press("ctrl+a", "ctrl+v")
        return page.value("#field") == "from a view"

    wait_until(pasted, "the text is in the field")


def test_download_is_saved_at_the_chosen_path(app: RunningApp, page: Page) -> None:
    page.click("button", "Save")
    (dialog,) = wait_until(app.dialogs, "the dialog is shown")
    app.display.activate(dialog)
    app.display.press("Escape")
    wait_until(lambda: not app.dialogs(), "the dialog is closed")
    page.click("button", "Save")
    (dialog,) = wait_until(app.dialogs, "the dialog is shown again")
    app.display.activate(dialog)
    app.display.press("ctrl+a")
    target = app.home / "saved here.txt"
    app.display.type(str(target))
    app.display.press("Return")
    wait_until(lambda: target.exists() and target.read_text() == "the text", "the file")


def test_path_of_the_crash_report_is_shown_at_the_next_start(app: RunningApp) -> None:
    app.start("/counter/")
    app.stacks()
    app.process = app.spawn()
    (page,) = app.wait_for_pages(1)
    page.wait_for_text(".shell-notices", "crashed the last time")
    (report,) = app.home.rglob("crash-*.txt")
    assert "Fatal Python error" in report.read_text()
    report.unlink()


def test_t10_page_leaves_the_app_without_the_navigation_guard(
    app: RunningApp, browser: Path
) -> None:
    """Without the guard, the window shows a page of another server. This proves that the previous
    test can fail.
    """
    script = app.home / "links.py"
    script.write_text(
        "from everview.desktop.backends import qt\nqt.restrict_navigation = lambda *arguments: None\n" + LINKS
    )
    app.command = [app.command[0], str(script)]
    app.process = app.spawn()
    (page,) = app.wait_for_pages(1)
    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as other:
        threading.Thread(target=other.serve_forever).start()
        evil = f"http://127.0.0.1:{other.server_address[1]}/nothing"
        page.evaluate(f"void (location.href = {evil!r})")
        wait_until(lambda: page.evaluate("location.href") == evil, "the window has left the app")
        other.shutdown()


def test_print_dialog_prints_the_page(app: RunningApp, page: Page) -> None:
    page.press("ctrl+p")
    (dialog,) = wait_until(app.dialogs, "the print dialog is shown")
    app.display.activate(dialog)
    # Without a printer, the dialog prints to a file.
    app.display.press("Return")
    printed = wait_until(lambda: list(app.home.glob("*.pdf")), "a file")
    wait_until(lambda: printed[0].read_bytes()[:5] == b"%PDF-", "the file is complete")


def test_app_starts_in_safe_mode_with_the_log_after_two_crashes(app: RunningApp) -> None:
    app.start("/counter/")
    for _ in range(2):
        app.main.kill()
        app.main.wait()
        wait_until(lambda: not app.windows(), "no window is left")
        app.process = app.spawn()
        (page,) = app.wait_for_pages(1)
    assert page.evaluate("location.pathname") == "/log/"
    page.wait_for_text(".shell-notices", "did not end properly 2 times")
    page.wait_for_text(".ev-log", "safe mode")
    app.run("quit")
    assert app.wait_for_end() == 0
    # The app ended without a crash, so the next start is not in safe mode.
    app.process = app.spawn()
    (page,) = app.wait_for_pages(1)
    assert page.evaluate("location.pathname") == "/log/"
    assert not page.text(".shell-notices")
