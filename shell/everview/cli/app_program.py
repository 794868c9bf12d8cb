"""The program of one app: a packaged app, or ``python my_view.py``.

Without arguments, the program opens a window. The first argument may be a command. A packaged app
refuses all other arguments. A script passes them to the function of `App.start_url`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from everview.application.loading import app_folder_at
from everview.authoring.app import App, Start
from everview.cli import commands
from everview.cli.program import (
    Parser,
    Program,
    Target,
    print_error,
    run_parser,
    target_of_app,
    target_of_folder,
)
from everview.errors import EverviewError
from everview.version import __version__

#: If the first argument of a script is one of these, it is a command. All other arguments are
#: passed to `App.start_url`.
COMMANDS = frozenset({"open", "serve", "ls", "stop", "quit", "address", "doctor"})
#: Maximum number of arguments that are passed to `App.start_url`.
MAX_ARGUMENTS = 20


def main(folder: Path, command: str = "", argv: Sequence[str] | None = None) -> int:
    """Run the program of a packaged app.

    Args:
        folder: The app folder.
        command: The command that the user types, for messages. If it is "", the ``command`` of the
            app table is used.
        argv: The arguments; None: the arguments of this process.

    Returns:
        The exit code.
    """
    found = app_folder_at(folder)
    command = command or found.table.command or found.table.name
    target = target_of_folder(found, Program(command, command))
    parser = make_parser(target, found.table.version)
    return run_parser(parser, None if argv is None else list(argv))


def run_script(app: App, start: Start) -> int:
    """Run the app, or a command, for ``app.run()`` in a script. Returns the exit code."""
    arguments = sys.argv[1:]
    script = sys.executable if getattr(sys, "frozen", False) else sys.argv[0]
    command = Path(script).name if getattr(sys, "frozen", False) else f"python {script}"
    if arguments and (arguments[0] in COMMANDS or arguments[0] in ("-h", "--help", "--version")):
        target = target_of_app(app, Program(command, command))
        return run_parser(make_parser(target, app.version), arguments)
    from everview.application.startup import run
    from everview.server.access.remote import remote

    try:
        outside = remote(start.address, start.certificate, start.key, start.hosts)
        return run(app, headless=start.headless, port=start.port, url=start.url,
                   arguments=arguments[:MAX_ARGUMENTS], outside=outside)  # fmt: skip
    except EverviewError as error:
        print_error(command, error)
        return 1


def make_parser(target: Target, version: str) -> argparse.ArgumentParser:
    """The parser of the command line of one app."""
    command = target.program.command
    parser = Parser(
        prog=command,
        description=f"{target.title}. Without a command: open a window.",
        epilog="EVERVIEW_HOME moves everything that the app writes below one folder.",
    )
    shown = f"{target.title} {version}" if version else f"{target.title} (Everview {__version__})"
    parser.add_argument("--version", action="version", version=shown)
    parser.set_defaults(run=lambda given: commands.open_window(target, None))
    added = parser.add_subparsers(title="commands", metavar="COMMAND")
    commands.add_app_commands(added, lambda given: target)
    serving = commands.add_command(
        added, "serve", lambda given: commands.serve(target, given), commands.SERVE_SUMMARY
    )
    commands.add_serve_options(serving)
    doctor = commands.add_command(
        added, "doctor", lambda given: _doctor(target, given.json), commands.DOCTOR_SUMMARY
    )
    doctor.add_argument("--json", action="store_true", help="print JSON, for programs")
    return parser


def _doctor(target: Target, as_json: bool) -> int:
    from everview.application.doctor import doctor

    return doctor(target.name, as_json)
