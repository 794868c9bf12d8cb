"""Apps of authors: a single file, an app folder, and modules with names of other modules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.server import PATIENCE, ROOT, Serving, environment

APP = """
import os
import helper
from everview import App, View
from everview.html import HTML, P

app = App(__file__{arguments})

def square(number):
    return number * number, os.getpid()

@app.route("/")
class Square(View):
    is_daemon = True

    async def handle_request(self, request):
        result, pid = await self.run_in_process(square, 7)
        return HTML(P(f"{{helper.NAME}}: {{result}} {{pid != os.getpid()}}"))

if __name__ == "__main__":
    app.run()
"""
#: Names for modules of an author. They collide with our own app, with an earlier package of ours,
#: and with modules of the standard library that Everview and aiohttp import.
COLLIDING = ["views", "shell", "html", "random", "queue", "platform"]
TABLE = """
[tool.everview]
entry = "my_view:app"
name = "squares"
title = "Squares"
command = "squares"
"""


def python(
    home: Path, folder: Path, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder. The code can import `everview`, and nothing else of the checkout."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=author_environment(home, **more),
        capture_output=True, text=True, timeout=4 * PATIENCE, check=False,
    )  # fmt: skip


def author_environment(home: Path, **more: str) -> dict[str, str]:
    return environment(home, **more) | {"PYTHONPATH": str(ROOT / "shell")}


class Served(Serving):
    """A process that serves an author's app. The command is run in the folder of the app."""

    def __init__(self, home: Path, folder: Path, command: Sequence[str]) -> None:
        more = {"PYTHONPATH": str(ROOT / "shell")}
        super().__init__(home, command=command, folder=folder, **more)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an app and with colliding modules."""
    folder = tmp_path / "author"
    folder.mkdir()
    (folder / "my_view.py").write_text(APP.format(arguments=""))
    (folder / "helper.py").write_text("NAME = 'own helper'\n")
    for name in COLLIDING:
        (folder / f"{name}.py").write_text(f"raise RuntimeError('imported the author\\'s {name}')\n")
    return folder


@pytest.mark.parametrize("command", [
    ["my_view.py", "serve"],
    ["-m", "everview", "serve", "my_view.py"],
    ["-P", "-m", "everview", "serve", "./my_view.py"],
], ids=" ".join)  # fmt: skip
def test_app_next_to_colliding_modules_is_served_and_can_use_a_process(
    home: Path, folder: Path, command: list[str]
) -> None:
    """An earlier version named the author's module "__everview__".

    Child processes could not import a module of this name (A1).
    """
    with Served(home, folder, command) as served:
        with served.page() as page:
            text = json.dumps(page.attach("/"))
            while "own helper: " not in text:
                text = json.dumps(page.frame())
        assert "own helper: 49 True" in text
        assert served.end() == 0
        assert served.stderr() == ""


def test_commands_of_a_script_apply_to_its_app(home: Path, folder: Path) -> None:
    """In an earlier version the commands could only find the app "everview" (A5)."""
    with Served(home, folder, ["my_view.py", "serve"]) as served:
        with served.page() as page:
            page.attach("/")
            listed = python(home, folder, "my_view.py", "ls", "--json")
            (view,) = json.loads(listed.stdout)
            assert view["url"] == "/"
            by_tool = python(home, folder, "-m", "everview", "ls", "--json", "--app", "my_view.py")
            assert [found["id"] for found in json.loads(by_tool.stdout)] == [view["id"]]
            assert python(home, folder, "my_view.py", "address").stdout.startswith("http://127.0.0.1:")
            assert python(home, folder, "my_view.py", "stop", view["id"]).returncode == 0
        second = python(home, folder, "my_view.py", "serve")
        assert second.stderr == (
            "my_view.py: My View is running already: 'python my_view.py address' prints an address "
            "of it, 'python my_view.py quit' ends it\n"
        )
        assert python(home, folder, "my_view.py", "quit").returncode == 0
        assert served.wait() == 0
    ended = python(home, folder, "my_view.py", "ls")
    assert ended.stderr == "my_view.py: My View is not running: 'python my_view.py' starts it\n"
    ended = python(home, folder, "-m", "everview", "ls", "--app", "my_view.py")
    assert ended.stderr == "everview: My View is not running: 'everview run my_view.py' starts it\n"


def test_help_of_a_script_shows_the_name_of_the_script(home: Path, folder: Path) -> None:
    ended = python(home, folder, "my_view.py", "--help")
    assert ended.stdout.startswith("usage: python my_view.py")
    assert ended.returncode == 0


def test_doctor_of_a_script_checks_the_folders_of_its_app(home: Path, folder: Path) -> None:
    """An earlier version always created the folders of the app "everview"."""
    ended = python(home, folder, "my_view.py", "doctor", "--json")
    found = {finding["name"]: finding for finding in json.loads(ended.stdout)}
    (state,) = home.iterdir()
    assert state.name.startswith("my-view-")
    assert found["State folder"]["text"] == str(state / "state")


def test_commands_in_an_app_folder_apply_to_its_app(home: Path, folder: Path) -> None:
    """The commands find the app by the name in the table and do not import it."""
    (folder / "pyproject.toml").write_text(TABLE)
    below = folder / "data" / "more"
    below.mkdir(parents=True)
    with Served(home, folder, ["-m", "everview", "serve"]) as served:
        for place in (folder, below):
            ended = python(home, place, "-P", "-m", "everview", "ls")
            assert (ended.stdout, ended.stderr) == ("No views are running.\n", "")
        elsewhere = python(home, home, "-m", "everview", "ls", "--app", str(folder))
        assert elsewhere.stdout == "No views are running.\n"
        by_name = python(home, home, "-m", "everview", "ls", "--app", "squares")
        assert by_name.stdout == "No views are running.\n"
        by_script = python(home, folder, "my_view.py", "ls")
        assert by_script.stdout == "No views are running.\n"
        assert (home / "squares" / "run" / "control").exists()
        assert python(home, below, "-P", "-m", "everview", "quit").returncode == 0
        assert served.wait() == 0
    ended = python(home, folder, "-m", "everview", "ls")
    assert ended.stderr == "everview: Squares is not running: 'everview run' starts it\n"


def test_open_of_an_app_known_only_by_name_is_refused(home: Path) -> None:
    home.mkdir()
    ended = python(home, home, "-m", "everview", "open", "--app", "squares")
    assert ended.returncode == 1
    assert "needs the code of squares" in ended.stderr


def test_command_outside_of_any_app_is_refused(home: Path, tmp_path: Path) -> None:
    for command in ("run", "serve", "ls", "open"):
        ended = python(home, tmp_path, "-m", "everview", command)
        assert ended.returncode == 1
        assert ended.stderr.startswith("everview: the current folder belongs to no app")
    assert not home.exists()


def test_file_with_the_name_of_a_standard_module_is_refused_with_the_reason(
    home: Path, folder: Path
) -> None:
    (folder / "calendar.py").write_text(APP.format(arguments=""))
    ended = python(home, folder, "-m", "everview", "serve", "calendar.py")
    assert ended.returncode == 1
    assert "'calendar' is the name of another Python module: rename the file" in ended.stderr


def test_difference_between_table_and_constructor_is_an_error_at_its_line(
    home: Path, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text(TABLE)
    (folder / "my_view.py").write_text(APP.format(arguments=", name='circles'"))
    for command in (["-m", "everview", "serve"], ["my_view.py", "serve"]):
        ended = python(home, folder, *command)
        assert ended.returncode == 1
        last = ended.stderr.splitlines()[-1]
        assert "name = 'squares'" in last
        assert "name='circles'" in last
        assert "my_view.py, line 7" in last


def test_plain_python_imports_the_colliding_modules(home: Path, folder: Path) -> None:
    """Python imports the colliding modules unless Everview changes the order of the search path."""
    ended = python(home, folder, "-c", "import html")
    assert "imported the author's html" in ended.stderr
    assert os.environ["PYTHONPATH"]
