"""Handlers, waits and hooks: in order, one at a time, without delaying other views."""

from __future__ import annotations

import asyncio
import threading

import pytest

from everview import App, StopReason, View
from everview.errors import BlockingCallError, ViewError
from everview.html import HTML, Button, CheckBox, Div, Li, Popup, Select, Span, TextInput, Ul
from everview.runtime.windows.effects import Notice
from everview.runtime.windows.messages import Event
from everview.testing import SimulatedApp


async def wait_for(future):
    return await future


def test_plain_and_async_code_can_be_mixed(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Mixed(View):
        async def handle_request(self, request):
            self.log = Ul(_id="log")
            return HTML(self.log, Button("plain", handle_click=self.plain),
                        Button("async", handle_click=self.coroutine))  # fmt: skip

        def plain(self, event):
            self.sleep(0)
            self.log.append(Li(f"plain {threading.current_thread().name.startswith('handler')}"))

        async def coroutine(self, event):
            await self.sleep(0)
            self.log.append(Li(f"async {threading.current_thread().name == 'simulated server'}"))

    window = simulated.open()
    window.click("plain")
    window.click("async")
    window.wait_text("#log", "plain Trueasync True")


def test_blocking_call_on_the_server_thread_raises(app: App, simulated: SimulatedApp) -> None:
    raised = []

    @app.route("/")
    class Wrong(View):
        async def handle_request(self, request):
            awaitable = asyncio.sleep(0)
            try:
                self.await_sync(awaitable)
            except BlockingCallError as error:
                raised.append(str(error))
            await awaitable
            return HTML("done")

    simulated.open()
    assert "await" in raised[0]
    assert "test_handlers.py, line" in raised[0]


def test_defect_3_fifty_blocked_views_delay_no_other_view(
    app: App, simulated: SimulatedApp
) -> None:
    release = threading.Event()

    @app.route("/blocked/<number>")
    class Blocked(View):
        def handle_request(self, request):
            self.show(HTML("blocked"))
            release.wait()

    @app.route("/free")
    class Free(View):
        def handle_request(self, request):
            self.count = Span(0, _id="count")
            return HTML(self.count, Button("add", handle_click=self.add))

        def add(self, event):
            self.count.set_text(int(self.count.get_text()) + 1)

    for number in range(50):
        simulated.open(f"/blocked/{number}")
    window = simulated.open("/free")
    window.click("add")
    assert window.text("#count") == "1"
    release.set()


def test_handlers_run_one_at_a_time_and_in_order(app: App, simulated: SimulatedApp) -> None:
    order, inside, most = [], [], []

    @app.route("/")
    class Ordered(View):
        def handle_request(self, request):
            return HTML(Button("go", handle_click=self.go))

        def go(self, event):
            inside.append(event)
            most.append(len(inside))
            order.append(event.data["x"])
            inside.pop()

    window = simulated.open()
    for number in range(50):
        last = window.event("go", "click", {"x": number}, wait=False)
    window.wait_until(lambda: window.acknowledged == last)
    assert order == list(range(50))
    assert set(most) == {1}


def test_defect_5_handler_can_wait_for_click_in_its_own_popup(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Asks(View):
        is_daemon = True

        def handle_request(self, request):
            self.state = Span("-", _id="state")
            return HTML(self.state, Button("ask", handle_click=self.do_ask),
                        Button("other", handle_click=self.other))  # fmt: skip

        def do_ask(self, event):
            self.state.set_text(f"answer: {self.ask('Sure?', 'Yes', 'No')}")

        def other(self, event):
            self.state.set_text("other")

    window, second = simulated.open(), simulated.open()
    window.click("ask")  # the frame with the pop-up acknowledges this click
    assert window.has("Yes")
    window.click("other")
    assert window.text("#state") == "other"
    second.wait_until(lambda: second.has("Yes"))
    second.click("Yes")
    window.wait_text("#state", "answer: Yes")
    assert not window.has("Yes")
    window.click("ask")
    window.event("div.popup-back", "keydown", {"key": "Escape"})
    window.wait_text("#state", "answer: None")


def test_async_view_can_have_several_waits_and_a_timeout(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Waits(View):
        async def handle_request(self, request):
            self.a, self.b, self.log = Button("a"), Button("b"), Ul(_id="log")
            self.show(HTML(self.a, self.b, self.log))
            with pytest.raises(TimeoutError):
                await self.await_click(self.a, timeout=0.01)
            self.log.append(Li("timeout"))
            events = await asyncio.gather(self.await_click(self.b), self.await_click(self.a))
            return HTML(" ".join(event.node.get_text() for event in events))

    window = simulated.open()
    window.wait_text("#log", "timeout")
    window.click("a")
    window.click("b")
    window.wait_until(lambda: window.has("b a"))


def test_click_just_before_the_wait_for_it_is_stored(app: App, simulated: SimulatedApp) -> None:
    clicked = threading.Event()

    @app.route("/")
    class Slow(View):
        def handle_request(self, request):
            button = Button("OK")
            self.show(HTML(button))
            clicked.wait()
            self.await_click(button)
            return HTML("went on")

    window = simulated.open()
    window.click("OK")
    clicked.set()
    window.wait_until(lambda: window.has("went on"))


def test_keydown_and_click_caused_by_enter_end_two_waits(
    app: App, simulated: SimulatedApp
) -> None:
    """Enter on a button causes a keydown and a click.

    The view waits for one of these events, then for the other one.
    """

    @app.route("/")
    class Asks(View):
        def handle_request(self, request):
            self.answer = Span("-", _id="answer")
            return HTML(self.answer, Button("go", handle_click=self.go))

        def go(self, event):
            popup = Popup("Sure?", answers=("Yes", "No"))
            self.html.append(popup)
            answered = False
            while not answered:
                event = self.await_input_event(popup, *popup.buttons)
                answered, answer = popup.answer_of(event)
            popup.remove()
            self.answer.set_text(answer)

    window = simulated.open()
    for number in range(1, 40, 3):
        window.click("go")
        popup, yes = window.find(".popup-back"), window.find("Yes", "click")
        key = {"key": "Enter", "code": "Enter"}
        key_and_click = (
            Event(number + 1, window.document, popup.id, "keydown", key),
            Event(number + 2, window.document, yes.id, "click", {"x": 0, "y": 0}),
        )
        simulated.do(lambda both=key_and_click: [window.deliver(each) for each in both])
        window.event_number = number + 2
        window.wait_text("#answer", "Yes")
        window.wait_until(lambda: not window.has(".popup-back"))
        simulated.instance(window).view.answer.set_text("-")
        window.wait_text("#answer", "-")


def test_event_is_passed_to_handlers_and_waits_in_order(app: App, simulated: SimulatedApp) -> None:
    seen = []

    class Inner(Button):
        def handle_input_event(self, event):
            seen.append("node")
            return event

    @app.route("/")
    class Order(View):
        def handle_request(self, request):
            self.show(HTML(Div(Inner("inner", handle_click=self.inner), handle_click=self.outer)))
            self.await_click()
            seen.append("wait")

        def handle_input_event_root(self, event):
            seen.append("root")
            return event

        def inner(self, event):
            seen.append("inner")
            return event

        async def outer(self, event):
            seen.append("outer")
            return event

        def handle_input_event(self, event):
            seen.append("view")

    window = simulated.open()
    window.click("inner")
    simulated.wait_until(lambda: "wait" in seen)
    assert seen == ["root", "inner", "node", "outer", "wait"]
    seen.clear()
    window.click("inner")
    assert seen == ["root", "inner", "node", "outer", "view"]


def test_defect_4_raising_handler_does_not_end_its_view(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Raises(View):
        is_daemon = True

        def handle_request(self, request):
            self.state = Span("-", _id="state")
            return HTML(self.state, Button("raise", handle_click=self.fail),
                        Button("work", handle_click=self.work))  # fmt: skip

        def fail(self, event):
            raise RuntimeError("on purpose")

        def work(self, event):
            self.state.set_text("worked")

    window, second = simulated.open(), simulated.open()
    window.click("raise")
    notice = next(effect.text for effect in window.effects if isinstance(effect, Notice))
    assert "on purpose" in notice and "test_handlers.py, line" in notice
    assert not any(isinstance(effect, Notice) for effect in second.effects)
    window.click("work")
    second.wait_text("#state", "worked")


def test_failed_view_can_be_restarted_from_its_error_page(
    app: App, simulated: SimulatedApp
) -> None:
    attempts = []

    @app.route("/")
    class Fails(View):
        is_daemon = True

        def handle_request(self, request):
            attempts.append(1)
            if len(attempts) == 1:
                raise RuntimeError("on purpose")
            return HTML("well")

    window, second = simulated.open(), simulated.open()
    window.wait_until(lambda: window.has("Start again"))
    assert "on purpose" in window.text("p")
    assert simulated.instance(window).state == "failed"
    window.click("Start again", wait=False)
    window.wait_until(lambda: window.has("well"))
    second.wait_until(lambda: second.has("well"))


@pytest.mark.parametrize("how", ["waiting", "sleeping", "async", "finished"])
def test_stop_ends_blocked_code_and_calls_hooks_once_in_order(
    app: App, simulated: SimulatedApp, how: str
) -> None:
    calls: list[object] = []

    @app.route("/")
    class Stops(View):
        is_daemon = True

        if how == "async":

            async def handle_request(self, request):
                self.show(HTML("here"))
                try:
                    await self.sleep(100)
                finally:
                    calls.append("code ended")

        else:

            def handle_request(self, request):
                self.show(HTML("here"))
                try:
                    if how == "waiting":
                        self.await_click()
                    elif how == "sleeping":
                        self.sleep(100)
                finally:
                    calls.append("code ended")

        def on_stop(self, reason):
            calls.append(reason)

        async def on_cleanup(self):
            calls.append("cleanup")

    window = simulated.open()
    window.wait_until(lambda: window.has("here"))
    instance = simulated.instance(window)
    if how == "finished":
        simulated.wait_until(lambda: instance.state == "finished")
    simulated.do(instance.stop, StopReason.STOPPED)
    simulated.do(instance.stop, StopReason.SHUTDOWN)
    simulated.call(wait_for(instance.ended))
    assert sorted(map(str, calls)) == sorted(["code ended", "stopped", "cleanup"])
    assert calls[-1] == "cleanup"
    assert simulated.runtime.instances == {}


def test_exit_in_async_code_fails_its_view_only(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Exits(View):
        async def handle_request(self, request):
            raise SystemExit(3)

    window = simulated.open()
    window.wait_until(lambda: window.has("Start again"))
    assert "SystemExit" in window.text("p")


def test_show_after_the_end_raises_in_the_view(app: App, simulated: SimulatedApp) -> None:
    raised = threading.Event()

    @app.route("/")
    class Late(View):
        def handle_request(self, request):
            self.show(HTML("here"))
            try:
                self.sleep(100)
            finally:
                try:
                    self.show(HTML("too late"))
                except BaseException:  # noqa: BLE001  (ViewStopped is one)
                    raised.set()

    window = simulated.open()
    window.wait_until(lambda: window.has("here"))
    window.shut()
    assert raised.wait(5)


def test_show_after_the_end_reports_line_of_caller(app: App, simulated: SimulatedApp) -> None:
    views: list[View] = []

    @app.route("/")
    class Ends(View):
        def handle_request(self, request):
            views.append(self)
            return HTML("here")

    simulated.open().shut()
    simulated.wait_for(lambda: not simulated.runtime.instances)
    with pytest.raises(ViewError, match=r"after the view / has ended \(test_handlers\.py, line"):
        views[0].show(HTML("too late"))


def test_field_accepts_valid_values_only(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Form(View):
        is_daemon = True

        def handle_request(self, request):
            self.seen = Span(_id="seen")
            self.text = TextInput("", _id="text", handle_change=self.changed)
            self.box = CheckBox(_id="box", handle_change=self.changed)
            self.select = Select(values=[(1, "one"), (2, "two")], _id="select",
                                 handle_change=self.changed)  # fmt: skip
            return HTML(self.seen, self.text, self.box, self.select)

        def changed(self, event):
            self.seen.set_text(f"{event.data!r} {event.node.value!r}")

    window, second = simulated.open(), simulated.open()
    window.type("#text", "typed")
    assert window.text("#seen") == "'typed' 'typed'"
    window.type("#box", True)
    assert window.text("#seen") == "True True"
    window.type("#select", [1])
    assert window.text("#seen") == "2 2"
    second.wait_until(lambda: second.value("#select") == [1] and second.value("#box") is True)
    assert second.value("#text") == "typed"
    window.type("#select", [7])
    assert any("does not accept" in str(effect) for effect in window.effects)
    assert window.value("#select") == [1]


def test_new_value_of_handler_is_marked_for_window_of_edit(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Clears(View):
        def handle_request(self, request):
            return HTML(TextInput("", _id="text", handle_change=self.clear), TextInput(_id="plain"))

        def clear(self, event):
            event.node.value = ""

    window = simulated.open()
    window.type("#text", "enter")
    assert window.answered == [window.find("#text").id]
    window.type("#plain", "x")
    assert window.answered == []


def test_popup_without_page_raises(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Bare(View):
        def handle_request(self, request):
            self.ask("Sure?")

    window = simulated.open()
    window.wait_until(lambda: window.has("Start again"))
    assert "self.show" in window.text("p")
    assert isinstance(Popup("Sure?"), Div.__mro__[1])
