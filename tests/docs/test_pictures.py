"""The programs that make the pictures of the documents can be imported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", ["make_screenshot", "make_screenshots"])
def test_program_that_makes_pictures_can_be_imported(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without this test, a renamed helper in tests/support could break the programs unnoticed."""
    # Restore the search path afterwards, because the programs add folders to it.
    monkeypatch.syspath_prepend(str(DOCS))
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert callable(module.take)
