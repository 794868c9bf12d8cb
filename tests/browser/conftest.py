"""Fixtures of the tests in Chromium."""

from __future__ import annotations

import pytest

from everview import App
from tests.support.chromium import app, chromium, open_page, served
from tests.support.serving import ServedApp
from tests.support.shell_app import Desk, add_views

__all__ = ["app", "chromium", "open_page", "served"]  # fixtures


@pytest.fixture
def desk(app: App, served: ServedApp) -> Desk:
    """The views of `shell_app`, and a desktop that writes down what it is asked for."""
    add_views(app)
    desk = Desk()
    served.do(lambda: setattr(served.runtime, "platform", desk))
    return desk
