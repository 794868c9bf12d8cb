"""`Pane`: the state of one window in a view that several windows share."""

from __future__ import annotations

import gc
import weakref

import pytest

from everview import App, View
from everview.errors import ViewError
from everview.html import HTML, Button, Div, P
from everview.testing import SimulatedApp


def panels(app: App) -> None:
    @app.route("/")
    class Panels(View):
        is_daemon = True

        def handle_request(self, request):
            self.one = Div("one", _id="one")
            self.two = Div("two", _id="two", hidden=True)
            self.count = P(_id="count")
            return HTML(self.one, self.two, self.count, Button("turn", handle_click=self.turn),
                        Button("wrong", handle_click=self.wrong))  # fmt: skip

        def turn(self, event):
            pane = self.pane()
            pane.turns = getattr(pane, "turns", 0) + 1
            assert self.pane(event.window) is pane
            self.count.set_text(pane.turns)
            pane.hide(self.one)
            pane.show(self.two)

        def wrong(self, event):
            self.pane().hide(Div())


def hidden(window) -> tuple[bool, bool]:
    return tuple("hidden" in window.find(name).attributes for name in ("#one", "#two"))


def test_pane_hides_and_shows_nodes_in_one_window_only(
    app: App, simulated: SimulatedApp
) -> None:
    panels(app)
    one, other = simulated.open(), simulated.open()
    one.click("turn")
    one.wait_until(lambda: hidden(one) == (True, False))
    assert hidden(other) == (False, True)
    assert other.text("#count") == "1"
    other.click("turn")
    other.wait_until(lambda: hidden(other) == (True, False))
    assert other.text("#count") == "1"
    one.click("turn")
    other.wait_text("#count", "2")


def test_pane_survives_a_broken_link_and_a_snapshot(app: App, simulated: SimulatedApp) -> None:
    from everview.runtime.windows.messages import Resync

    panels(app)
    window = simulated.open()
    window.click("turn")
    window.wait_until(lambda: hidden(window) == (True, False))
    window.drop()
    window.reconnect()
    assert hidden(window) == (True, False)
    before = len(window.frames)
    window.say(Resync())
    window.wait_until(lambda: len(window.frames) > before)
    assert "tree" in window.frames[-1]
    window.wait_until(lambda: hidden(window) == (True, False))


def test_pane_is_removed_with_its_window(
    app: App, simulated: SimulatedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("everview.runtime.windows.registry.MAX_CLOSED_WINDOWS", 0)
    panels(app)
    other = simulated.open()
    window = simulated.open()
    window.click("turn")
    panes = simulated.instance(other).publisher.panes
    reference = weakref.ref(window.window)
    assert len(panes) == 1
    window.shut()
    simulated.windows.remove(window)
    del window

    def is_removed() -> bool:
        gc.collect()
        return reference() is None and not panes

    simulated.wait_for(is_removed)


def test_hiding_a_node_outside_the_tree_is_an_error(app: App, simulated: SimulatedApp) -> None:
    panels(app)
    window = simulated.open()
    window.click("wrong")
    window.wait_until(lambda: any("add it first" in str(e) for e in window.effects))


def test_pane_outside_an_event_needs_a_window(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Outside(View):
        def handle_request(self, request):
            with pytest.raises(ViewError, match=r"pane\(window\)"):
                self.pane()
            return HTML("right")

    assert simulated.open().has("right")
