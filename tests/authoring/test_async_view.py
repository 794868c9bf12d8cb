"""`View` and `AsyncView` behave identically: the calling code decides whether a method blocks."""

from __future__ import annotations

import inspect

import pytest

from everview import App, AsyncView, View
from everview.html import HTML, Button, P
from everview.testing import SimulatedApp


def double(number: int) -> int:
    return 2 * number


@pytest.mark.parametrize("base", [View, AsyncView])
def test_waiting_calls_in_plain_code_block_and_return_results(base: type) -> None:
    app = App(__file__)

    @app.route("/")
    class Plain(base):
        def handle_request(self, request):
            button = Button("Go")
            event = self.await_click(button, html=HTML(button))
            assert self.sleep(0) is None
            assert self.ping() == "pong"
            assert self.run_in_thread(double, 4) == 8
            assert self.server.get_views() == []
            return HTML(P(event.name, _id="done"))

    with SimulatedApp(app) as simulated:
        window = simulated.open()
        window.click("Go", wait=False)
        window.wait_until(lambda: window.has("#done"))
        assert window.text("#done") == "click"


@pytest.mark.parametrize("base", [View, AsyncView])
def test_waiting_calls_in_async_code_return_awaitables(base: type) -> None:
    app = App(__file__)

    @app.route("/")
    class Async(base):
        async def handle_request(self, request):
            button = Button("Go")
            waiting = self.await_click(button, html=HTML(button))
            assert inspect.isawaitable(waiting)
            event = await waiting
            assert await self.sleep(0) is None
            assert await self.ping() == "pong"
            assert await self.run_in_thread(double, 4) == 8
            assert await self.server.get_views() == []
            return HTML(P(event.name, _id="done"))

    with SimulatedApp(app) as simulated:
        window = simulated.open()
        window.click("Go", wait=False)
        window.wait_until(lambda: window.has("#done"))
        assert window.text("#done") == "click"


@pytest.mark.parametrize("base", [View, AsyncView])
def test_plain_and_async_handlers_can_be_mixed_in_one_view(base: type) -> None:
    app = App(__file__)

    @app.route("/")
    class Mixed(base):
        def handle_request(self, request):
            self.state = P(_id="state")
            return HTML(
                Button("Plain", handle_click=self.plain),
                Button("Async", handle_click=self.in_async),
                self.state,
            )

        def plain(self, event):
            self.state.set_text(f"plain {self.ask('Sure?', 'Yes')}")

        async def in_async(self, event):
            answer = await self.ask("Sure?", "Yes")
            self.state.set_text(f"async {answer}")

    with SimulatedApp(app) as simulated:
        window = simulated.open()
        for name in ("Plain", "Async"):
            window.click(name, wait=False)
            window.wait_until(lambda: window.has("Yes"))
            window.click("Yes", wait=False)
            window.wait_until(lambda name=name: window.text("#state") == f"{name.lower()} Yes")
