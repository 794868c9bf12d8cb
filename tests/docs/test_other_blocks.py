"""Tests of code blocks in other languages: scripts run in a page, and settings configure pytest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from everview import App, Script, View
from everview.authoring.app_folder import read_app_folder
from everview.html import HTML, Button, Div, P
from everview.html.widgets.widget import Widget
from tests.support.chromium import chromium, open_page, platform, served
from tests.support.documents import DOCUMENTS, blocks
from tests.support.server import wait_until

__all__ = ["chromium", "open_page", "platform", "served"]  # fixtures


def blocks_in(language: str) -> list[tuple[Path, str]]:
    found = [(d, text) for d in DOCUMENTS for _, kind, text in blocks(d) if kind == language]
    assert found, f"the documents have no {language} block: this test would check nothing"
    return found


@pytest.fixture
def app() -> App:
    return App(__file__)


@pytest.mark.browser
def test_documented_widget_script_runs_in_a_page(
    app: App, served, open_page, tmp_path: Path
) -> None:
    ((_, script),) = blocks_in("js")
    path = tmp_path / "dial.js"
    # Extend the documented code so that the test can press the dial.
    path.write_text(script + "\nDial.prototype.pressed = function () { this.turn(); };\n"
                    "const update = Dial.prototype.update;\n"
                    "Dial.prototype.update = function (data, changes) {\n"
                    "  this.node.onclick = () => this.pressed();\n"
                    "  update.call(this, data, changes);\n};\n")  # fmt: skip

    class Dial(Widget):
        MODULE = Script(path)

    @app.route("/")
    class Shows(View):
        def handle_request(self, request):
            self.dial = Dial(P("dial"), data={"value": 0}, handle_turn=self.turned, _id="dial")
            self.place = Div()
            return HTML(Button("show", handle_click=self.show),
                        Button("set", handle_click=self.set_it), self.place)  # fmt: skip

        def show(self, event):
            self.place.append(self.dial)

        def turned(self, event):
            self.dial.data["value"] += event.data["by"]

        def set_it(self, event):
            self.dial.data["value"] = 10
            self.place.append(P("the value is set"))

    page = open_page()
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/*dial*.js", hold)
    # The data is set before the script is loaded, so the script starts with the current data.
    page.get_by_role("button", name="show").click()
    page.get_by_role("button", name="set").click()
    expect(page.get_by_text("the value is set")).to_be_visible()
    expect(page.locator("#dial")).not_to_have_attribute("title", "10")
    wait_until(lambda: page.wait_for_timeout(10) or waiting, "the page requests the script")
    for route in waiting:
        route.continue_()
    expect(page.locator("#dial")).to_have_attribute("title", "10")
    page.locator("#dial").click()
    expect(page.locator("#dial")).to_have_attribute("title", "11")


def test_documented_pytest_settings_find_the_app(tmp_path: Path) -> None:
    found = [(document, text) for document, text in blocks_in("toml") if "[tool.pytest]" in text]
    ((document, settings),) = found
    python = [text for _, language, text in blocks(document) if language == "python"]
    test = next(text for text in python if "def test_" in text)
    hello = "\n".join(text for text in python if "def test_" not in text)
    (tmp_path / "pyproject.toml").write_text(settings)
    (tmp_path / "hello.py").write_text(hello)
    (tmp_path / "test_hello.py").write_text(test)
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "everview.testing.plugin", "-p", "no:cacheprovider"],
        cwd=tmp_path, env={"PYTHONPATH": f"{root}/shell:{root}:{tmp_path}", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_documented_app_tables_are_valid(tmp_path: Path) -> None:
    tables = [text for _, text in blocks_in("toml") if "[tool.everview]" in text]
    assert len(tables) > 0
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "icon.svg").touch()
    for text in tables:
        (tmp_path / "pyproject.toml").write_text(text)
        assert read_app_folder(tmp_path) is not None
