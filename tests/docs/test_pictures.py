"""The programs that make the pictures of the documents are not run by tests, but they can start."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", ["make_screenshot", "make_screenshots"])
def test_program_that_makes_pictures_can_be_imported(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renamed helper in tests/support once broke both without a failing test."""
    # The programs add folders to the search path.
    monkeypatch.syspath_prepend(str(DOCS))
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert callable(module.take)
