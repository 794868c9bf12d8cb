"""Countdown: asks for a limit, counts without windows, stops after a confirmation."""

from __future__ import annotations

import pytest

from everview.testing import SimulatedApp


@pytest.mark.parametrize("nonsense", ["", "0", "-3", "1.5", "1e9"])
def test_invalid_limit_is_refused(simulated: SimulatedApp, nonsense: str) -> None:
    window = simulated.open("/countdown/")
    window.type("#limit", nonsense)
    window.click("Start")
    window.wait_until(lambda: "whole number" in window.text("#problem"))
    window.type("#limit", "2")
    window.click("Start")
    window.wait_until(lambda: window.has("#left"))
    assert simulated.instance(window).document.title == "Countdown from 2"
    window.wait_text("#state", "Done after 2 s.")


def test_countdown_continues_without_window(simulated: SimulatedApp) -> None:
    window = simulated.open("/countdown/")
    window.type("#limit", "2")
    window.click("Start")
    instance = simulated.instance(window)
    window.shut()
    simulated.wait_until(lambda: instance.state == "finished")
    (summary,) = simulated.do(simulated.runtime.summaries)
    assert (summary.windows, summary.text) == (0, "finished, not seen yet")
    again = simulated.open("/countdown/")
    assert again.text("#state") == "Done after 2 s."
    simulated.wait_until(lambda: instance.result_seen)


def test_countdown_stops_after_confirmation(simulated: SimulatedApp) -> None:
    window, other = simulated.open("/countdown/"), simulated.open("/countdown/")
    window.type("#limit", "1000")
    window.click("Start")
    window.wait_until(lambda: window.has("Stop …"))
    window.click("Stop …")
    other.wait_until(lambda: other.has("Keep counting"))
    other.click("Keep counting")
    window.wait_until(lambda: not window.has("Keep counting"))
    assert simulated.instance(window).state == "running"
    window.click("Stop …")
    window.click("Stop")
    window.wait_until(lambda: window.text("#state").startswith("Stopped after"))
    window.click("Count again")
    window.wait_until(lambda: window.has("#limit"))
    other.wait_until(lambda: other.has("#limit"))
