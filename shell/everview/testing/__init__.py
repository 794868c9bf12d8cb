"""Simulated windows for the tests of views; see `SimulatedApp`, and ``plugin`` for authors."""

from everview.testing.clock import Clock
from everview.testing.person.person_window import PersonWindow
from everview.testing.simulated_app import SimulatedApp
from everview.testing.simulated_window import SimulatedWindow

__all__ = ["Clock", "PersonWindow", "SimulatedApp", "SimulatedWindow"]
