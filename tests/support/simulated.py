"""Fixtures for tests with simulated windows: an app without views, and the same app in a
`SimulatedApp`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from everview import App
from everview.testing import SimulatedApp


@pytest.fixture
def app() -> App:
    return App(__file__)


@pytest.fixture
def simulated(app: App) -> Iterator[SimulatedApp]:
    with SimulatedApp(app) as simulated:
        yield simulated
