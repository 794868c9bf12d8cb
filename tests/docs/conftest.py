"""Load the apps of docs/examples, for each test again."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path

import pytest

from everview import App

DOCS = Path(__file__).resolve().parents[2] / "docs"
_numbers = itertools.count()


def load_example(name: str, monkeypatch: pytest.MonkeyPatch) -> App:
    """The app of ``docs/examples/<name>.py``, loaded as a new module."""
    path = DOCS / "examples" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"example_{name}_{next(_numbers)}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Classes find their static files through the module.
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    app: App = module.app
    return app


@pytest.fixture
def everview_app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> App:
    """The example named by ``@pytest.mark.parametrize("everview_app", ["counter"], indirect=True)``."""
    return load_example(request.param, monkeypatch)
