"""Simulated apps and windows for tests of views. Authors use the fixtures of ``plugin``.

`SimulatedApp` runs an app without a server. `SimulatedWindow` is a page without a person,
`PersonWindow` a page with one. `Clock` controls the time.
"""

from everview.testing.clock import Clock
from everview.testing.person.person_window import PersonWindow
from everview.testing.simulated_app import SimulatedApp
from everview.testing.simulated_window import SimulatedWindow

__all__ = ["Clock", "PersonWindow", "SimulatedApp", "SimulatedWindow"]
