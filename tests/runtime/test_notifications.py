"""Notifications about views without a window: the view waits, ends or fails.

The desktop is a fake.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from everview import App, View
from everview.html import HTML, Button, P
from everview.runtime.windows.effects import Notice
from everview.runtime.windows.platform import NoPlatform
from everview.testing import SimulatedApp


class FakeSystem(NoPlatform):
    """A fake desktop that records notifications."""

    def __init__(self) -> None:
        self.notifications: list[tuple[str, str, str]] = []

    def notify(self, title: str, text: str, url: str) -> bool:
        self.notifications.append((title, text, url))
        return True


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def simulated(app: App, system: FakeSystem) -> Iterator[SimulatedApp]:
    with SimulatedApp(app, platform=system) as simulated:
        yield simulated


def test_person_is_notified_when_a_view_without_a_window_waits(
    app: App, simulated: SimulatedApp, system: FakeSystem
) -> None:
    window_closed = threading.Event()

    @app.route("/")
    class Asks(View):
        is_daemon = True
        TITLE = "Import"

        def handle_request(self, request):
            button = Button("OK")
            self.show(HTML(button))
            assert window_closed.wait(10)
            self.await_click(button)
            return HTML("done")

    window = simulated.open()
    window.shut()
    window_closed.set()
    simulated.wait_for(lambda: system.notifications == [("Import", "needs input", "/")])
    again = simulated.open()
    again.click("OK")
    again.wait_until(lambda: again.has("done"))
    assert len(system.notifications) == 1, "a window shows the end of the view"


def test_notice_is_shown_in_other_windows_if_the_system_cannot_notify(app: App) -> None:
    @app.route("/")
    class Asks(View):
        is_daemon = True
        TITLE = "Import"

        async def handle_request(self, request):
            await self.await_click(html=HTML(Button("OK")))

    @app.route("/other/")
    def other(request):
        return "other"

    with SimulatedApp(app) as simulated:
        own, stranger = simulated.open("/other/"), simulated.open("/other/", user="stranger")
        simulated.open("/").shut()
        own.wait_until(lambda: Notice("Import: needs input") in own.effects)
        assert stranger.effects == []


def test_person_is_notified_when_the_last_window_of_a_waiting_view_closes(
    app: App, simulated: SimulatedApp, system: FakeSystem
) -> None:
    @app.route("/")
    class Asks(View):
        is_daemon = True

        async def handle_request(self, request):
            await self.await_click(html=HTML(Button("OK")))

    one, two = simulated.open(), simulated.open()
    one.shut()
    assert system.notifications == []
    two.shut()
    assert [text for _, text, _ in system.notifications] == ["needs input"]


@pytest.mark.parametrize("fails", [False, True])
def test_person_is_notified_when_a_view_without_a_window_ends(
    app: App, simulated: SimulatedApp, system: FakeSystem, fails: bool
) -> None:
    window_closed = threading.Event()

    @app.route("/task/")
    class Task(View):
        is_daemon = True

        def handle_request(self, request):
            self.show(HTML(P("works")))
            assert window_closed.wait(10)
            if fails:
                raise ValueError("no")
            return HTML("done")

    simulated.open("/task/").shut()
    window_closed.set()
    simulated.wait_for(lambda: bool(system.notifications))
    assert system.notifications == [("Task", "failed" if fails else "finished", "/task/")]


def test_view_that_is_not_a_daemon_sends_no_notification(
    app: App, simulated: SimulatedApp, system: FakeSystem
) -> None:
    @app.route("/")
    class Asks(View):
        def handle_request(self, request):
            self.await_click(html=HTML(Button("OK")))

    simulated.open().shut()
    simulated.wait_for(lambda: not simulated.runtime.instances)
    assert system.notifications == []


@pytest.mark.parametrize("has_system", [False, True])
def test_notify_uses_system_or_windows_of_owner(
    app: App, has_system: bool, system: FakeSystem
) -> None:
    @app.route("/")
    class Notifies(View):
        def handle_request(self, request):
            return HTML(Button("go", handle_click=lambda event: self.notify("Ready", "5 files")))

    notice = Notice("Ready: 5 files")
    with SimulatedApp(app, platform=system if has_system else NoPlatform()) as simulated:
        window, other = simulated.open(), simulated.open()
        stranger = simulated.open(user="stranger")
        window.click("go")
        if has_system:
            simulated.wait_for(lambda: system.notifications == [("Ready", "5 files", "/")])
        else:
            other.wait_until(lambda: notice in other.effects)
        assert (notice in other.effects) is not has_system
        assert notice not in stranger.effects
