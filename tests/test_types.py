"""Type checkers report every typical mistake in authors' views, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from everview.testing import SimulatedApp, SimulatedWindow
from tests.support.typed import correct_views

TOP = Path(__file__).resolve().parents[1]
CORRECT = TOP / "tests/support/typed/correct_views.py"
MISTAKEN = TOP / "tests/support/typed/mistaken_views.py"

#: The messages of a type checker, by module and line.
Report = dict[tuple[Path, int], list[str]]

# The timeout is long: without a cache a type checker reads the whole package and its dependencies.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module", params=["mypy", "pyright"])
def report(request: pytest.FixtureRequest) -> Report:
    return mypy_report() if request.param == "mypy" else pyright_report()


def mypy_report() -> Report:
    """Return the reports of mypy about the sample views. Mypy uses our own configuration."""
    command = [sys.executable, "-m", "mypy", "--no-pretty", str(CORRECT), str(MISTAKEN)]
    output = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    assert output.returncode in (0, 1), output.stdout + output.stderr
    found: Report = {}
    for line in output.stdout.splitlines():
        if match := re.match(r"(.+?):(\d+): error: (.*)", line):
            found.setdefault((TOP / match[1], int(match[2])), []).append(match[3])
    return found


def pyright_report() -> Report:
    """Return the reports of pyright in standard mode about the sample views."""
    settings = {
        "typeCheckingMode": "standard",
        "pythonVersion": "3.11",
        "include": [str(CORRECT), str(MISTAKEN)],
        "extraPaths": [str(TOP / "shell"), str(TOP)],
    }
    command = [
        sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable,
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "pyrightconfig.json")
        project.write_text(json.dumps(settings))
        output = subprocess.run(
            [*command, "--project", str(project)],
            cwd=TOP, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert output.returncode in (0, 1), output.stdout + output.stderr
    found: Report = {}
    for each in json.loads(output.stdout)["generalDiagnostics"]:
        if each["severity"] in ("error", "warning"):
            place = (Path(each["file"]), each["range"]["start"]["line"] + 1)
            found.setdefault(place, []).append(each["message"])
    return found


def marked_lines() -> dict[int, str]:
    """Return the lines of ``mistaken_views`` that have a mistake, with a name of the mistake."""
    lines = MISTAKEN.read_text().splitlines()
    return {
        number: line.partition("  # wrong: ")[2]
        for number, line in enumerate(lines, 1)
        if "  # wrong: " in line
    }


def test_sample_views_contain_enough_mistakes() -> None:
    assert len(set(marked_lines().values())) >= 14


def test_every_mistake_is_reported_at_its_line(report: Report) -> None:
    reported = {line for path, line in report if path == MISTAKEN}
    missing = {line: text for line, text in marked_lines().items() if line not in reported}
    assert missing == {}


def test_lines_without_a_mistake_are_not_reported(report: Report) -> None:
    marked = marked_lines()
    wrong = {
        f"{path.name}:{line}": messages
        for (path, line), messages in report.items()
        if path in (CORRECT, MISTAKEN) and not (path == MISTAKEN and line in marked)
    }
    assert wrong == {}


# ---- the correct views run ---------------------------------------------------------------------


@pytest.fixture
def simulated() -> Iterator[SimulatedApp]:
    with SimulatedApp(correct_views.app) as simulated:
        yield simulated


def fill_in_form(window: SimulatedWindow) -> None:
    window.wait_until(lambda: window.has("[name=age]"))
    window.type("[name=name]", "Ann")
    window.type("[name=age]", "10")
    window.event("form", "submit", wait=False)


def test_attributes_of_the_author_reach_the_page(simulated: SimulatedApp) -> None:
    window = simulated.open("/fields")
    attributes = window.find("#own").attributes
    assert attributes["data-task"] == "7"
    assert attributes["data-is-new"] == "true"
    assert attributes["itemprop"] == "name"
    assert attributes["data-x"] == "1"
    assert attributes["x-y"] == "2"
    assert attributes["data-later"] == "later"
    window.click("More")
    assert window.text("[role=status]") == "XTrue name"


def test_plain_view_runs(simulated: SimulatedApp) -> None:
    window = simulated.open("/plain")
    window.click("#start")
    fill_in_form(window)
    window.wait_until(lambda: window.has("Yes"))
    window.click("Yes", wait=False)
    window.wait_until(lambda: window.has("#done"))
    assert window.text("#done") == "ANN 11 Yes 12"


def test_async_view_runs(simulated: SimulatedApp) -> None:
    window = simulated.open("/async")
    window.click("#start")
    fill_in_form(window)
    window.wait_until(lambda: window.has("Yes"))
    window.click("Yes", wait=False)
    window.wait_until(lambda: "click ANN Yes 9 0" in window.page())


def test_view_function_runs(simulated: SimulatedApp) -> None:
    assert simulated.open("/function/Ann").text("#hello") == "Hello Ann"


def test_view_of_widgets_runs(simulated: SimulatedApp) -> None:
    window = simulated.open("/widgets")
    assert window.has(".ev-table")
    assert window.has(".ev-plot")
