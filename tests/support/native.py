"""Fixtures for tests with native windows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.display import Display, unavailable_reason


@pytest.fixture(scope="session")
def display() -> Iterator[Display]:
    """An X server for the test session. The tests are skipped if it cannot be started."""
    reason = unavailable_reason()
    if reason is not None:
        pytest.skip(reason)
    display = Display()
    yield display
    display.stop()
