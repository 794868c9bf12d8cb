"""Load ``packaging/client_bundle.py`` as a module.

The file is loaded by its path, because ``packaging/`` is not a package. As a package, it would hide
the PyPI project of the same name.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any


def load() -> Any:
    """The module."""
    path = Path(__file__).resolve().parents[2] / "packaging" / "client_bundle.py"
    spec = importlib.util.spec_from_file_location("everview_client_bundle", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look up their module in sys.modules
    spec.loader.exec_module(module)
    return module


client_bundle = load()
