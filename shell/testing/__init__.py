"""Simulated windows for the tests of views; see `SimulatedApp`, and ``plugin`` for authors."""

from shell.testing.clock import Clock
from shell.testing.person import PersonWindow
from shell.testing.simulated import SimulatedApp
from shell.testing.simulated_window import SimulatedWindow

__all__ = ["Clock", "PersonWindow", "SimulatedApp", "SimulatedWindow"]
