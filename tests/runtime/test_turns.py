"""Turns of handlers: a handler releases its turn while it waits and when it ends."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from everview import App, View
from everview.html import HTML, Button, Div, Span, TextInput
from everview.runtime.execution.turn import Turn
from everview.runtime.instances.instance import CLEANUP_AFTER
from everview.runtime.windows.effects import EventLost, Notice
from everview.runtime.windows.messages import Event
from everview.testing import SimulatedApp


def test_handler_with_two_waits_releases_the_turn(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Waits(View):
        def handle_request(self, request):
            self.a, self.b, self.log = Button("a"), Button("b"), Span("-", _id="log")
            return HTML(self.a, self.b, self.log, Button("go", handle_click=self.go))

        async def go(self, event):
            events = await asyncio.gather(self.await_click(self.a), self.await_click(self.b))
            self.log.set_text(" ".join(event.node.get_text() for event in events))

    window = simulated.open()
    window.click("go")
    window.click("a")
    window.click("b")
    window.wait_text("#log", "a b")


def test_task_that_outlives_its_handler_acquires_no_turn(
    app: App, simulated: SimulatedApp
) -> None:
    tasks = []

    @app.route("/")
    class Leaves(View):
        def handle_request(self, request):
            self.word = Span("-", _id="word")
            self.stop_waiting = Button("stop waiting")
            return HTML(self.word, self.stop_waiting, Button("leave", handle_click=self.leave),
                        Button("work", handle_click=self.work))  # fmt: skip

        async def leave(self, event):
            tasks.append(asyncio.create_task(self.later()))
            for _ in range(5):
                await asyncio.sleep(0)

        async def later(self):
            await self.await_click(self.stop_waiting)
            self.word.set_text("later")

        def work(self, event):
            self.word.set_text("worked")

    window = simulated.open()
    window.click("leave")
    window.click("stop waiting")
    window.wait_text("#word", "later")
    window.click("work")
    assert window.text("#word") == "worked"


def test_queued_handlers_end_without_errors_with_their_view(
    app: App, simulated: SimulatedApp, caplog: pytest.LogCaptureFixture
) -> None:
    @app.route("/")
    class Slow(View):
        def handle_request(self, request):
            return HTML(Button("go", handle_click=self.go))

        async def go(self, event):
            await asyncio.sleep(100)

    window = simulated.open()
    instance = simulated.instance(window)
    for _ in range(20):
        window.click("go", wait=False)
    simulated.do(instance.stop, "stopped")
    simulated.call(asyncio.wait_for(instance.ended, 5))
    window.wait_until(lambda: window.acknowledged == 20)
    assert "failed" not in caplog.text
    assert not any(isinstance(effect, Notice) for effect in window.effects)


def test_turn_passed_to_a_cancelled_waiter_is_passed_on() -> None:
    async def scenario() -> bool:
        turn = Turn()
        assert turn.queue() is None
        first = asyncio.create_task(turn.acquire())
        second = asyncio.create_task(turn.acquire())
        await asyncio.sleep(0)
        first.cancel()
        turn.release()
        with pytest.raises(asyncio.CancelledError):
            await first
        await second
        return turn.held

    assert asyncio.run(scenario())


@pytest.mark.parametrize("how", ["await_click", "ask"])
def test_view_that_blocks_while_holding_its_lock_delays_no_other_view(
    app: App, simulated: SimulatedApp, how: str
) -> None:
    waits, release = threading.Event(), threading.Event()
    buttons: list[Button] = []

    @app.route("/locked")
    class Locks(View):
        def handle_request(self, request):
            self.div = Div("here")
            button = Button("go", handle_click=self.go)
            self.show(HTML(self.div, button))
            buttons.append(button)
            with self.html.lock:
                waits.set()
                release.wait()

        async def go(self, event):
            await (self.await_click(self.div) if how == "await_click" else self.ask("Sure?"))

    @app.route("/free")
    class Free(View):
        def handle_request(self, request):
            return HTML("free")

    window = simulated.open("/locked", wait=False)
    assert waits.wait(5)
    try:
        window.wait_until(lambda: True)
        simulated.do(lambda: None)
        instance = simulated.instance(window)
        threading.Thread(
            target=window.say, args=(Event(1, instance.id, buttons[0].node_id, "click"),), daemon=True
        ).start()
        late = simulated.open("/free", wait=False)
        late.wait_until(lambda: late.has("free"))
    finally:
        release.set()


def test_handler_is_reported_as_failed_if_no_thread_can_be_started(
    app: App, simulated: SimulatedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    @app.route("/")
    class Clicked(View):
        async def handle_request(self, request):
            return HTML(Button("go", handle_click=self.go))

        def go(self, event):
            self.html.append("went")

    def no_thread(threads):
        raise RuntimeError("can't start new thread")

    window = simulated.open()
    while simulated.threads._idle:
        simulated.do(simulated.threads._idle.pop().inbox.put, None)
    with monkeypatch.context() as patch:
        patch.setattr("everview.server.execution.threads.Worker", no_thread)
        window.click("go")
    assert any("start new thread" in str(effect) for effect in window.effects)
    window.click("go")
    assert "went" in window.page()


@pytest.mark.parametrize("passes_on", ["the event", "a coroutine"])
def test_plain_handler_may_return_its_event_or_a_coroutine(
    app: App, simulated: SimulatedApp, passes_on: str
) -> None:
    called = []

    async def later(event):
        called.append("later")
        await asyncio.sleep(0)
        return event

    def handler(event):
        called.append("handler")
        return event if passes_on == "the event" else later(event)

    @app.route("/")
    class Passes(View):
        def handle_request(self, request):
            return HTML(Button("go", handle_click=handler))

        def handle_input_event(self, event):
            called.append(event.name)

    simulated.open().click("go")
    assert called == ["handler", *(["later"] if passes_on == "a coroutine" else []), "click"]


def test_edit_and_following_click_are_handled_in_order(
    app: App, simulated: SimulatedApp
) -> None:
    order: list[str] = []

    @app.route("/")
    class Both(View):
        def handle_request(self, request):
            return HTML(TextInput(_id="text", handle_change=self.change),
                        Button("go", handle_click=self.go))  # fmt: skip

        def change(self, event):
            order.append("change")

        def go(self, event):
            order.append("click")

    window = simulated.open()
    field, button = window.find("#text").id, window.find("go", "click").id

    def both(number: int) -> None:
        """Send both events in one iteration of the loop, as if they had arrived in one packet."""
        window.deliver(Event(number, window.document, field, "change", str(number)))
        window.deliver(Event(number + 1, window.document, button, "click", {}))

    for number in range(1, 101, 2):
        simulated.do(both, number)
    window.wait_until(lambda: window.acknowledged >= 100)
    assert order == ["change", "click"] * 50


def test_handlers_stopped_before_their_first_step_release_the_turn(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Clicked(View):
        is_daemon = True

        async def handle_request(self, request):
            return HTML(Button("go", handle_click=self.go))

        async def go(self, event):
            await self.sleep(100)

    window = simulated.open()
    instance = simulated.instance(window)
    button = window.find("go", "click").id

    def click_and_stop() -> None:
        for number in (1, 2, 3):
            window.deliver(Event(number, window.document, button, "click", {}))
        instance.stop("stopped")

    started = time.monotonic()
    simulated.do(click_and_stop)
    simulated.call(wait_for(instance.ended))
    assert time.monotonic() - started < CLEANUP_AFTER
    window.wait_until(lambda: window.acknowledged == 3)
    assert sum(isinstance(effect, EventLost) for effect in window.effects) == 2


async def wait_for(future):
    return await future


def test_page_replaces_text_of_a_field_cleared_by_a_key_handler(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Chat(View):
        def handle_request(self, request):
            self.field = TextInput(_id="text", handle_keydown=self.key)
            return HTML(self.field)

        def key(self, event):
            self.field.value = ""

    window = simulated.open()
    field = window.find("#text").id
    answers: list[list[int]] = []
    send = window.send
    window.window.transport.send = lambda data: (send(data), answers.append(window.answered))

    def both() -> None:
        window.deliver(Event(1, window.document, field, "change", "hello"))
        window.deliver(Event(2, window.document, field, "keydown", {"key": "Enter"}))

    simulated.do(both)
    window.wait_until(lambda: window.acknowledged >= 2)
    assert [field] in answers
