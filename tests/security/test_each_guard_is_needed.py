"""If a guard is removed, the test of that guard must fail.

The table of guards is printed after the tests (conftest.py). ``python dev.py guards`` runs this
module.
"""

from __future__ import annotations

import pytest

from tests.support.guards import GUARDS
from tests.support.guards.case import GuardCase, replaces
from tests.support.guards.report import outcomes, table
from tests.support.guards.run import SECURITY_TESTS, run_case

pytestmark = pytest.mark.security

#: If its guard is removed, a test may wait for an event that never occurs. So the maximum wait is
#: short.
SHORT_PATIENCE = replaces("tests.support.server", "PATIENCE", 1.5)


@pytest.mark.parametrize("case", GUARDS, ids=str)
def test_removed_guard_makes_its_test_fail(case: GuardCase) -> None:
    # Here a test in a browser runs only without its guard, because it is slow. Its normal run
    # checks that it passes with the guard.
    if not case.in_browser:
        assert run_case(case) is None, f"{case.test} fails with its guard"
    raised = run_case(case, SHORT_PATIENCE, case.remove)
    outcomes[str(case)] = type(raised).__name__ if raised is not None else "NOT CAUGHT"
    assert raised is not None, f"{case.test} passes without its guard"


def test_guards_cover_every_threat() -> None:
    # The tests of T10 need native windows and are in tests/native.
    assert {case.threat for case in GUARDS} == {f"T{n}" for n in range(1, 15)} - {"T10"}


def test_guards_are_listed_once() -> None:
    assert len({str(case) for case in GUARDS}) == len(GUARDS)
    assert all(len(line) < 150 for line in table())


def test_guards_name_files_that_exist() -> None:
    files = {case.test.partition("::")[0] for case in GUARDS}
    assert {file for file in files if not (SECURITY_TESTS / file).is_file()} == set()
