"""Hatch hook: a wheel contains the bundle of the client in place of its sources."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

import client_bundle


class ClientBundleHook(BuildHookInterface[Any]):
    """A build hook that writes the bundle next to the wheel and removes it afterwards."""

    @property
    def _folder(self) -> Path:
        return Path(self.directory) / "everview-client"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the bundle to the wheel. An editable install serves the sources of the checkout."""
        if version == "editable":
            return
        client_bundle.write(self._folder)
        build_data["force_include"][str(self._folder)] = "everview/client"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the bundle from the disk, because the wheel contains it now."""
        shutil.rmtree(self._folder, ignore_errors=True)
