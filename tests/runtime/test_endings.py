"""Views that fail, stop or end at any time free their resources and affect no other view."""

from __future__ import annotations

import asyncio
import threading

import pytest

from everview import App, StopReason, View
from everview.html import HTML, Button, Select, Span, TextInput
from everview.runtime.windows.effects import Notice, Redirect
from everview.runtime.windows.messages import Attach
from everview.runtime.windows.window import FRAMES_IN_FLIGHT, MAX_EFFECTS
from everview.testing import SimulatedApp


async def wait_for(future):
    return await future


@pytest.mark.parametrize("where", ["__init__", "instance_key", "unhashable"])
def test_view_with_failing_constructor_shows_error_page(
    app: App, simulated: SimulatedApp, where: str
) -> None:
    attempts = []

    @app.route("/")
    class Fails(View):
        is_daemon = True

        def __init__(self):
            attempts.append(1)
            if where == "__init__" and len(attempts) == 1:
                raise RuntimeError("on purpose")

        def handle_request(self, request):
            return HTML("well")

        @classmethod
        def instance_key(cls, request):
            attempts.append(1)
            if where == "instance_key" and len(attempts) == 1:
                raise RuntimeError("on purpose")
            return [] if where == "unhashable" and len(attempts) == 1 else None

    @app.route("/other")
    class Other(View):
        def handle_request(self, request):
            return HTML("other")

    if where == "__init__":
        Fails.instance_key = classmethod(lambda cls, request: None)
    window = simulated.open()
    assert window.has("Start again")
    assert simulated.open("/other").has("other")
    window.click("Start again", wait=False)
    window.wait_until(lambda: window.has("well"))


def test_path_that_no_converter_accepts_is_not_found(app: App, simulated: SimulatedApp) -> None:
    @app.route("/<name:uuid>")
    def show(request):
        return HTML("found")

    window = simulated.open("/" + "-" * 36)
    assert window.has("Page not found")


def test_view_that_becomes_a_daemon_after_its_end_is_not_shared(
    app: App, simulated: SimulatedApp
) -> None:
    entered, release, decided = threading.Event(), threading.Event(), threading.Event()

    @app.route("/")
    class Late(View):
        def handle_request(self, request):
            if entered.is_set():
                return HTML("alive")
            entered.set()
            release.wait()
            self.is_daemon = True
            decided.set()
            return None

    window = simulated.open(wait=False)
    assert entered.wait(5)
    instance = simulated.instance(window)
    window.shut()
    release.set()
    assert decided.wait(5)
    simulated.call(wait_for(instance.ended))
    again = simulated.open()
    assert again.has("alive")


def test_windows_wait_for_a_view_that_becomes_a_daemon_in_another_method(
    app: App, simulated: SimulatedApp
) -> None:
    entered, release = threading.Semaphore(0), threading.Event()

    @app.route("/")
    class Late(View):
        def handle_request(self, request):
            entered.release()
            release.wait()
            self.become_a_daemon()
            self.show(HTML("decided"))

        def become_a_daemon(self):
            self.is_daemon = True

    windows = [simulated.open(wait=False) for _ in range(3)]
    assert entered.acquire(timeout=5)
    release.set()
    for window in windows:
        window.wait_until(lambda window=window: window.has("decided"))
    assert len({simulated.instance(window).id for window in windows}) == 1


class Peculiar(BaseException):
    """A BaseException that is not an Exception. Some libraries raise such exceptions."""


@pytest.mark.parametrize("how", ["cancelled", "await_sync", "peculiar", "async peculiar"])
def test_view_fails_if_handle_request_raises_base_exception(
    app: App, simulated: SimulatedApp, how: str
) -> None:
    async def cancelled():
        raise asyncio.CancelledError

    @app.route("/")
    class Ends(View):
        is_daemon = True

        if how in ("cancelled", "async peculiar"):

            async def handle_request(self, request):
                if how == "cancelled":
                    await cancelled()
                raise Peculiar("on purpose")

        else:

            def handle_request(self, request):
                if how == "await_sync":
                    self.await_sync(cancelled())
                raise Peculiar("on purpose")

    window = simulated.open(wait=False)
    window.wait_until(lambda: window.has("Start again"))
    assert simulated.instance(window).state == "failed"


@pytest.mark.parametrize("how", ["cancelled", "peculiar"])
def test_handler_that_raises_base_exception_is_reported(
    app: App, simulated: SimulatedApp, how: str
) -> None:
    @app.route("/")
    class Ends(View):
        def handle_request(self, request):
            self.word = Span("-", _id="word")
            return HTML(self.word, Button("end", handle_click=self.end),
                        Button("work", handle_click=self.work))  # fmt: skip

        async def end(self, event):
            raise asyncio.CancelledError if how == "cancelled" else Peculiar("on purpose")

        def work(self, event):
            self.word.set_text("worked")

    window = simulated.open()
    window.click("end")
    assert any(isinstance(effect, Notice) for effect in window.effects)
    window.click("work")
    assert window.text("#word") == "worked"


@pytest.mark.parametrize("raised", [RuntimeError, Peculiar, asyncio.CancelledError, SystemExit])
@pytest.mark.parametrize("is_async", [False, True])
def test_on_cleanup_is_called_even_if_on_stop_raises(
    app: App, simulated: SimulatedApp, raised: type[BaseException], is_async: bool
) -> None:
    calls = []

    @app.route("/")
    class Raises(View):
        def handle_request(self, request):
            return HTML("here")

        if is_async:

            async def on_stop(self, reason):
                raise raised("on purpose")

        else:

            def on_stop(self, reason):
                raise raised("on purpose")

        def on_cleanup(self):
            calls.append("cleanup")

    window = simulated.open()
    instance = simulated.instance(window)
    window.shut()
    simulated.call(wait_for(instance.ended))
    assert calls == ["cleanup"]


def test_view_with_stop_when_finished_can_be_restarted_after_an_error(
    app: App, simulated: SimulatedApp
) -> None:
    attempts = []

    @app.route("/")
    class Fails(View):
        is_daemon = True
        STOP_DAEMON_WHEN_VIEW_FINISHES = True

        def handle_request(self, request):
            attempts.append(1)
            if len(attempts) == 1:
                raise RuntimeError("on purpose")
            return HTML("well")

    window = simulated.open()
    window.wait_until(lambda: window.has("Start again"))
    window.click("Start again", wait=False)
    window.wait_until(lambda: window.has("well"))


def test_reconnect_does_not_restart_a_stopped_view(
    app: App, simulated: SimulatedApp
) -> None:
    starts = []

    @app.route("/")
    class Task(View):
        is_daemon = True
        STOP_DAEMON_WHEN_VIEW_FINISHES = True

        def handle_request(self, request):
            starts.append(1)
            return HTML("result")

    window = simulated.open()
    simulated.call(wait_for(simulated.instance(window).ended))
    window.drop()
    window.reconnect()
    simulated.do(lambda: None)
    assert window.has("result")
    assert starts == [1]
    # After a reload of the page, or after following a link, the URL has a new instance.
    before = window.document
    window.say(Attach("/"))
    window.wait_until(lambda: window.document != before)
    assert starts == [1, 1]


def test_window_that_attaches_while_the_app_ends_starts_no_view(app: App) -> None:
    started = []

    @app.route("/")
    class Starts(View):
        def handle_request(self, request):
            started.append(1)
            return HTML("here")

    with SimulatedApp(app) as simulated:
        simulated.open()
        simulated.call(simulated.runtime.stop_all())
        simulated.open(wait=False)
        assert simulated.runtime.instances == {}
    assert started == [1]


def test_effects_for_a_stalled_window_are_limited(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Talks(View):
        is_daemon = True

        def handle_request(self, request):
            self.word = Span("-", _id="word")
            return HTML(self.word)

    window = simulated.open()
    instance = simulated.instance(window)
    window.reads = False
    for number in range(FRAMES_IN_FLIGHT):
        instance.view.word.set_text(number)
        simulated.do(instance.publisher.flush)
    for number in range(1000):
        simulated.do(instance.publisher.effect, Notice(str(number)))
    simulated.do(instance.publisher.effect, Redirect("/elsewhere"))
    effects = simulated.do(lambda: list(window.window.unsent_effects))
    assert len(effects) <= MAX_EFFECTS
    assert effects[-1] == Redirect("/elsewhere")
    assert effects[-2] == Notice("999")


def test_redirect_reaches_a_window_that_reconnects(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Redirects(View):
        is_daemon = True

        def handle_request(self, request):
            return HTML("here")

    window = simulated.open()
    instance = simulated.instance(window)
    window.drop()
    instance.view.redirect("/elsewhere")
    simulated.do(lambda: None)
    window.reconnect()
    window.wait_until(lambda: Redirect("/elsewhere") in window.effects)


def test_new_value_after_a_wait_is_marked_in_its_frame(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Clears(View):
        def handle_request(self, request):
            return HTML(TextInput("", _id="text", handle_change=self.clear), TextInput(_id="plain"))

        def clear(self, event):
            self.sleep(0.01)
            event.node.value = "cleared"

    window = simulated.open()
    window.type("#text", "enter")
    window.wait_until(lambda: window.value("#text") == "cleared")
    assert window.answered == [window.find("#text").id]
    window.type("#plain", "x")
    assert window.answered == []


def test_page_shows_old_value_after_a_refused_edit(app: App, simulated: SimulatedApp) -> None:
    @app.route("/")
    class Choose(View):
        def handle_request(self, request):
            return HTML(Select(values=["a", "b"], _id="select"))

    window = simulated.open()
    before = len(window.frames)
    window.type("#select", [7])
    changes = [change for frame in window.frames[before:] for change in frame.get("set", ())]
    assert [window.find("#select").id, {".selected": [0]}] in changes


def test_click_ends_the_matching_wait_not_the_oldest(
    app: App, simulated: SimulatedApp
) -> None:
    clicked = threading.Event()

    @app.route("/")
    class Waits(View):
        async def handle_request(self, request):
            first, second = Button("first"), Button("second")
            self.show(HTML(first, second))
            await asyncio.to_thread(clicked.wait)
            done, _ = await asyncio.wait(
                [asyncio.ensure_future(self.await_click(node)) for node in (first, second)],
                return_when=asyncio.FIRST_COMPLETED,
            )
            return HTML(f"{done.pop().result().node.get_text()} was clicked")

    window = simulated.open()
    window.click("second")
    clicked.set()
    window.wait_until(lambda: window.has("second was clicked"))


def test_stopped_view_ends_blocked_calls_in_threads_of_authors(
    app: App, simulated: SimulatedApp
) -> None:
    ended = threading.Event()

    @app.route("/")
    class Threads(View):
        is_daemon = True

        async def handle_request(self, request):
            self.show(HTML("here"))
            await asyncio.to_thread(self.work)

        def work(self):
            try:
                self.sleep(100)
            finally:
                ended.set()

    window = simulated.open()
    instance = simulated.instance(window)
    simulated.do(instance.stop, StopReason.STOPPED)
    assert ended.wait(5)
