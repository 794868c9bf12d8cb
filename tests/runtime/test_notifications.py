"""What happens where nobody looks is told: a wait, an end, a failure. The system is a fake here."""

from __future__ import annotations

import threading

import pytest

from everview import App, View
from everview.html import HTML, Button, P
from everview.runtime.windows.platform import NoPlatform
from everview.testing import SimulatedApp


class FakeSystem(NoPlatform):
    """The desktop's notifications, written down."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str]] = []

    def notify(self, title: str, text: str, url: str) -> bool:
        self.said.append((title, text, url))
        return True


@pytest.fixture
def system(simulated: SimulatedApp) -> FakeSystem:
    system = simulated.runtime.platform = FakeSystem()
    return system


def test_a_wait_that_nobody_sees_is_told(
    app: App, simulated: SimulatedApp, system: FakeSystem
) -> None:
    go_on = threading.Event()

    @app.route("/")
    class Asks(View):
        is_daemon = True
        TITLE = "Import"

        def handle_request(self, request):
            button = Button("OK")
            self.show(HTML(button))
            assert go_on.wait(10)
            self.await_click(button)
            return HTML("done")

    window = simulated.open()
    window.shut()
    go_on.set()
    simulated.wait_for(lambda: system.said == [("Import", "needs input", "/")])
    again = simulated.open()
    again.click("OK")
    again.wait_until(lambda: again.has("done"))
    assert len(system.said) == 1  # what a window shows needs no notification


def test_without_a_system_the_owners_other_windows_say_it(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Asks(View):
        is_daemon = True
        TITLE = "Import"

        async def handle_request(self, request):
            await self.await_click(html=HTML(Button("OK")))

    @app.route("/other/")
    def other(request):
        return "elsewhere"

    elsewhere, stranger = simulated.open("/other/"), simulated.open("/other/", user="stranger")
    simulated.open("/").shut()
    elsewhere.wait_until(lambda: {"notice": "Import: needs input"} in elsewhere.effects)
    assert stranger.effects == []


def test_leaving_a_view_that_waits_is_told(
    app: App, simulated: SimulatedApp, system: FakeSystem
) -> None:
    @app.route("/")
    class Asks(View):
        is_daemon = True

        async def handle_request(self, request):
            await self.await_click(html=HTML(Button("OK")))

    one, two = simulated.open(), simulated.open()
    one.shut()
    assert system.said == []
    two.shut()
    assert [text for _, text, _ in system.said] == ["needs input"]


@pytest.mark.parametrize("fails", [False, True])
def test_an_end_that_nobody_sees_is_told(
    app: App, simulated: SimulatedApp, system: FakeSystem, fails: bool
) -> None:
    go_on = threading.Event()

    @app.route("/task/")
    class Task(View):
        is_daemon = True

        def handle_request(self, request):
            self.show(HTML(P("works")))
            assert go_on.wait(10)
            if fails:
                raise ValueError("no")
            return HTML("done")

    simulated.open("/task/").shut()
    go_on.set()
    simulated.wait_for(lambda: bool(system.said))
    assert system.said == [("Task", "failed" if fails else "finished", "/task/")]


def test_a_window_of_its_own_is_not_told(
    app: App, simulated: SimulatedApp, system: FakeSystem
) -> None:
    @app.route("/")
    class Asks(View):
        def handle_request(self, request):
            self.await_click(html=HTML(Button("OK")))

    simulated.open().shut()
    simulated.wait_for(lambda: not simulated.runtime.instances)
    assert system.said == []


def test_notify_reaches_the_system_or_the_owners_windows(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Tells(View):
        def handle_request(self, request):
            return HTML(Button("tell", handle_click=lambda event: self.notify("Ready", "5 files")))

    window, other = simulated.open(), simulated.open()
    stranger = simulated.open(user="stranger")
    window.click("tell")
    notice = {"notice": "Ready: 5 files"}
    other.wait_until(lambda: notice in other.effects)
    assert notice not in stranger.effects
    system = simulated.runtime.platform = FakeSystem()
    window.click("tell")
    simulated.wait_for(lambda: system.said == [("Ready", "5 files", "/")])
