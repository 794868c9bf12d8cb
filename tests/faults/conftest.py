"""The fault suite (docs/faults.md). What has a seed names it; a seed that fails becomes a test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.simulated import app, simulated

__all__ = ["app", "simulated"]  # fixtures

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
