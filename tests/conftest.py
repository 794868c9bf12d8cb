"""The pytest plugin of Everview for its own tests, which run from a checkout, without an install."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from everview.testing import plugin


def pytest_configure(config: pytest.Config) -> None:
    """Where Everview is installed, pytest has the plugin by its entry point."""
    if not config.pluginmanager.hasplugin("everview"):
        config.pluginmanager.register(plugin, "everview")


#: Programs that tests start import ``everview`` and ``views`` from this checkout, as the tests do.
_TOP = Path(__file__).resolve().parents[1]
os.environ["PYTHONPATH"] = os.pathsep.join([str(_TOP / "shell"), str(_TOP)])

#: Tests, and the programs that they start, serve the bundle of the client that users get. It is
#: made once, before the workers of pytest-xdist start.
if "EVERVIEW_CLIENT" not in os.environ:
    _BUNDLE = tempfile.TemporaryDirectory(prefix="everview-client-")
    _TOOL = _TOP / "packaging" / "client_bundle.py"
    subprocess.run([sys.executable, str(_TOOL), _BUNDLE.name], check=True)
    os.environ["EVERVIEW_CLIENT"] = _BUNDLE.name
