"""Fixtures of the tests of the authors' API."""

from __future__ import annotations

from tests.support.simulated import app, simulated

__all__ = ["app", "simulated"]  # fixtures
