"""Daemon views: the windows that share an instance, and the end of an instance."""

from __future__ import annotations

import threading

import pytest

from everview import App, StopReason, View
from everview.html import H1, HTML, Button, Span, TextArea
from everview.runtime.windows import registry as windows_module
from everview.runtime.windows.effects import EventLost
from everview.testing import SimulatedApp


def counter(app: App, pattern: str = "/counter/", daemon: bool = True) -> type[View]:
    @app.route(pattern)
    class Counter(View):
        is_daemon = daemon
        reasons: list[StopReason] = []

        def handle_request(self, request):
            self.count = Span("10", _id="count")
            return HTML(H1("Counter"), self.count, TextArea(_id="text"),
                        Button("Increment", handle_click=self.increment))  # fmt: skip

        def increment(self, event):
            self.count.set_text(int(self.count.get_text()) + 1)

        def on_stop(self, reason):
            self.reasons.append(reason)

    Counter.reasons = []
    return Counter


def test_windows_of_one_owner_share_a_daemon_view(app: App, simulated: SimulatedApp) -> None:
    counter(app)
    first, second = simulated.open("/counter/"), simulated.open("/counter/")
    assert simulated.instance(first) is simulated.instance(second)
    first.click("Increment")
    second.wait_text("#count", "11")


def test_daemon_view_continues_without_windows(app: App, simulated: SimulatedApp) -> None:
    Counter = counter(app)
    window = simulated.open("/counter/")
    window.click("Increment")
    window.type("#text", "half-typed")
    window.shut()
    again = simulated.open("/counter/")
    assert again.text("#count") == "11"
    assert again.value("#text") == "half-typed"
    assert Counter.reasons == []


def test_defect_1_windows_opened_at_once_share_one_instance(app: App) -> None:
    counter(app)
    for _ in range(100):
        with SimulatedApp(app) as simulated:
            barrier = threading.Barrier(20)
            opened = []

            def open_one(simulated=simulated, barrier=barrier, opened=opened) -> None:
                barrier.wait()
                opened.append(simulated.open("/counter/"))

            threads = [threading.Thread(target=open_one) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len({simulated.instance(window).id for window in opened}) == 1
            assert len(simulated.runtime.instances) == 1


@pytest.mark.parametrize("is_daemon", [True, False])
def test_windows_wait_for_a_view_that_may_become_a_daemon(
    app: App, simulated: SimulatedApp, is_daemon: bool
) -> None:
    entered, release = threading.Semaphore(0), threading.Event()

    @app.route("/late")
    class Late(View):
        def handle_request(self, request):
            entered.release()
            release.wait()
            self.is_daemon = is_daemon
            self.show(HTML("decided"))

    windows = [simulated.open("/late", wait=False) for _ in range(5)]
    assert entered.acquire(timeout=5)
    release.set()
    for window in windows:
        window.wait_until(lambda window=window: window.has("decided"))
    assert len({simulated.instance(window).id for window in windows}) == (1 if is_daemon else 5)


def test_another_owner_gets_another_instance(
    app: App, simulated: SimulatedApp
) -> None:
    counter(app)
    mine = simulated.open("/counter/", user="me")
    other = simulated.open("/counter/", user="you")
    mine.click("Increment")
    assert simulated.instance(mine) is not simulated.instance(other)
    assert other.text("#count") == "10"
    assert simulated.do(simulated.runtime.find, simulated.instance(mine).id, "you") is None
    assert [s.id for s in simulated.do(simulated.runtime.summaries, "you")] == [
        simulated.instance(other).id
    ]


def test_event_for_a_document_that_the_window_does_not_show_is_reported_as_lost(
    app: App, simulated: SimulatedApp
) -> None:
    counter(app)
    mine = simulated.open("/counter/", user="me")
    other = simulated.open("/counter/", user="you")
    node = mine.find("Increment", "click")
    other.document = mine.document  # forged: `other` shows another document
    other.click(node)
    assert EventLost(1) in other.effects
    mine.click("Increment")
    assert mine.text("#count") == "11"


def test_view_that_is_not_a_daemon_has_one_instance_per_window(
    app: App, simulated: SimulatedApp
) -> None:
    Counter = counter(app, daemon=False)
    first, second = simulated.open("/counter/"), simulated.open("/counter/")
    assert simulated.instance(first) is not simulated.instance(second)
    first.click("Increment")
    ending = simulated.instance(first)
    first.shut()
    simulated.call(_wait(ending.ended))
    assert Counter.reasons == [StopReason.WINDOW_CLOSED]
    assert second.text("#count") == "10"
    assert len(simulated.runtime.instances) == 1


async def _wait(future):
    return await future


def test_reconnect_within_grace_shows_the_same_instance(
    app: App, simulated: SimulatedApp
) -> None:
    counter(app, daemon=False)
    window = simulated.open("/counter/")
    window.click("Increment")
    instance = simulated.instance(window)
    window.drop()
    window.reconnect()
    assert simulated.instance(window) is instance
    assert window.text("#count") == "11"


def test_view_without_windows_stops_after_grace(
    app: App, simulated: SimulatedApp, monkeypatch
) -> None:
    monkeypatch.setattr(windows_module, "GRACE", 0.01)
    Counter = counter(app, daemon=False)
    window = simulated.open("/counter/")
    ending = simulated.instance(window)
    window.drop()
    simulated.call(_wait(ending.ended))
    assert Counter.reasons == [StopReason.WINDOW_CLOSED]


@pytest.mark.parametrize("stops", [False, True])
def test_daemon_view_with_stop_when_finished_stops_when_it_finishes(
    app: App, simulated: SimulatedApp, stops: bool
) -> None:
    finish = threading.Event()

    @app.route("/task")
    class Task(View):
        is_daemon = True
        STOP_DAEMON_WHEN_VIEW_FINISHES = stops

        def handle_request(self, request):
            self.show(HTML("working"))
            finish.wait()
            return HTML("result")

    window = simulated.open("/task")
    instance = simulated.instance(window)
    finish.set()
    window.wait_until(lambda: window.has("result"))
    if stops:
        simulated.call(_wait(instance.ended))
        assert simulated.runtime.instances == {}
    else:
        window.shut()
        again = simulated.open("/task")
        assert simulated.instance(again) is instance
        assert again.has("result")


def test_defect_10_query_is_part_of_the_key_unless_instance_key_differs(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/by-url/<name>")
    class ByUrl(View):
        is_daemon = True

        def handle_request(self, request):
            return HTML(request.match_info["name"], request.GET.get("a", ""))

    @app.route("/one")
    class One(ByUrl):
        def handle_request(self, request):
            return HTML("one")

        @classmethod
        def instance_key(cls, request):
            return None

    assert simulated.open("/by-url/x?a=1").has("x1")
    assert simulated.open("/by-url/x?a=2").has("x2")
    assert simulated.open("/by-url/y?a=2").has("y2")
    a, b = simulated.open("/one?a=1"), simulated.open("/one?a=2")
    assert simulated.instance(a) is simulated.instance(b)


def test_window_that_shows_another_url_detaches(app: App, simulated: SimulatedApp) -> None:
    Counter = counter(app, daemon=False)

    @app.route("/else")
    def somewhere(request):
        return HTML("else")

    window = simulated.open("/counter/")
    window.go("/else")
    assert window.has("else")
    window.go("/nowhere")
    assert window.has("/nowhere")
    assert Counter.reasons == [StopReason.WINDOW_CLOSED]


def test_views_at_work_include_changed_and_finished_views(
    app: App, simulated: SimulatedApp
) -> None:
    counter(app)

    @app.route("/task")
    class Task(View):
        is_daemon = True

        def handle_request(self, request):
            self.show(HTML(Button("Finish")))
            self.await_click()
            return HTML("result")

    window = simulated.open("/counter/")
    assert simulated.do(lambda: simulated.runtime.at_work) == []
    window.click("Increment")
    assert len(simulated.do(lambda: simulated.runtime.at_work)) == 1
    task = simulated.open("/task")
    task.click("Finish")
    task.wait_until(lambda: task.has("result"))
    assert len(simulated.do(lambda: simulated.runtime.at_work)) == 2
