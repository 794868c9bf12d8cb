"""`GuardCase`: one guard, how to take it out, and a test that must then fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

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
