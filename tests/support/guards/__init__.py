"""The guards of docs/threats.md. Each can be removed from the running code, and a test fails then.

T10 is about native windows: its tests are in tests/native.
"""

from __future__ import annotations

from tests.support.guards import access, content, files, load
from tests.support.guards.case import GuardCase

GUARDS: list[GuardCase] = sorted(
    [*access.GUARDS, *content.GUARDS, *files.GUARDS, *load.GUARDS],
    key=lambda case: int(case.threat.removeprefix("T")),
)
