"""The tools that check the client: pinned versions, and no host of a package registry in the lock."""

from __future__ import annotations

import json
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "client-checks"


def test_lock_names_no_registry() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert package["integrity"].startswith("sha512-"), name
    # With this setting npm writes no addresses of a package registry into the lock file.
    assert "omit-lockfile-registry-resolved=true" in (FOLDER / ".npmrc").read_text().splitlines()


def test_versions_of_the_tools_are_exact() -> None:
    package = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    assert set(package["devDependencies"]) >= {"typescript", "eslint"}
    for name, version in package["devDependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
