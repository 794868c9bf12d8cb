"""Tests of `Clock`: only a test advances the time, and timers run in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from everview import App, View
from everview.html import HTML, Button, P, Span
from everview.testing import Clock, SimulatedApp
from everview.testing import clock as clock_module


@pytest.fixture
def app() -> App:
    return App(__file__)


@pytest.fixture
def running(app: App) -> Iterator[SimulatedApp]:
    with SimulatedApp(app, Clock()) as running:
        yield running


@pytest.fixture
def clock(running: SimulatedApp) -> Clock:
    assert running.clock is not None
    return running.clock


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_advance_of_an_hour_ends_a_sleep_at_once(
    app: App, running: SimulatedApp, clock: Clock, kind: str
) -> None:
    class Sleeps(View):
        def handle_request(self, request):
            self.show(HTML(P("asleep")))
            self.sleep(3600)
            return HTML(P("awake"))

    class Awaits(View):
        async def handle_request(self, request):
            self.show(HTML(P("asleep")))
            await asyncio.sleep(3600)
            return HTML(P("awake"))

    app.route("/")(Sleeps if kind == "plain" else Awaits)
    started = time.monotonic()
    window = running.open_window()
    clock.advance(3599.9)
    assert window.text() == "asleep"
    clock.advance(0.2)
    assert window.text() == "awake"
    assert clock.now == pytest.approx(3600.1)
    assert time.monotonic() - started < 5


def test_timers_run_in_order_of_time(
    app: App, running: SimulatedApp, clock: Clock
) -> None:
    events: list[tuple[str, float]] = []

    @app.route("/<name>/<seconds:float>")
    class Every(View):
        def handle_request(self, request):
            for _ in range(3):
                self.sleep(request.match_info["seconds"])
                events.append((request.match_info["name"], round(clock.now, 6)))

    running.open_window("/a/2")
    running.open_window("/b/3")
    clock.advance(20)
    # Two threads continue at the sixth second. Their order is not defined.
    events[3:5] = sorted(events[3:5])
    assert events == [("a", 2), ("b", 3), ("a", 4), ("a", 6), ("b", 6), ("b", 9)]


def test_timeouts_and_grace_periods_follow_the_clock(
    app: App, running: SimulatedApp, clock: Clock
) -> None:  # fmt: skip
    ended: list[str] = []

    @app.route("/")
    class Asks(View):
        def handle_request(self, request):
            try:
                self.await_click(html=HTML(Button("Go")), timeout=30)
            except TimeoutError:
                return HTML(P("too late"))

        def on_stop(self, reason):
            ended.append(reason.value)

    window = running.open_window()
    clock.advance(29)
    assert window.text() == "Go"
    clock.advance(1)
    assert window.text() == "too late"
    window.drop()
    clock.advance(9.9)
    assert ended == []
    clock.advance(0.2)
    assert ended == ["window closed"]


def test_window_shows_changes_without_a_tick(app: App, running: SimulatedApp, clock: Clock) -> None:
    @app.route("/")
    class Counts(View):
        is_daemon = True

        def handle_request(self, request):
            count = Span("0")
            self.show(HTML(count))
            for number in range(1, 1000):
                self.sleep(0.001)
                count.set_text(number)

    window = running.open_window()
    clock.advance(0.0105)
    assert window.text() == "10"
    window.hide()
    clock.advance(0.1)
    assert window.text() == "10"  # the window is hidden, so it gets fewer updates
    clock.advance(1)
    assert window.text() == "999"


def test_action_waits_until_a_computing_handler_has_ended(app: App, running: SimulatedApp) -> None:
    @app.route("/")
    class Works(View):
        def handle_request(self, request):
            self.done = P("idle")
            return HTML(self.done, Button("Work", handle_click=self.work))

        async def work(self, event):
            # The function runs in a thread of asyncio, which Everview cannot track.
            self.done.set_text(await asyncio.to_thread(sum, range(2_000_000)))

    window = running.open_window()
    window.click("Work")
    assert window.text("p") == "1999999000000"


def test_handler_that_never_waits_is_reported_with_its_line(
    app: App, running: SimulatedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    release = threading.Event()

    @app.route("/")
    class Blocks(View):
        def handle_request(self, request):
            release.wait(60)

    monkeypatch.setattr(clock_module, "PATIENCE", 0.2)
    try:
        with pytest.raises(AssertionError, match=r"self\.sleep") as failure:
            running.open_window()
    finally:
        release.set()
    assert "view /" in str(failure.value)
    assert "test_clock.py" in str(failure.value) and "release.wait(60)" in str(failure.value)


def test_negative_advance_is_an_error(clock: Clock) -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)


def test_changes_without_a_flush_are_shown_when_the_app_is_idle(
    app: App, running: SimulatedApp, clock: Clock
) -> None:
    @app.route("/")
    class Changes(View):
        async def handle_request(self, request):
            text = P("before")
            self.show(HTML(text))
            await asyncio.sleep(1)
            text.set_text("between")
            await asyncio.sleep(0.001)
            text.set_text("after")
            await asyncio.sleep(1000)

    window = running.open_window()
    clock.advance(1.001)  # this duration is shorter than the time until the next tick
    assert window.text() == "after"
