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
        threat: The threat, for example ``"T1"``.
        guard: What the guard does, in a few words.
        remove: Removes the guard from the running code.
        test: The test that must fail without it, as ``"test_file.py::test_name"`` in tests/security.
        parameters: The parameters of the test to run. A function is given by its name.
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
    """Serve the client from its sources. In ``file``, the guard is replaced by ``instead``."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        patch.delenv(files_module.VARIABLE, raising=False)
        client = files_module.read_client()
        source = client[file].decode()
        assert guard in source, f"{guard!r} is not in {file}"
        client[file] = source.replace(guard, instead).encode()
        patch.setattr(files_module, "read_client", lambda: client)

    return remove
