"""The table of guards, with the exception that the test of each raised without it."""

from __future__ import annotations

from tests.support.guards import GUARDS

#: The exception that the test of a guard ended with, by the name of the case.
outcomes: dict[str, str] = {}


def table() -> list[str]:
    """One line for each guard."""
    return [
        f"{case.threat:<4} {case.guard:<42}{case.test.partition('::')[2][5:]:<80}"
        f"{outcomes.get(str(case), 'not run')}"
        for case in GUARDS
    ]
