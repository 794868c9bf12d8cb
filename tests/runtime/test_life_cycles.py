"""The life cycles of instances and handlers: their states, and illegal transitions."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from everview import App, View
from everview.html import HTML, Button, P
from everview.runtime.execution.handling import HandlerState, Handling
from everview.runtime.execution.life_cycle import checked
from everview.runtime.instances.state import LIFE_TRANSITIONS, STATE_OF_LIFE, Life, StopReason
from everview.testing import SimulatedApp


def test_every_phase_of_an_instance_has_a_state_and_transitions() -> None:
    assert set(STATE_OF_LIFE) == set(LIFE_TRANSITIONS) == set(Life)


@pytest.mark.parametrize(
    ("current", "following"),
    [
        (Life.FINISHED, Life.RUNNING),
        (Life.FAILED, Life.FINISHED),
        (Life.STOPPING, Life.FINISHED),
        (Life.ENDED, Life.STARTING),
        (Life.RUNNING, Life.RUNNING),
    ],
)
def test_illegal_transition_of_an_instance_raises(current: Life, following: Life) -> None:
    with pytest.raises(RuntimeError, match=f"from {current.name} to {following.name}"):
        checked(current, following, LIFE_TRANSITIONS)


def handling_in(states: Iterable[HandlerState]) -> Handling:
    handling = Handling("handler", None, None)  # type: ignore[arg-type]  # no instance is needed
    for state in states:
        handling.enter(state)
    return handling


@pytest.mark.parametrize(
    "states",
    [
        [HandlerState.RUNNING, HandlerState.ENDED],
        [HandlerState.ENDED],
        [HandlerState.RUNNING, HandlerState.BUSY, HandlerState.ENDED],
        [HandlerState.RUNNING, HandlerState.WAITING, HandlerState.RUNNING, HandlerState.BUSY,
         HandlerState.WAITING, HandlerState.ENDED],
    ],
)  # fmt: skip
def test_handler_enters_states_in_legal_order(states: list[HandlerState]) -> None:
    assert handling_in(states).state is HandlerState.ENDED


@pytest.mark.parametrize(
    ("states", "illegal"),
    [
        ([], HandlerState.WAITING),
        ([], HandlerState.BUSY),
        ([HandlerState.RUNNING], HandlerState.RUNNING),
        ([HandlerState.RUNNING, HandlerState.BUSY], HandlerState.RUNNING),
        ([HandlerState.RUNNING, HandlerState.ENDED], HandlerState.RUNNING),
        ([HandlerState.ENDED], HandlerState.ENDED),
    ],
)
def test_illegal_transition_of_handler_raises(
    states: list[HandlerState], illegal: HandlerState
) -> None:
    handling = handling_in(states)
    before = handling.state
    with pytest.raises(RuntimeError, match=f"to {illegal.name}"):
        handling.enter(illegal)
    assert handling.state is before


def test_instance_enters_its_states_in_order(app: App, simulated: SimulatedApp) -> None:
    may_show, may_return = threading.Event(), threading.Event()

    @app.route("/")
    class Works(View):
        is_daemon = True

        def handle_request(self, request):
            may_show.wait()
            self.show(HTML(P("works")))
            may_return.wait()
            return HTML(P("done"))

    window = simulated.open(wait=False)
    instance = simulated.instance(window)
    assert instance.life is Life.STARTING
    may_show.set()
    simulated.wait_for(lambda: instance.life is Life.RUNNING)
    may_return.set()
    simulated.wait_for(lambda: instance.life is Life.FINISHED)
    ended = simulated.do(instance.stop, StopReason.STOPPED)
    assert instance.life in (Life.STOPPING, Life.ENDED)
    simulated.wait_for(ended.done)
    assert instance.life is Life.ENDED


@pytest.mark.parametrize("has_finished", [False, True])
def test_stopped_view_is_dismissed_if_its_request_has_ended(
    app: App, simulated: SimulatedApp, has_finished: bool
) -> None:
    reasons: list[StopReason] = []

    @app.route("/task/")
    class Task(View):
        is_daemon = True

        def handle_request(self, request):
            if not has_finished:
                self.await_click(html=HTML(Button("OK")))
            return HTML(P("done"))

        def on_stop(self, reason):
            reasons.append(reason)

    @app.route("/stop")
    class Stop(View):
        def handle_request(self, request):
            return HTML(Button("stop", handle_click=self.stop_task))

        def stop_task(self, event):
            (task,) = self.server.get_views()
            self.server.stop_view(task.id)

    instance = simulated.instance(simulated.open("/task/"))
    simulated.open("/stop").click("stop")
    simulated.wait_for(instance.ended.done)
    assert reasons == [StopReason.DISMISSED if has_finished else StopReason.STOPPED]
