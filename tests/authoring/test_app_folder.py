"""The table ``[tool.everview]``: its keys, and the App that it describes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from everview import App, __version__
from everview.authoring.app_folder import find_app_folder, read_app_folder
from everview.errors import AppTableError

ROOT = Path(__file__).resolve().parents[2]
TABLE = """
[tool.everview]
entry = "my_app.main:app"
name = "my-app"
id = "org.example.MyApp"
title = "My app"
version = "1.2"
icon = "icon.svg"
command = "my-app"
files = ["words.txt"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(TABLE)
    (tmp_path / "icon.svg").touch()
    (tmp_path / "words.txt").touch()
    return tmp_path


def test_app_gets_the_values_of_its_pyproject_table(folder: Path) -> None:
    app = App(folder / "my_app" / "main.py")
    assert (app.name, app.title, app.id, app.version) == ("my-app", "My app", "org.example.MyApp", "1.2")
    assert app.icon == folder / "icon.svg"
    assert app.folder is not None
    assert app.folder.table.files == ("words.txt",)


@pytest.mark.parametrize(
    "script", ["my_app/__init__.py", "my_app/main.py", "my_app/parts/more.py", "my_app/main.pyc"]
)
def test_table_applies_to_apps_in_the_package_of_its_entry(folder: Path, script: str) -> None:
    assert App(folder / script).name == "my-app"


@pytest.mark.parametrize("script", ["other.py", "examples/clock.py", "my_app_two/main.py"])
def test_table_does_not_apply_to_other_apps_below_its_folder(folder: Path, script: str) -> None:
    app = App(folder / script, title="Other")
    assert app.folder is None
    assert app.name.startswith(Path(script).stem)
    assert (app.title, app.version, app.icon) == ("Other", "", None)


@pytest.mark.parametrize("arguments", [
    {"name": "other"}, {"title": "Other"}, {"id": "org.example.Other"}, {"version": "2"}, {"icon": "other.svg"},
])  # fmt: skip
def test_argument_that_differs_from_the_table_is_an_error_at_its_line(
    folder: Path, arguments: dict[str, str]
) -> None:
    ((name, value),) = arguments.items()
    with pytest.raises(AppTableError, match=r"remove one of them .*test_app_folder\.py, line") as raised:
        App(folder / "my_app" / "main.py", **arguments)
    assert f"{name} = " in str(raised.value)
    assert value in str(raised.value)


def test_arguments_that_agree_with_the_table_are_accepted(folder: Path) -> None:
    script = folder / "my_app" / "main.py"
    app = App(script, name="my-app", title="My app", version="1.2", icon="../icon.svg")
    assert app.name == "my-app"


def test_app_without_a_table_has_the_values_of_its_constructor(tmp_path: Path) -> None:
    app = App(tmp_path / "my_view.py", "view", "A view", id="org.example.View", version="3", icon="a.svg")
    assert (app.name, app.title, app.id, app.version) == ("view", "A view", "org.example.View", "3")
    assert app.icon == tmp_path / "a.svg"


@pytest.mark.parametrize(("text", "message"), [
    ("[tool.everview", "cannot be read"),
    ("[tool.everview]\nname = 'a'", "entry"),
    ("[tool.everview]\nentry = 'a:app'", "name"),
    ("[tool.everview]\nentry = 'a:app'\nname = 'a'\ntitel = 'A'", "titel"),
    ("[tool.everview]\nentry = 'a'\nname = 'a'", "entry = 'a' must be a module and an attribute"),
    ("[tool.everview]\nentry = '../a:app'\nname = 'a'", "must be a module"),
    ("[tool.everview]\nentry = 'a:app'\nname = 'My App'", "name = 'My App' must be"),
    ("[tool.everview]\nentry = 'a:app'\nname = '../a'", "name = '../a' must be"),
    ("[tool.everview]\nentry = 'a:app'\nname = 'a'\nid = 'a'", "id = 'a' must be"),
    ("[tool.everview]\nentry = 'a:app'\nname = 'a'\ncommand = '/bin/a'", "command = '/bin/a' must be"),
    ("[tool.everview]\nentry = 'a:app'\nname = 'a'\nicon = 'none.svg'", "'none.svg', which does not exist"),
    ("[tool.everview]\nentry = 'a:app'\nname = 'a'\nfiles = ['none']", "'none', which does not exist"),
    ("[tool.everview]\nentry = 'a:app'\nname = 5", "name"),
])  # fmt: skip
def test_malformed_table_is_an_error_that_names_the_file(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(AppTableError) as raised:
        read_app_folder(tmp_path)
    assert message in str(raised.value)
    assert str(tmp_path / "pyproject.toml") in str(raised.value)


def test_table_of_the_nearest_parent_folder_is_used(folder: Path) -> None:
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    (folder / "a" / "pyproject.toml").write_text("[project]\nname = 'no-app'\n")
    found = find_app_folder(below)
    assert found is not None
    assert found.path == folder


def test_changed_table_is_read_again(folder: Path) -> None:
    script = folder / "my_app" / "main.py"
    assert App(script).title == "My app"
    (folder / "pyproject.toml").write_text(TABLE.replace("My app", "Your application"))
    assert App(script).title == "Your application"


def test_table_of_our_own_app_is_complete() -> None:
    """The name of the data folder must not change, because earlier versions wrote to it."""
    ours = read_app_folder(ROOT)
    assert ours is not None
    assert (ours.table.name, ours.table.title) == ("everview", "Everview")
    assert ours.table.command == "everview-desktop"
    assert ours.table.version == __version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"everview": "everview.cli.main:main"}
