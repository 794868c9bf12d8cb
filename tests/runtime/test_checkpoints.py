"""Checkpoints: a view resumes from its checkpoint, which is deleted when the view is stopped."""

from __future__ import annotations

from typing import Any

import pytest

from everview import App, Request, View
from everview.html import HTML, Button, P
from everview.runtime.instances.checkpoints import MemoryCheckpoints
from everview.testing import SimulatedApp


def task(app: App, resumes: bool = False, is_async: bool = False) -> list[Any]:
    seen: list[Any] = []

    class Task(View):
        is_daemon = True
        RESUME = resumes

        def handle_request(self, request: Request) -> None:
            seen.append(request.checkpoint)
            done = request.checkpoint or 0
            self.count = Button(done, _id="count")
            self.show(HTML(self.count))
            while True:
                self.await_click(self.count)
                done += 1
                self.checkpoint(done)
                self.count.set_text(done)

    class AsyncTask(Task):
        async def handle_request(self, request: Request) -> None:
            seen.append(request.checkpoint)
            done = request.checkpoint or 0
            self.count = Button(done, _id="count")
            self.show(HTML(self.count))
            while True:
                await self.await_click(self.count)
                done += 1
                await self.checkpoint(done)
                self.count.set_text(done)

    app.route("/task/")(AsyncTask if is_async else Task)
    return seen


def restarted(app: App, checkpoints: MemoryCheckpoints) -> SimulatedApp:
    """Simulate the app after a restart. Of the earlier app, only the checkpoints still exist."""
    simulated = SimulatedApp(app, checkpoints=checkpoints)
    simulated.__enter__()
    return simulated


@pytest.mark.parametrize("is_async", [False, True])
def test_view_resumes_from_its_checkpoint(app: App, is_async: bool) -> None:
    seen, checkpoints = task(app, is_async=is_async), MemoryCheckpoints()
    first = restarted(app, checkpoints)
    window = first.open("/task/")
    for count in ("1", "2", "3"):
        window.click("#count")
        window.wait_text("#count", count)
    first.__exit__()
    second = restarted(app, checkpoints)
    try:
        assert second.open("/task/").text("#count") == "3"
        assert second.open("/task/", user="stranger").text("#count") == "0"
        assert seen == [None, 3, None]
        saved = second.runtime.checkpoints.all()
        assert [(c.user, c.url, c.title) for c in saved] == [("owner", "/task/", "Task" if not is_async else "AsyncTask")]
    finally:
        second.__exit__()


def test_stopped_view_is_not_resumed(app: App) -> None:
    task(app)
    checkpoints = MemoryCheckpoints()
    simulated = restarted(app, checkpoints)
    try:
        window = simulated.open("/task/")
        window.click("#count")
        window.wait_text("#count", "1")
        assert len(checkpoints.all()) == 1
        simulated.do(simulated.instance(window).stop, "stopped")
        simulated.wait_for(lambda: checkpoints.all() == [])
    finally:
        simulated.__exit__()


@pytest.mark.parametrize("resumes", [False, True])
def test_view_with_resume_is_resumed_automatically(app: App, resumes: bool) -> None:
    seen, checkpoints = task(app, resumes), MemoryCheckpoints()
    first = restarted(app, checkpoints)
    window = first.open("/task/")
    window.click("#count")
    window.wait_text("#count", "1")
    first.__exit__()
    second = restarted(app, checkpoints)
    try:
        second.do(second.runtime.resume)
        second.do(second.runtime.resume)  # a second call of `resume` starts no view
        if resumes:
            second.wait_for(lambda: seen == [None, 1])
        assert len(second.runtime.instances) == int(resumes)
        assert [c.url for c in second.runtime.server_of("owner").get_checkpoints()] == (
            [] if resumes else ["/task/"]
        )
        assert second.runtime.server_of("stranger").get_checkpoints() == []
        if not resumes:
            second.runtime.server_of("owner").discard_checkpoint("/task/")
            second.wait_for(lambda: checkpoints.all() == [])
    finally:
        second.__exit__()


@pytest.mark.parametrize(
    ("data", "message"),
    [(object(), "that JSON can represent"), ((1, 2), "would change"), ({1: 2}, "would change"),
     (float("nan"), "would change"), (b"x", "would change")],
)  # fmt: skip
def test_value_that_json_would_change_is_refused(
    app: App, simulated: SimulatedApp, data: object, message: str
) -> None:
    @app.route("/")
    class Wrong(View):
        is_daemon = True

        def handle_request(self, request):
            self.checkpoint(data)

    assert message in simulated.open().page()


def test_checkpoint_of_a_view_that_is_not_a_daemon_raises(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Wrong(View):
        def handle_request(self, request):
            self.checkpoint(1)

    assert "is_daemon = True" in simulated.open().page()


def test_view_continues_when_checkpoint_cannot_be_saved(app: App) -> None:
    class Full(MemoryCheckpoints):
        async def save(self, checkpoint):
            raise OSError("disk full")

    @app.route("/")
    class Continues(View):
        is_daemon = True

        def handle_request(self, request):
            try:
                self.checkpoint(1)
            except OSError as error:
                return HTML(P(f"continues: {error}", _id="message"))

    with SimulatedApp(app, checkpoints=Full()) as simulated:
        assert simulated.open().text("#message") == "continues: disk full"
