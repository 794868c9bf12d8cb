"""Loads the pytest plugin of Everview from this checkout, without an installation."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from everview.testing import plugin


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin, unless pytest loaded it by the entry point of an installed package."""
    if not config.pluginmanager.hasplugin("everview"):
        config.pluginmanager.register(plugin, "everview")


#: Processes that tests start import ``everview`` and ``views`` from this checkout, too.
_TOP = Path(__file__).resolve().parents[1]
os.environ["PYTHONPATH"] = os.pathsep.join([str(_TOP / "shell"), str(_TOP)])

#: Tests, and the programs that they start, serve the same bundle of the client as a wheel. The
#: bundle is made once, before the workers of pytest-xdist start.
if "EVERVIEW_CLIENT" not in os.environ:
    _BUNDLE = tempfile.TemporaryDirectory(prefix="everview-client-")
    _TOOL = _TOP / "packaging" / "client_bundle.py"
    subprocess.run([sys.executable, str(_TOOL), _BUNDLE.name], check=True)
    os.environ["EVERVIEW_CLIENT"] = _BUNDLE.name
