"""Simulated windows for the tests of views; see `SimulatedApp`."""

from shell.testing.simulated import SimulatedApp, SimulatedWindow

__all__ = ["SimulatedApp", "SimulatedWindow"]
