"""A test of a guard is worth something only if it fails without the guard. Here each does.

The table is in the summary of the tests (conftest.py), and ``python dev.py guards`` prints it.
"""

from __future__ import annotations

import gc
import inspect
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.security.guards import GUARDS, table, without
from tests.security.test_t4_browser import hostile_app
from tests.support.guard_case import GuardCase, outcomes
from tests.support.hostile import Watched
from tests.support.server import serving

pytestmark = pytest.mark.security

@contextmanager
def a_tab(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A tab without a past, one for each time; it does not wait for long for what never comes."""
    context = request.getfixturevalue("browser").new_context()
    tab = context.new_page()
    tab.set_default_timeout(1_500)
    yield tab
    context.close()


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
            elif name == "caplog":
                given[name] = request.getfixturevalue(name)
            elif name == "tab":
                given[name] = stack.enter_context(a_tab(request))
            elif name == "watched":
                given[name] = Watched(stack.enter_context(a_tab(request)))
            elif name == "hostile":
                given[name] = stack.enter_context(serving(hostile_app()))
        yield given


@pytest.mark.parametrize("case", GUARDS, ids=str)
def test_without_its_guard_the_test_fails(
    case: GuardCase, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    asked = set(inspect.signature(case.test).parameters)
    tmp_path.chmod(0o700)
    (tmp_path / "with").mkdir(mode=0o700)
    (tmp_path / "without").mkdir(mode=0o700)
    if not asked & {"tab", "watched"}:  # in the browser it has been seen to pass by itself
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
    with warnings.catch_warnings():
        # A test that fails in the middle leaves open what the guard would have closed: now, not in
        # another test.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    assert outcomes[str(case)] != "NOT CAUGHT"


def test_every_threat_has_guards_here() -> None:
    # T10's is in the native windows: see tests/native.
    assert {case.threat for case in GUARDS} == {f"T{n}" for n in range(1, 15)} - {"T10"}


def test_the_table_has_every_guard_once() -> None:
    assert len({str(case) for case in GUARDS}) == len(GUARDS)
    assert all(len(line) < 130 for line in table())
