"""The table of guards. It shows the exception that each test raised when its guard was removed."""

from __future__ import annotations

from tests.support.guards import GUARDS

#: Maps the name of each case to the name of the exception that its test raised without the guard.
outcomes: dict[str, str] = {}


def table() -> list[str]:
    """Return the lines of the table, one for each guard."""
    return [
        f"{case.threat:<4} {case.guard:<42}{case.test.partition('::')[2][5:]:<80}"
        f"{outcomes.get(str(case), 'not run')}"
        for case in GUARDS
    ]
