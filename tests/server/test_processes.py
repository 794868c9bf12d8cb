"""Work in processes: results, errors, progress, and the end of the process with its view."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from everview import App, View
from everview.errors import HandlerError, ProcessError
from everview.html import HTML, Button, P, Span
from everview.testing import SimulatedApp
from tests.support import process_work


@pytest.fixture
def app() -> App:
    return App(__file__)


def run_in_view(app: App, function, *arguments, is_async: bool = False, **keywords) -> list[object]:
    """Return the result of ``run_in_process`` in a view, or the exception that it raised."""
    outcome: list[object] = []

    class Plain(View):
        def handle_request(self, request):
            try:
                outcome.append(self.run_in_process(function, *arguments, **keywords))
            except Exception as error:  # noqa: BLE001  (the outcome)
                outcome.append(error)
            return HTML(P("done", _id="done"))

    class Async(View):
        async def handle_request(self, request):
            try:
                outcome.append(await self.run_in_process(function, *arguments, **keywords))
            except Exception as error:  # noqa: BLE001  (the outcome)
                outcome.append(error)
            return HTML(P("done", _id="done"))

    app.route("/")(Async if is_async else Plain)
    with SimulatedApp(app) as simulated:
        simulated.open().wait_until(lambda: bool(outcome))
        simulated.wait_for(lambda: not simulated.threads.running)
    return outcome


@pytest.mark.parametrize("is_async", [False, True])
def test_function_runs_in_another_process(app: App, is_async: bool) -> None:
    (result,) = run_in_view(app, process_work.add, 1, b=2, is_async=is_async)
    total, pid = result
    assert total == 3
    assert pid != os.getpid()
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(
    ("function", "kind", "message"),
    [
        (process_work.fail, ValueError, "the work has failed"),
        (process_work.fail_unpicklable, ProcessError, "cannot be read"),
        (process_work.give_unpicklable, RuntimeError, "cannot be sent"),
        (process_work.die, ProcessError, "code 7"),
        (process_work.leave, RuntimeError, "the work exits"),
        (lambda: None, ProcessError, "function of a module"),
    ],
)
def test_failure_in_process_is_raised_in_view(app: App, function, kind, message: str) -> None:
    (error,) = run_in_view(app, function)
    assert isinstance(error, kind)
    assert message in str(error)


def test_error_has_traceback_of_process_as_note(app: App) -> None:
    (error,) = run_in_view(app, process_work.fail)
    assert "process_work.py" in "".join(error.__notes__)


def test_progress_is_shown_during_the_work_and_removed_afterwards(app: App) -> None:
    @app.route("/")
    class Counts(View):
        def handle_request(self, request):
            self.result = Span("-", _id="result")
            self.show(HTML(self.result))
            self.result.set_text(self.run_in_process(process_work.count, 1000))
            self.await_click()

    with SimulatedApp(app) as simulated:
        window = simulated.open()
        window.wait_text("#result", "1000")
        seen = [f["meta"]["progress"] for f in window.frames if "progress" in f.get("meta", {})]
        window.wait_until(lambda: simulated.instance(window).document.progress is None)
    assert [progress for progress in seen if progress and progress[1] == 1000]


@pytest.mark.parametrize("how", ["stop", "shut", "end"])
def test_process_ends_with_its_view(app: App, tmp_path: Path, how: str) -> None:
    path = tmp_path / "pid"

    @app.route("/")
    class Works(View):
        def handle_request(self, request):
            self.show(HTML(Button("x")))
            self.run_in_process(process_work.work_for_ever, str(path))

    with SimulatedApp(app) as simulated:
        window = simulated.open()
        instance = simulated.instance(window)
        simulated.wait_for(lambda: instance.document.progress is not None)
        pid = int(path.read_text())
        assert psutil.pid_exists(pid)
        if how == "stop":
            simulated.do(instance.stop, "stopped")
        elif how == "shut":
            window.shut()
        if how != "end":
            simulated.wait_for(lambda: not psutil.pid_exists(pid))
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=10)
    assert not psutil.pid_exists(pid)


def test_executor_runs_the_function(app: App) -> None:
    with ThreadPoolExecutor(1) as executor:
        (result,) = run_in_view(app, process_work.add, 1, b=2, executor=executor)
    assert result == (3, os.getpid())


def test_executor_of_a_cluster_runs_the_function(app: App) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        (result,) = run_in_view(app, process_work.add, 1, b=2, executor=client.get_executor())
    assert result[0] == 3
    assert result[1] != os.getpid()


def test_function_that_is_not_callable_is_refused(app: App) -> None:
    (error,) = run_in_view(app, "not a function")
    assert isinstance(error, HandlerError)
