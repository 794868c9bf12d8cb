"""Tests of the files that an install adds to site-packages, and of the source distribution.

The tests build the wheel with hatchling and without a build environment, so they need no network.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytest.importorskip("hatchling", reason="hatchling is not installed: 'dev.py test' does it")


def build(kind: str, source: Path, folder: Path) -> Path:
    """Build a distribution of a source folder."""
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)],
        cwd=source, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return found


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def test_wheel_has_one_package_and_its_metadata(wheel: Path) -> None:
    """Earlier wheels also contained the packages `shell` and `views`.

    An author's `views.py` collided with them (A2).
    """
    top = {name.partition("/")[0] for name in names_in(wheel)}
    (metadata,) = [name for name in top if name.endswith(".dist-info")]
    assert top == {"everview", metadata}


def test_wheel_has_the_command_everview_only(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("entry_points.txt")]
        text = archive.read(name).decode()
    (scripts,) = [part for part in text.split("[") if part.startswith("console_scripts]")]
    assert scripts.split("\n")[1:2] == ["everview = everview.cli.main:main"]
    assert scripts.count("=") == 1


def test_wheel_has_every_module_and_data_file_of_the_package(wheel: Path) -> None:
    names = names_in(wheel)
    package = ROOT / "shell" / "everview"
    # The build joins the scripts of the page. tests/server/test_client_bundle.py tests that.
    needed = [path for path in package.rglob("*") if path.suffix in {".py", ".po", ".typed"}]
    needed += package.rglob("static/*")
    assert len(needed) > 100
    missing = {path.relative_to(ROOT / "shell").as_posix() for path in needed} - names
    assert missing == set()


def test_source_distribution_has_the_files_of_a_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    """A wheel that is built from the source distribution has the same files."""
    source = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (folder,) = (tmp_path / "unpacked").iterdir()
    for name in (
        "dev.py", "build.spec", "README.md", "LICENSE", ".ci/run", "views/main.py", "packaging/entry.py",
        "packaging/icon.svg", "requirements/dev.txt", "tests/test_wheel.py", "docs/index.md",
        "benchmarks/__main__.py",
    ):  # fmt: skip
        assert (folder / name).exists(), name
    assert not (folder / ".venv").exists()
    assert names_in(build("wheel", folder, tmp_path / "again")) == names_in(wheel)
