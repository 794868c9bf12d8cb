"""A handler that never returns is logged with its line, and delays no other view."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from everview import App, View
from everview.html import HTML, Button, Span
from everview.runtime.execution import handlers
from everview.runtime.instances.state import StopReason
from everview.runtime.windows.effects import Notice
from everview.testing import SimulatedApp


@pytest.mark.parametrize("how", ["thread", "async"])
def test_handler_that_never_returns_is_logged_and_can_be_stopped(
    app: App,
    simulated: SimulatedApp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    how: str,
) -> None:
    monkeypatch.setattr(handlers, "BUSY_AFTER", 0.05)
    release = threading.Event()

    @app.route("/hangs")
    class Hangs(View):
        is_daemon = True

        def handle_request(self, request: Any) -> HTML:
            self.word = Span("-", _id="word")
            return HTML(self.word, Button("go", handle_click=getattr(self, f"in_{how}")))

        def in_thread(self, event: Any) -> None:
            self.word.set_text("working")
            # the loop calls no method of Everview, so ViewStopped is not raised
            while not release.is_set():
                pass

        async def in_async(self, event: Any) -> None:
            self.word.set_text("working")
            # the handler waits for a future that never gets a result
            await asyncio.get_running_loop().create_future()

    @app.route("/other")
    class Other(View):
        def handle_request(self, request: Any) -> HTML:
            self.word = Span("-", _id="word")
            return HTML(self.word, Button("go", handle_click=self.go))

        def go(self, event: Any) -> None:
            self.word.set_text("done")

    window, other = simulated.open("/hangs"), simulated.open("/other")
    window.click("go", wait=False)
    window.wait_until(lambda: any(isinstance(effect, Notice) for effect in window.effects))
    assert window.text("#word") == "working"
    other.click("go")
    assert other.text("#word") == "done"
    (record,) = [r for r in caplog.records if "has been running" in r.getMessage()]
    line = "while not release.is_set()" if how == "thread" else "create_future()"
    assert line in record.getMessage()
    # The view is marked as stopped, although its loop cannot be interrupted.
    instance = simulated.instance(window)
    simulated.do(instance.stop, StopReason.STOPPED)
    simulated.wait_for(lambda: instance.ended_or_stopping)
    again = simulated.open("/hangs")
    assert again.text("#word") == "-"
    release.set()
    simulated.wait_for(instance.ended.done)
