"""The table of guards, with the exceptions that their tests raised without them."""

from __future__ import annotations

from tests.support.guards import GUARDS

#: The exception of the test without its guard, by the name of the case.
outcomes: dict[str, str] = {}


def table() -> list[str]:
    """The lines of the table, one for each guard."""
    return [
        f"{case.threat:<4} {case.guard:<42}{case.test.partition('::')[2][5:]:<80}"
        f"{outcomes.get(str(case), 'not run')}"
        for case in GUARDS
    ]
