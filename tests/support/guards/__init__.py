"""The guards (security checks) of docs/threats.md. Each case removes one guard, and names the test
that must fail.

The tests of T10 need native windows and are in tests/native.
"""

from __future__ import annotations

from tests.support.guards import access, content, files, load
from tests.support.guards.case import GuardCase

GUARDS: list[GuardCase] = sorted(
    [*access.GUARDS, *content.GUARDS, *files.GUARDS, *load.GUARDS],
    key=lambda case: int(case.threat.removeprefix("T")),
)
