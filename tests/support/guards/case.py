"""`GuardCase`: one guard, how to remove it, and the test that must fail without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from everview.server.client_bundle import files as files_module

Remove = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class GuardCase:
    """A guard of docs/threats.md.

    Attributes:
        threat: The threat that the guard is against, for example ``"T1"``.
        guard: What the guard does, in a few words.
        remove: Removes the guard from the running code.
        test: The test that must fail then, as ``"test_file.py::test_name"`` in tests/security.
        parameters: Selects from a parametrised test; a function is named by its name.
        in_browser: Whether the test starts a browser.
    """

    threat: str
    guard: str
    remove: Remove
    test: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    in_browser: bool = False

    def __str__(self) -> str:
        return f"{self.threat} {self.guard}".replace(" ", "-")


def replaces(target: object, name: str, value: object) -> Remove:
    """Replace an attribute of ``target``, which may be the name of a module."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        if isinstance(target, str):
            patch.setattr(f"{target}.{name}", value)
        else:
            patch.setattr(target, name, value)

    return remove


def page_has(file: str, guard: str, instead: str) -> Remove:
    """Serve a file of the client with other text in place of its guard."""
    original = files_module.Files.__init__

    def remove(patch: pytest.MonkeyPatch) -> None:
        def init(self: files_module.Files) -> None:
            original(self)
            sources = dict(self._scripts)
            name = file.removesuffix(".js")
            assert guard in sources[name], f"{guard!r} is not in {file}"
            sources[name] = sources[name].replace(guard, instead)
            self._scripts = tuple(sources.items())

        patch.setattr(files_module.Files, "__init__", init)

    return remove
