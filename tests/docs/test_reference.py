"""Every public name has a docstring and is listed in the reference documentation."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeVar

import pytest

import dev

ROOT = Path(__file__).resolve().parents[2]
#: The modules that define the classes of HTML elements, with one line for each class.
TABLES = {"everview.html.elements.tags", "everview.html.elements.svg", "everview.html.elements.mathml"}


def public(module: Any) -> list[str]:
    """The public names of a module."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return list(listed)
    return [name for name, value in vars(module).items()
            if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
            and not isinstance(value, TypeVar)]  # fmt: skip


def without_docstring(module: Any) -> list[str]:
    found = []
    for name in public(module):
        value = getattr(module, name)
        if inspect.ismodule(value) or not (inspect.isclass(value) or inspect.isroutine(value)):
            continue
        # Ignore inherited docstrings, because they do not describe the class. The classes of HTML
        # elements may inherit their docstring.
        doc = inspect.getdoc(value) if value.__module__ in TABLES else value.__doc__
        if not (doc or "").strip():
            found.append(name)
    return found


@pytest.mark.parametrize("name", dev.DOCUMENTED)
def test_every_public_name_has_a_docstring(name: str) -> None:
    module = importlib.import_module(name)
    assert (module.__doc__ or "").strip()
    assert public(module) or name == "everview.errors"
    assert without_docstring(module) == []


def test_missing_docstring_is_reported() -> None:
    module = type(sys)("probe")
    exec("class Public: pass\nclass _Private: pass\ndef documented(): 'Text.'", vars(module))  # noqa: S102
    module.Public.__module__ = module.documented.__module__ = "probe"
    assert without_docstring(module) == ["Public"]


def test_reference_contains_every_module_and_public_name(tmp_path: Path) -> None:
    # The command `dev.py docs` replaces its process with pdoc, so this test starts pdoc itself with
    # the same options. The 150 classes of HTML elements are excluded, because they take eight
    # seconds.
    names = [name for name in dev.DOCUMENTED if name != "everview.html"]
    subprocess.run(
        [sys.executable, "-m", "pdoc", "--docformat", "google", "-o", str(tmp_path), *names],
        cwd=ROOT, check=True, timeout=100, capture_output=True,
    )  # fmt: skip
    for name in names:
        page = (tmp_path / Path(*name.split("."))).with_suffix(".html").read_text(encoding="utf-8")
        module = importlib.import_module(name)
        missing = [n for n in public(module) if f'id="{n}"' not in page
                   and not inspect.ismodule(getattr(module, n))]  # fmt: skip
        assert missing == [], name
