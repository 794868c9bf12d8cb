"""The tool ``everview`` for authors of apps: it starts an app, and sends commands to a running app.

An error is printed as one line that suggests what to do. The exit code is then not 0.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from everview.application.loading import app_folder_at, load_file
from everview.authoring.app_folder import find_app_folder, read_app_folder
from everview.cli import commands
from everview.cli.program import (
    Parser,
    Program,
    Target,
    run_parser,
    target_of_app,
    target_of_folder,
    target_of_name,
)
from everview.errors import CommandError
from everview.version import __version__

PROGRAM = "everview"
EPILOG = """\
Without --app a command is about the app of the current folder: the nearest pyproject.toml with a
table [tool.everview] describes it. EVERVIEW_HOME moves everything that apps write below one folder.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code."""
    return run_parser(make_parser(), None if argv is None else list(argv))


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = Parser(
        prog=PROGRAM, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Apps whose views outlive their windows.",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parser.set_defaults(run=lambda given: _print_help(parser))
    added = parser.add_subparsers(title="commands", metavar="COMMAND")
    running = commands.add_command(
        added, "run", _run, "Run an app: open its windows. If it runs already, open one more."
    )
    serving = commands.add_command(
        added, "serve", lambda given: commands.serve(_find_or_import(given), given),
        commands.SERVE_SUMMARY,
    )  # fmt: skip
    commands.add_serve_options(serving)
    default = "default: the app of the current folder"
    for command in (running, serving):
        command.add_argument("app", nargs="?", metavar="FOLDER|FILE.py", help=default)
    for_running_app = commands.add_app_commands(added, _find)
    doctor = commands.add_command(added, "doctor", _doctor, commands.DOCTOR_SUMMARY)
    doctor.add_argument("--json", action="store_true", help="print JSON, for programs")
    for command in (*for_running_app, doctor):
        command.add_argument("--app", metavar="FOLDER|FILE|NAME", help=default)
    return parser


def _print_help(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return 0


def _run(arguments: argparse.Namespace) -> int:
    return commands.open_window(_find_or_import(arguments), None)


def _doctor(arguments: argparse.Namespace) -> int:
    from everview.application.doctor import doctor

    if arguments.app is None and find_app_folder(Path.cwd()) is None:
        return doctor(None, arguments.json)
    return doctor(_find(arguments).name, arguments.json)


def _find_or_import(arguments: argparse.Namespace) -> Target:
    """Find the app that ``run`` and ``serve`` start.

    The user specifies the folder or the file of the app, not its name.
    """
    if arguments.app is None:
        return _find(arguments)
    path = Path(arguments.app)
    if path.is_dir():
        return target_of_folder(app_folder_at(path), _program(arguments.app))
    return _target_of_file(path)


def _find(arguments: argparse.Namespace) -> Target:
    """Find the app that a command refers to."""
    if arguments.app is None:
        found = find_app_folder(Path.cwd())
        if found is None:
            raise CommandError(
                "the current folder belongs to no app: name one by its folder, its file or, if it "
                f"runs, its name (see '{PROGRAM} --help')"
            )
        return target_of_folder(found, Program(PROGRAM, f"{PROGRAM} run"))
    path = Path(arguments.app)
    # By chance, a folder that is not an app folder may have the same name as a running app.
    is_name = path.name == arguments.app and read_app_folder(path.absolute()) is None
    if path.is_dir() and not is_name:
        return target_of_folder(app_folder_at(path), _program(arguments.app))
    if path.suffix == ".py" or path.is_file():
        return _target_of_file(path)
    return target_of_name(arguments.app, _program(arguments.app))


def _target_of_file(path: Path) -> Target:
    return target_of_app(load_file(path), _program(str(path)))


def _program(app: str) -> Program:
    return Program(PROGRAM, f"{PROGRAM} run {app}", f" --app {app}")
