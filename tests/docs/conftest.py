"""Load the apps of docs/examples. Each test gets a newly loaded app."""

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
    """Load ``docs/examples/<name>.py`` as a new module and return its app."""
    path = DOCS / "examples" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"example_{name}_{next(_numbers)}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Register the module, because classes find their static files through it.
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    app: App = module.app
    return app


@pytest.fixture
def everview_app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> App:
    """The example app that a test selects with `example`, for instance ``@example("counter")``."""
    return load_example(request.param, monkeypatch)
