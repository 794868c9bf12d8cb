"""`Publisher`: each window gets all changes, merged, and delays no other window."""

from __future__ import annotations

import threading

import pytest

from everview import App, View
from everview.html import HTML, Button, Li, PasswordInput, Span, TextInput, Ul
from everview.runtime.windows.effects import EventLost
from everview.runtime.windows.messages import Confirm, Event, Resync
from everview.runtime.windows.window import FRAMES_IN_FLIGHT, TICKS_IN_FLIGHT
from everview.testing import SimulatedApp


def listing(app: App, rows: int = 0) -> None:
    @app.route("/")
    class Listing(View):
        is_daemon = True

        def handle_request(self, request):
            self.rows = Ul(Li(f"row {number}") for number in range(rows))
            self.word = Span("-", _id="word")
            return HTML(self.word, self.rows, Button("append", handle_click=self.append),
                        Button("remove", handle_click=self.remove),
                        Button("many", handle_click=self.many))  # fmt: skip

        def append(self, event):
            self.rows.append(Li("one more"))

        def remove(self, event):
            self.rows.nodes[len(self.rows) // 2].remove()

        def many(self, event):
            for number in range(1000):
                self.word.set_text(number)
            self.sleep(0)
            for number in range(1000):
                self.word.set_text(-number)


def test_frame_contains_only_the_changes(app: App, simulated: SimulatedApp) -> None:
    listing(app, rows=10_000)
    window = simulated.open()
    for action in ("append", "remove"):
        before = len(window.bytes)
        window.click(action)
        assert sum(window.bytes[before:]) < 400


def test_changes_of_a_handler_arrive_in_one_frame_with_its_acknowledgement(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Slow(View):
        def handle_request(self, request):
            self.word = Span("-", _id="word")
            return HTML(self.word, Button("go", handle_click=self.go))

        def go(self, event):
            for number in range(200):
                self.word.set_text(number)
                paused.wait(0.001)

    paused = threading.Event()
    window = simulated.open()
    before = len(window.frames)
    number = window.click("go")
    assert len(window.frames) == before + 1
    assert window.text("#word") == "199"
    assert window.acknowledged == number


def test_ten_thousand_changes_become_few_frames(app: App, simulated: SimulatedApp) -> None:
    finish = threading.Event()

    @app.route("/")
    class Busy(View):
        is_daemon = True

        def handle_request(self, request):
            word = Span("-", _id="word")
            self.show(HTML(word))
            finish.wait()
            for number in range(10_000):
                word.set_text(number)
                self.progress(number, 10_000)

    window = simulated.open()
    window.wait_until(lambda: window.has("#word"))
    before = len(window.frames)
    finish.set()
    window.wait_text("#word", "9999")
    assert len(window.frames) - before < 100


def test_defect_2_stalled_window_delays_no_other_window_and_raises_nothing(
    app: App, simulated: SimulatedApp
) -> None:
    listing(app)
    stalled, healthy = simulated.open(), simulated.open()
    stalled.reads = False
    before = len(stalled.frames)
    for _ in range(FRAMES_IN_FLIGHT + 20):
        healthy.click("append")
    assert len(healthy.replica.root.walk()) > FRAMES_IN_FLIGHT + 20
    assert len(stalled.frames) - before == FRAMES_IN_FLIGHT
    stalled.reads = True
    stalled.say(Confirm(FRAMES_IN_FLIGHT))
    stalled.wait_until(lambda: stalled.replica.plain() == healthy.replica.plain())


def test_slow_window_skips_ticks_and_still_gets_frames_of_its_events(
    app: App, simulated: SimulatedApp
) -> None:
    stop = threading.Event()

    @app.route("/")
    class Ticking(View):
        is_daemon = True

        def handle_request(self, request):
            self.word, self.clicks = Span("-", _id="word"), Span("-", _id="clicks")
            self.show(HTML(self.word, self.clicks, Button("click", handle_click=self.click)))
            number = 0
            while not stop.is_set():
                number += 1
                self.word.set_text(number)
                self.sleep(0.005)

        def click(self, event):
            self.clicks.set_text("clicked")

    slow, healthy = simulated.open(), simulated.open()
    slow.wait_until(lambda: slow.has("#word"))
    slow.reads = False
    before = len(healthy.frames)
    healthy.wait_until(lambda: len(healthy.frames) > before + TICKS_IN_FLIGHT + 10)
    assert len(slow.window._unconfirmed_frames) == TICKS_IN_FLIGHT
    slow.click("click")
    assert slow.text("#clicks") == "clicked"
    before = len(healthy.frames)
    healthy.wait_until(lambda: len(healthy.frames) > before + 10)
    assert len(slow.window._unconfirmed_frames) == TICKS_IN_FLIGHT + 1
    held = int(slow.text("#word"))
    slow.say(Confirm(TICKS_IN_FLIGHT + 1))
    slow.wait_until(lambda: int(slow.text("#word")) > held)
    stop.set()


def test_frame_of_a_retried_tick_respects_the_limit_of_ticks(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Word(View):
        is_daemon = True

        def handle_request(self, request):
            self.word = Span("-", _id="word")
            return HTML(self.word)

    slow, healthy = simulated.open(), simulated.open()
    (instance,) = simulated.runtime.instances.values()
    word = instance.view.word
    slow.reads = False
    for number in range(TICKS_IN_FLIGHT + 5):
        word.set_text(number)
        healthy.wait_until(lambda number=number: healthy.text("#word") == str(number))
    assert len(slow.window._unconfirmed_frames) == TICKS_IN_FLIGHT
    with instance.document.lock:
        word.set_text("locked")
        simulated.wait_for(lambda: instance.publisher._retry is not None)
    healthy.wait_until(lambda: healthy.text("#word") == "locked")
    assert len(slow.window._unconfirmed_frames) == TICKS_IN_FLIGHT


def test_event_confirms_frames(app: App, simulated: SimulatedApp) -> None:
    listing(app)
    stalled, healthy = simulated.open(), simulated.open()
    stalled.reads = False
    for _ in range(FRAMES_IN_FLIGHT + 10):
        healthy.click("append")
    assert stalled.replica.plain() != healthy.replica.plain()
    # The server has handled an event with this number before. It ignores this event, but not the
    # confirmation in it.
    node = stalled.find("append", "click").id
    event = Event(1, stalled.document, node, "click", None, frames=FRAMES_IN_FLIGHT)
    stalled.window.last_event_received = 1
    stalled.say(event)
    stalled.wait_until(lambda: stalled.replica.plain() == healthy.replica.plain())


def test_hidden_window_gets_merged_frames(app: App, simulated: SimulatedApp) -> None:
    listing(app)
    hidden, visible = simulated.open(), simulated.open()
    hidden.hide()
    before = len(hidden.frames)
    for _ in range(30):
        visible.click("append")
    assert len(hidden.frames) - before <= 3
    hidden.hide(False)
    hidden.wait_until(lambda: hidden.replica.plain() == visible.replica.plain())


def test_reconnected_window_gets_a_delta(app: App, simulated: SimulatedApp) -> None:
    listing(app, rows=1000)
    window, other = simulated.open(), simulated.open()
    window.drop()
    other.click("append")
    before = len(window.bytes)
    window.reconnect()
    window.wait_until(lambda: window.replica.plain() == other.replica.plain())
    assert "tree" not in window.frames[-1]
    assert sum(window.bytes[before:]) < 400


def test_resync_is_answered_with_a_snapshot(app: App, simulated: SimulatedApp) -> None:
    listing(app)
    window = simulated.open()
    before = len(window.frames)
    window.say(Resync())
    assert "tree" in window.frames[before]


def test_event_sent_again_after_a_reconnect_is_handled_once(
    app: App, simulated: SimulatedApp
) -> None:
    listing(app)
    window = simulated.open()
    node = window.find("append", "click")
    number = window.click("append")
    window.drop()
    window.reconnect()
    # as if the page had received no acknowledgement
    window.say(Event(number, window.document, node.id, "click"))
    window.click("append")
    assert window.text("ul") == "one more" * 2


def test_event_at_a_removed_node_is_reported_as_lost(app: App, simulated: SimulatedApp) -> None:
    listing(app)
    window = simulated.open()
    node = window.find("append", "click")
    simulated.instance(window).document.get_node(node.id).remove()
    number = window.click(node)
    assert EventLost(number) in window.effects


def test_event_that_a_node_does_not_listen_to_is_lost(app: App, simulated: SimulatedApp) -> None:
    listing(app)
    window = simulated.open()
    number = window.event(window.find("#word"), "click")
    assert EventLost(number) in window.effects
    number = window.event(window.find("append", "click"), "keydown", {"key": "x"})
    assert EventLost(number) in window.effects


def test_held_document_lock_does_not_delay_other_views(app: App, simulated: SimulatedApp) -> None:
    go, locked, release = threading.Event(), threading.Event(), threading.Event()

    @app.route("/locked")
    class Locks(View):
        is_daemon = True

        def handle_request(self, request):
            word = Span("-", _id="word")
            field = TextInput(_id="field")
            self.show(HTML(word, field))
            go.wait()
            with self.html.lock:
                word.set_text("half")
                locked.set()
                release.wait()
                word.set_text("whole")

    listing(app)
    window = simulated.open("/locked")
    window.wait_until(lambda: window.has("#word"))
    go.set()
    assert locked.wait(5)
    late = simulated.open("/locked", wait=False)
    number = window.type("#field", "typed", wait=False)
    other = simulated.open("/")
    other.click("append")
    assert other.text("ul") == "one more"
    release.set()
    window.wait_text("#word", "whole")
    window.wait_until(lambda: window.acknowledged == number)
    late.wait_text("#word", "whole")
    assert not any("half" in str(frame) for frame in window.frames)


def test_stopping_a_view_with_a_held_lock_does_not_block(
    app: App, simulated: SimulatedApp
) -> None:
    locked, release = threading.Event(), threading.Event()

    @app.route("/locked")
    class Locks(View):
        def handle_request(self, request):
            self.show(HTML("x"))
            with self.html.lock:
                locked.set()
                release.wait()

    listing(app)
    window = simulated.open("/locked", wait=False)
    assert locked.wait(5)
    window.shut()
    other = simulated.open("/")
    other.click("append")
    release.set()


def test_password_reaches_the_view_but_no_window(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Login(View):
        is_daemon = True

        def handle_request(self, request):
            self.password = PasswordInput(_id="password")
            return HTML(self.password)

    window, other = simulated.open(), simulated.open()
    window.type("#password", "s3cret-word")
    view = simulated.instance(window).view
    assert view.password.value == "s3cret-word"
    view.password.value = "another-secret"
    view.show()
    late = simulated.open()
    for shown in (window, other, late):
        assert "s3cret-word" not in str(shown.frames) and "another-secret" not in str(shown.frames)


def test_progress_reaches_the_page_and_the_task_list(app: App, simulated: SimulatedApp) -> None:
    go_on = threading.Event()

    @app.route("/")
    class Works(View):
        is_daemon = True

        def handle_request(self, request):
            self.show(HTML("x"), title="Works")
            self.progress(1, 4, "quarter")
            go_on.wait()

    window = simulated.open()
    window.wait_until(lambda: window.replica.meta.get("progress") == [1, 4, "quarter"])
    (summary,) = simulated.do(simulated.runtime.summaries)
    assert (summary.title, summary.state, summary.progress.fraction) == ("Works", "running", 0.25)
    go_on.set()
    window.wait_until(lambda: window.replica.meta["progress"] is None)


def test_lone_surrogates_do_not_break_frames(app: App, simulated: SimulatedApp) -> None:
    """In Python, a file name that is not in the system's encoding has lone surrogates."""
    name = b"caf\xe9 \xf0\x9f\x8e\x88.txt".decode("utf-8", "surrogateescape")

    @app.route("/")
    class Names(View):
        is_daemon = True

        def handle_request(self, request):
            self.name = Span(_id="name", title=name)
            return HTML(self.name, Button("show", handle_click=self.show_it))

        def show_it(self, event):
            self.name.set_text(name)
            self.set_title(name)
            self.notice(name)

    window, other = simulated.open(), simulated.open()
    window.click("show")
    for each in (window, other):
        each.wait_text("#name", "caf\ufffd 🎈.txt")
    assert window.find("#name").attributes["title"] == "caf\ufffd 🎈.txt"
    other.wait_until(lambda: any("caf" in str(effect) for effect in other.effects))


@pytest.mark.parametrize(
    "done", [float("nan"), float("inf"), float("-inf"), 10**400], ids=["nan", "inf", "-inf", "int"]
)
def test_progress_that_is_not_finite_is_refused_at_the_authors_line(
    app: App, simulated: SimulatedApp, done: float
) -> None:
    found: list[BaseException] = []

    @app.route("/")
    class Works(View):
        def handle_request(self, request):
            for numbers in ((done, 10), (1, done)):
                try:
                    self.progress(*numbers)
                except (ValueError, OverflowError) as error:
                    found.append(error)
            self.progress(10**30, 10**31)
            return HTML(Button("click", handle_click=self.clicked))

        def clicked(self, event):
            event.node.set_text("clicked")

    window = simulated.open("/")
    window.click("click")
    window.wait_text("button", "clicked")
    assert [type(error) for error in found] == [ValueError, ValueError]
