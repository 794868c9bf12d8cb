"""Fixtures of the fault tests (docs/faults.md). Add a regression test for each seed that fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.simulated import app, simulated

__all__ = ["app", "simulated"]  # fixtures

REPORTED = pytest.StashKey[list[str]]()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """A function that adds a measured figure to the summary of the run."""
    lines = request.config.stash.setdefault(REPORTED, [])
    return lambda text: lines.append(f"{request.node.name}: {text}")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if lines := config.stash.get(REPORTED, None):
        terminalreporter.section("figures of the fault tests")
        for line in lines:
            terminalreporter.line(line)
