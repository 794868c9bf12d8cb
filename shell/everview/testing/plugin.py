"""The pytest plugin of Everview: test views without a browser, in milliseconds.

    # pyproject.toml
    [tool.pytest]
    everview_app = "my_app:app"

    def test_two_windows_share_the_counter(open_window, clock):
        one, other = open_window("/"), open_window("/")
        one.click("Increment")
        assert other.text("#count") == "11"

The fixtures are `open_window` (opens a `PersonWindow`), `clock` (a `Clock`), `running_app` (a
`SimulatedApp`) and `everview_app`. A project overrides `everview_app` if it has several apps or
creates one per test. A failed test shows the pages of its windows.

pytest finds the plugin by the entry point of the installed package.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Generator, Iterator

import pytest

from everview.authoring.app import App
from everview.testing.clock import Clock
from everview.testing.person.person_window import PersonWindow
from everview.testing.simulated_app import SimulatedApp

OpenWindow = Callable[..., PersonWindow]
_RUNNING = pytest.StashKey[SimulatedApp]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the pytest setting ``everview_app``, which names the app."""
    parser.addini("everview_app", "the app under test, as 'module:name'", "string")


@pytest.fixture
def everview_app(request: pytest.FixtureRequest) -> App:
    """The app under test, as the setting ``everview_app`` names it."""
    return load_app(str(request.config.getini("everview_app")))


def load_app(name: str) -> App:
    """Import the app that ``module:name`` names.

    Raises:
        pytest.UsageError: The name is malformed, or no app has it.
    """
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise pytest.UsageError(
            'the app is not configured: write everview_app = "my_module:app" below [tool.pytest] '
            "in pyproject.toml, or a fixture everview_app in conftest.py"
            + (f" (the value is {name!r})" if name else "")
        )
    app = getattr(importlib.import_module(module), attribute, None)
    if not isinstance(app, App):
        raise pytest.UsageError(f"everview_app = {name!r}: no App has this name")
    return app


@pytest.fixture
def running_app(everview_app: App, request: pytest.FixtureRequest) -> Iterator[SimulatedApp]:
    """The running app. Time stands still until ``clock.advance`` is called.

    The fixture restores ``app.state`` after the test.
    """
    before = dict(everview_app.state)
    try:
        with SimulatedApp(everview_app, Clock()) as running:
            request.node.stash[_RUNNING] = running
            yield running
    finally:
        everview_app.state.clear()
        everview_app.state.update(before)


@pytest.fixture
def clock(running_app: SimulatedApp) -> Clock:
    """A fixture with the clock of the app, for example for ``clock.advance(60)``."""
    assert running_app.clock is not None
    return running_app.clock


@pytest.fixture
def open_window(running_app: SimulatedApp) -> OpenWindow:
    """A fixture with a function that opens a window: ``open_window(url="/", user="owner")``."""
    return running_app.open_window


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the pages of the windows of a failed test to its report."""
    report = yield
    running = item.stash.get(_RUNNING, None)
    if report.when == "call" and report.failed and running is not None:
        shown = {line.removeprefix("E").strip() for line in str(report.longrepr).splitlines()}
        pages = [person.page() for person in running.people]
        # Do not add pages that the message of the failure already contains.
        pages = [page for page in pages if not shown.issuperset(map(str.strip, page.split("\n")))]
        if pages:
            report.sections.append(("windows", "\n\n".join(pages)))
    if report.when == "teardown" and running is not None:
        del item.stash[_RUNNING]
    return report
