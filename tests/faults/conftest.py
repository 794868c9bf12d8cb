"""The fault suite (docs/faults.md): faults are made many times, ``EVERVIEW_FAULTS`` times as often as
in an ordinary run.

Each test has a seed; one that fails becomes a test of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from shell import App
from shell.testing import SimulatedApp

#: ``python3 dev.py faults`` does so much more than an ordinary run.
TIMES = int(os.environ.get("EVERVIEW_FAULTS", "1"))

TOLD = pytest.StashKey[list[str]]()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say in the summary what was measured on the way; figures are nothing to fail for."""
    lines = request.config.stash.setdefault(TOLD, [])
    return lambda text: lines.append(f"{request.node.name}: {text}")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if lines := config.stash.get(TOLD, None):
        terminalreporter.section("what the fault suite saw")
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture
def app() -> App:
    return App(__file__)


@pytest.fixture
def simulated(app: App) -> Iterator[SimulatedApp]:
    with SimulatedApp(app) as simulated:
        yield simulated
