"""A folder with duplicates."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create three copies of one text, two of another text, and a unique file.

    The home folder is temporary.
    """
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    # needed because the trash compares the devices of a file and of HOME
    (tmp_path / "home").mkdir()
    files = tmp_path / "files"
    (files / "below").mkdir(parents=True)
    for name, text in (
        ("a", "one" * 100), ("below/a copy", "one" * 100), ("z", "one" * 100),
        ("b", "two"), ("below/b copy", "two"), ("alone", "three"),
    ):  # fmt: skip
        (files / name).write_text(text)
    return files
