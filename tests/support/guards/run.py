"""Run the test of a guard in its own pytest session, in this process.

The session runs in the same process, so that the running code can be patched. The session is
separate, so that the test gets its fixtures from pytest as in any other run.
"""

from __future__ import annotations

import gc
import tempfile
import warnings
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from tests.support.guards.case import GuardCase, Remove

SECURITY_TESTS = Path(__file__).resolve().parents[2] / "security"
#: These plugins of the outer session are disabled, because two instances of a plugin would disturb
#: each other.
OPTIONS = ["--quiet", "--no-summary", "--capture=no", "--timeout=0", "-p", "no:cacheprovider",
           "-p", "no:faulthandler", "-p", "no:unraisableexception", "-p", "no:threadexception"]  # fmt: skip


class _OneCase:
    """A pytest plugin: selects the tests of a case, patches the code, records the exceptions."""

    def __init__(self, case: GuardCase, patches: Sequence[Remove]) -> None:
        self._case = case
        self._patches = patches
        self.count = 0
        #: The exceptions of the tests by phase: "setup", "call", "teardown".
        self.raised: dict[str, BaseException] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if self._matches(item)]
        self.count = len(items)

    def _matches(self, item: pytest.Item) -> bool:
        callspec = getattr(item, "callspec", None)
        values = callspec.params if callspec is not None else {}
        return all(
            expected in (values[name], getattr(values[name], "__name__", None))
            for name, expected in self._case.parameters.items()
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        # Patch the code after the test modules are imported, because they must import the real
        # values.
        with pytest.MonkeyPatch.context() as patch:
            for apply in self._patches:
                apply(patch)
            return (yield)

    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None:
            self.raised[call.when] = call.excinfo.value


def run_case(case: GuardCase, *patches: Remove) -> BaseException | None:
    """Run the test of ``case`` with ``patches``.

    Args:
        case: The case.
        patches: Functions that change the running code until the test ends.

    Returns:
        The exception of the test, or None if the test passed. If the test ran with several sets of
        parameters, the exception of the last failure.

    Raises:
        AssertionError: The test does not exist, or its fixtures failed.
    """
    plugin = _OneCase(case, patches)
    # The `tmp_path` of the outer test is too long: a path to a Unix socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="guard-") as folder:
        arguments = [str(SECURITY_TESTS / case.test), f"--basetemp={folder}/t", *OPTIONS]
        code = pytest.main(arguments, plugins=[plugin])
    with warnings.catch_warnings():
        # A failed test leaves objects open that the guard would have closed. Collect these objects
        # now, so that no other test gets their warnings.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    assert code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED), f"{case.test}: {code!r}"
    assert plugin.count, f"{case.test} has no parameters {case.parameters}"
    raised = plugin.raised.get("call")
    if isinstance(raised, pytest.skip.Exception):
        pytest.skip(str(raised))
    assert "setup" not in plugin.raised, f"{case.test}: {plugin.raised['setup']!r}"
    return raised
