"""Fixtures of the tests in Chromium."""

from __future__ import annotations

import pytest

from everview import App
from everview.runtime.windows.platform import NoPlatform, Platform
from tests.support.chromium import app, chromium, open_page, served
from tests.support.shell_app import Desk, add_views

__all__ = ["app", "chromium", "open_page", "served"]  # fixtures


@pytest.fixture
def desk(app: App) -> Desk:
    """The app has the views of `shell_app` and a desktop that records requests."""
    add_views(app)
    return Desk()


@pytest.fixture
def platform(request: pytest.FixtureRequest) -> Platform:
    """The desktop of the served app. If a test uses the fixture `desk`, the app has that
    desktop.
    """
    if "desk" not in request.fixturenames:
        return NoPlatform()
    desk: Platform = request.getfixturevalue("desk")
    return desk
