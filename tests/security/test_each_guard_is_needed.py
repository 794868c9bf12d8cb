"""Each guard is removed once, and the test that is about it must fail.

The table of guards is printed after the tests (conftest.py); ``python dev.py guards`` runs this.
"""

from __future__ import annotations

import pytest

from tests.support.guards import GUARDS
from tests.support.guards.case import GuardCase, replaces
from tests.support.guards.report import outcomes, table
from tests.support.guards.run import SECURITY_TESTS, run_case

pytestmark = pytest.mark.security

#: Without its guard a test may wait for something that never happens. Do not wait long.
SHORT_PATIENCE = replaces("tests.support.server", "PATIENCE", 1.5)


@pytest.mark.parametrize("case", GUARDS, ids=str)
def test_guard_removed_its_test_fails(case: GuardCase) -> None:
    # A browser takes a second to start, and its tests are part of every run.
    if not case.in_browser:
        assert run_case(case) is None, f"{case.test} fails with its guard"
    raised = run_case(case, SHORT_PATIENCE, case.remove)
    outcomes[str(case)] = type(raised).__name__ if raised is not None else "NOT CAUGHT"
    assert raised is not None, f"{case.test} passes without its guard"


def test_guards_cover_every_threat() -> None:
    # T10 is about native windows: see tests/native.
    assert {case.threat for case in GUARDS} == {f"T{n}" for n in range(1, 15)} - {"T10"}


def test_guards_are_listed_once() -> None:
    assert len({str(case) for case in GUARDS}) == len(GUARDS)
    assert all(len(line) < 150 for line in table())


def test_guards_name_files_that_exist() -> None:
    files = {case.test.partition("::")[0] for case in GUARDS}
    assert {file for file in files if not (SECURITY_TESTS / file).is_file()} == set()
