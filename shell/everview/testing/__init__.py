"""Simulated windows for the tests of views; see `SimulatedApp`, and ``plugin`` for authors."""

from everview.testing.clock import Clock
from everview.testing.person import PersonWindow
from everview.testing.simulated import SimulatedApp
from everview.testing.simulated_window import SimulatedWindow

__all__ = ["Clock", "PersonWindow", "SimulatedApp", "SimulatedWindow"]
