"""`GuardCase`: one guard, how to take it out, and a test that must then fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from everview.server.client_bundle import files as files_module

Patch = pytest.MonkeyPatch


#: What came out: the exception that a test ended with, by guard.
outcomes: dict[str, str] = {}


@dataclass(frozen=True)
class GuardCase:
    """``remove`` takes the guard out; ``test`` with ``arguments`` must fail then."""

    threat: str
    guard: str
    remove: Callable[[Patch], None]
    test: Callable[..., None]
    arguments: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.threat} {self.guard}".replace(" ", "-")


def page_has(file: str, guard: str, instead: str) -> Callable[[Patch], None]:
    """A file of the client is served with other text in the place of its guard."""
    original = files_module.Files.__init__

    def remove(patch: Patch) -> None:
        def init(self: files_module.Files) -> None:
            original(self)
            sources = dict(self._scripts)
            name = file.removesuffix(".js")
            assert guard in sources[name], f"{guard!r} is not in {file}"
            sources[name] = sources[name].replace(guard, instead)
            self._scripts = tuple(sources.items())

        patch.setattr(files_module.Files, "__init__", init)

    return remove
