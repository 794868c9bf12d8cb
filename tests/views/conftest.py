"""The shipped app with simulated windows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from everview.testing import SimulatedApp
from views.main import app


@pytest.fixture
def simulated() -> Iterator[SimulatedApp]:
    with SimulatedApp(app) as simulated:
        yield simulated
