"""What happens where nobody looks is told: a wait, an end, a failure. The system is a fake here."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from everview import App, View
from everview.html import HTML, Button
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
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def simulated(app: App, system: FakeSystem) -> Iterator[SimulatedApp]:
    with SimulatedApp(app, platform=system) as simulated:
        yield simulated


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


@pytest.mark.parametrize("has_system", [False, True])
def test_notification_is_shown_by_system_or_in_windows_of_owner(
    app: App, has_system: bool, system: FakeSystem
) -> None:
    @app.route("/")
    class Notifies(View):
        def handle_request(self, request):
            return HTML(Button("go", handle_click=lambda event: self.notify("Ready", "5 files")))

    platform = system if has_system else NoPlatform()
    notice = {"notice": "Ready: 5 files"}
    with SimulatedApp(app, platform=platform) as simulated:
        window, other = simulated.open(), simulated.open()
        stranger = simulated.open(user="stranger")
        window.click("go")
        if has_system:
            simulated.wait_for(lambda: system.said == [("Ready", "5 files", "/")])
        else:
            other.wait_until(lambda: notice in other.effects)
        assert (notice in other.effects) is not has_system
        assert notice not in stranger.effects
