"""`View.run_in_thread`: result, errors, progress, and the end with the view."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from everview import App, View, process
from everview.errors import HandlerError, ViewStopped
from everview.html import HTML, P, Span
from everview.runtime.instances.state import StopReason
from everview.testing import SimulatedApp


@pytest.fixture
def app() -> App:
    return App(__file__)


def add(a: int, b: int = 0) -> tuple[int, int]:
    return a + b, threading.get_ident()


def fail() -> None:
    raise ValueError("the work failed")


def run_in_view(app: App, function: Any, *arguments: Any, is_async: bool = False) -> object:
    """Return the result of ``run_in_thread`` in a view, or the exception that it raised."""
    outcome: list[object] = []

    class Plain(View):
        def handle_request(self, request):
            try:
                outcome.append(self.run_in_thread(function, *arguments))
            except Exception as error:  # noqa: BLE001  (the outcome)
                outcome.append(error)
            return HTML(P("done"))

    class Async(View):
        async def handle_request(self, request):
            try:
                outcome.append(await self.run_in_thread(function, *arguments))
            except Exception as error:  # noqa: BLE001  (the outcome)
                outcome.append(error)
            return HTML(P("done"))

    app.route("/")(Async if is_async else Plain)
    with SimulatedApp(app) as simulated:
        simulated.open().wait_until(lambda: bool(outcome))
        loop_thread = simulated.do(threading.get_ident)
    if isinstance(outcome[0], tuple):
        assert outcome[0][1] != loop_thread
    return outcome[0]


@pytest.mark.parametrize("is_async", [False, True])
def test_function_runs_in_thread_and_result_is_returned(app: App, is_async: bool) -> None:
    result = run_in_view(app, add, 1, 2, is_async=is_async)
    assert isinstance(result, tuple)
    assert result[0] == 3


@pytest.mark.parametrize("is_async", [False, True])
def test_exception_of_work_is_raised_in_view(app: App, is_async: bool) -> None:
    error = run_in_view(app, fail, is_async=is_async)
    assert isinstance(error, ValueError)
    assert str(error) == "the work failed"


async def coroutine_function() -> None:
    """An async function, which `run_in_thread` refuses."""


@pytest.mark.parametrize("work", ["not a function", coroutine_function])
def test_work_that_is_not_a_plain_function_is_refused(app: App, work: object) -> None:
    error = run_in_view(app, work)
    assert isinstance(error, HandlerError)
    assert "run_in_thread() needs a" in str(error)


def test_progress_is_shown_and_restored_after_the_work(app: App) -> None:
    shown, release = threading.Event(), threading.Event()

    def work() -> str:
        process.progress(1, 4, "working")
        shown.set()
        release.wait()
        return "result"

    @app.route("/")
    class Works(View):
        def handle_request(self, request):
            self.result = Span("-", _id="result")
            self.show(HTML(self.result))
            self.progress(1, 2, "before")
            self.result.set_text(self.run_in_thread(work))
            self.await_click()

    with SimulatedApp(app) as simulated:
        window = simulated.open()
        instance = simulated.instance(window)
        simulated.wait_for(shown.is_set)
        assert instance.document.progress == (1, 4, "working")
        release.set()
        window.wait_text("#result", "result")
        assert instance.document.progress == (1, 2, "before")


def test_on_progress_receives_reports_and_view_progress_is_unchanged(app: App) -> None:
    reports: list[tuple[float, float | None, str]] = []

    def work() -> None:
        for number in range(1, 1001):
            process.progress(number, 1000, f"at {number}")

    @app.route("/")
    class Works(View):
        def handle_request(self, request):
            self.run_in_thread(work, on_progress=lambda *report: reports.append(report))
            return HTML(P("done", _id="done"))

    with SimulatedApp(app) as simulated:
        window = simulated.open()
        window.wait_text("#done", "done")
        assert simulated.instance(window).document.progress is None
    assert reports[0] == (1, 1000, "at 1")
    assert reports[-1] == (1000, 1000, "at 1000")
    assert len(reports) < 1000, "reports are limited to one in 50 ms"


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("has_on_progress", [False, True])
def test_work_stops_at_next_progress_when_view_is_stopped(
    app: App, is_async: bool, has_on_progress: bool
) -> None:
    started, release = threading.Event(), threading.Event()
    raised: list[BaseException] = []

    def work() -> None:
        started.set()
        release.wait()
        try:
            process.progress(1)
        except BaseException as error:
            raised.append(error)
            raise

    on_progress = (lambda done, total, label: None) if has_on_progress else None

    class Plain(View):
        is_daemon = True

        def handle_request(self, request):
            self.run_in_thread(work, on_progress=on_progress)

    class Async(View):
        is_daemon = True

        async def handle_request(self, request):
            await self.run_in_thread(work, on_progress=on_progress)

    app.route("/")(Async if is_async else Plain)
    with SimulatedApp(app) as simulated:
        window = simulated.open(wait=False)
        simulated.wait_for(started.is_set)
        instance = simulated.instance(window)
        simulated.do(instance.stop, StopReason.STOPPED)
        release.set()
        simulated.wait_for(instance.ended.done)
        simulated.wait_for(lambda: bool(raised))
    assert isinstance(raised[0], ViewStopped)
