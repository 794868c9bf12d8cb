"""The pytest plugin of Everview for its own tests, which run from a checkout, without an install."""

from __future__ import annotations

import pytest

from shell.testing import plugin


def pytest_configure(config: pytest.Config) -> None:
    """Where Everview is installed, pytest has the plugin by its entry point."""
    if not config.pluginmanager.hasplugin("everview"):
        config.pluginmanager.register(plugin, "everview")
