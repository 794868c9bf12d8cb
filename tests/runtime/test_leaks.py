"""Closed windows and ended views leave no objects, tasks or timers in the process."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref

from everview import App, View
from everview.html import HTML, Button, Document, Li, Span, Ul
from everview.runtime.instances.instance import Instance
from everview.runtime.windows import registry as windows_module
from everview.runtime.windows.effects import EventLost
from everview.server.execution.threads import MAX_IDLE
from everview.testing import SimulatedApp

WINDOWS = 2000
MAX_WINDOWS = 10


def test_closed_windows_free_all_objects(
    app: App, simulated: SimulatedApp, monkeypatch
) -> None:
    monkeypatch.setattr(windows_module, "MAX_CLOSED_WINDOWS", MAX_WINDOWS)
    made: list[weakref.ref[Document]] = []

    @app.route("/short")
    class Short(View):
        def handle_request(self, request):
            made.append(weakref.ref(self._instance.document))
            self.word = Span("-", _id="word")
            return HTML(self.word, Button("click", handle_click=self.click))

        def click(self, event):
            self.word.set_text("clicked")

    @app.route("/long")
    class Long(View):
        def handle_request(self, request):
            made.append(weakref.ref(self._instance.document))
            self.show(HTML("waits", Button("never")))
            self.await_click()

    @app.route("/shared")
    class Shared(View):
        is_daemon = True

        def handle_request(self, request):
            return HTML("shared", Button("ask", handle_click=self.do_ask))

        def do_ask(self, event):
            self.ask("Sure?")

    older = _instances()
    threads = threading.active_count()
    urls = ["/short", "/long", "/shared", "/nowhere"]
    for number in range(WINDOWS):
        window = simulated.open(urls[number % len(urls)])
        if window.has("click"):
            window.click("click")
        window.shut()
        simulated.windows.clear()
    simulated.wait_until(lambda: len(simulated.runtime.instances) == 1)
    del window
    runtime = simulated.runtime
    shared = next(iter(runtime.instances.values()))
    simulated.call(_tasks_end())
    assert len(runtime.windows) <= MAX_WINDOWS
    assert not shared.publisher.windows
    daemons = runtime._daemons
    for collection in (runtime._attached, runtime.windows._waiting, daemons._waiting, daemons._undecided):
        assert not collection
    assert list(daemons._shared.values()) == [shared]
    assert not runtime.transfers._buckets
    assert not runtime.hub._subscriptions
    assert threading.active_count() <= threads + MAX_IDLE
    simulated.do(_remove_cancelled_timers)
    gc.collect()
    assert sum(document() is not None for document in made) == 0
    assert _instances() - older == {shared}


def _instances() -> set[Instance]:
    """Return all instances of a class in this process, including those of other tests."""
    return {thing for thing in gc.get_objects() if type(thing) is Instance}


async def _tasks_end() -> None:
    """Wait until the event loop runs no other task."""
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait_for(asyncio.wait(tasks), 5)


def _remove_cancelled_timers() -> None:
    """The event loop stores cancelled timers until they are due. Such timers are not a leak."""
    asyncio.get_running_loop()._scheduled.clear()  # type: ignore[attr-defined]


def test_thousand_removed_nodes_are_freed_without_a_further_change(
    app: App, simulated: SimulatedApp
) -> None:
    @app.route("/")
    class Rows(View):
        def handle_request(self, request):
            self.rows = Ul(Li(Button(number, handle_click=self.clear)) for number in range(1000))
            return HTML(self.rows)

        def clear(self, event):
            self.rows.clear()

    window = simulated.open()
    instance = simulated.instance(window)
    document, row = instance.document, weakref.ref(instance.view.rows.nodes[500])
    last = window.find("999", "click")
    window.click("0")
    # The rows are removed at once from the page and from the index of event targets. The document
    # frees their nodes later.
    assert not window.has("999")
    assert document.get_node(last.id) is None
    number = window.event(last, "click")
    assert EventLost(number) in window.effects
    simulated.wait_for(lambda: len(document._nodes) < 10)
    gc.collect()
    assert row() is None
