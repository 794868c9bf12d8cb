"""A test of a guard is worth something only if it fails without the guard. Here each does.

Run with ``-s`` or ``-rP`` to see the table; `test_the_table` prints it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.security.guards import GUARDS, GuardCase, without
from tests.server.support import serving

pytestmark = pytest.mark.security

#: What came out: the exception that the test ended with, by guard.
outcomes: dict[str, str] = {}


@contextmanager
def fixtures(case: GuardCase, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """What the test asks for by name, as pytest would give it."""
    with ExitStack() as stack:
        given = dict(case.arguments)
        for name in inspect.signature(case.test).parameters:
            if name == "server":
                given[name] = stack.enter_context(serving())
            elif name == "tmp_path":
                given[name] = tmp_path
            elif name == "monkeypatch":
                given[name] = stack.enter_context(pytest.MonkeyPatch.context())
            elif name == "tab":
                given[name] = request.getfixturevalue("tab")
        yield given


@pytest.mark.parametrize("case", GUARDS, ids=str)
def test_without_its_guard_the_test_fails(
    case: GuardCase, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    asked = set(inspect.signature(case.test).parameters)
    tmp_path.chmod(0o700)
    (tmp_path / "with").mkdir(mode=0o700)
    (tmp_path / "without").mkdir(mode=0o700)
    with fixtures(case, tmp_path / "with", request) as given:
        assert set(given) == asked
        case.test(**given)  # with its guard it passes
    with without(case), fixtures(case, tmp_path / "without", request) as given:
        try:
            case.test(**given)
        except pytest.skip.Exception:
            raise
        except (Exception, pytest.fail.Exception) as failed:  # noqa: BLE001  (any failure will do)
            outcomes[str(case)] = type(failed).__name__
        else:
            outcomes[str(case)] = "NOT CAUGHT"
    assert outcomes[str(case)] != "NOT CAUGHT"


def test_every_threat_has_guards_here() -> None:
    assert {case.threat for case in GUARDS} == {
        "T1", "T2", "T3", "T5", "T6", "T7", "T13", "T14",
    }  # fmt: skip


def test_the_table() -> None:
    """Printed at the end: which guard, which test, how it failed."""
    lines = [f"{case.threat}  {case.guard:<32}{case.test.__name__:<66}"
             f"{outcomes.get(str(case), 'not run')}" for case in GUARDS]  # fmt: skip
    print("\n" + "\n".join(lines))  # noqa: T201
    assert all("NOT CAUGHT" not in line for line in lines)
