"""The program that a user typed, the app that a command refers to, and the format of errors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from everview.application.control import Answer, Command, send_command
from everview.application.loading import load_folder
from everview.authoring.app import App
from everview.authoring.app_folder import AppFolder
from everview.errors import CommandError, EverviewError, NotRunningError
from everview.state.folders import Folders


@dataclass(frozen=True)
class Program:
    """The program as the user types it. Messages that suggest commands contain it.

    ``command`` is, for example, "everview", "everview-desktop" or "python my_view.py". ``start``
    is the command that starts the app. ``options`` is appended to a suggested command, for example
    " --app my_view.py".
    """

    command: str
    start: str
    options: str = ""

    def suggest(self, words: str) -> str:
        """A suggested command in quotes: ``suggest("ls")`` is "'everview ls --app my_view.py'"."""
        return f"'{self.command} {words}{self.options}'"


@dataclass(frozen=True)
class Target:
    """The app that a command refers to.

    ``name`` and ``title`` are those of the app. ``load`` imports the app. It raises `CommandError`
    if only the name is known.
    """

    program: Program
    name: str
    title: str
    load: Callable[[], App]

    @property
    def folders(self) -> Folders:
        """The folders of the app's data."""
        return Folders(self.name)

    def send(self, command: Command) -> Answer:
        """Send a command to the running app. Raises `NotRunningError` with the command to type."""
        try:
            return send_command(self.folders.runtime, command)
        except NotRunningError:
            raise NotRunningError(
                f"{self.title} is not running: '{self.program.start}' starts it"
            ) from None


def target_of_app(app: App, program: Program) -> Target:
    """The target for an app that is already imported."""
    return Target(program, app.name, app.title, lambda: app)


def target_of_folder(folder: AppFolder, program: Program) -> Target:
    """The target for an app folder. Only the commands that need the app import it."""
    table = folder.table
    return Target(program, table.name, table.title or table.name, lambda: load_folder(folder))


def target_of_name(name: str, program: Program) -> Target:
    """The target for a running app of which only the name is known."""

    def load() -> App:
        raise CommandError(f"this command needs the code of {name}: give its folder or its file")

    return Target(program, name, name, load)


class Parser(argparse.ArgumentParser):
    """An argument parser that prints an error as one line, without the usage message."""

    def error(self, message: str) -> NoReturn:
        name = error_prefix(self.prog)
        self.exit(2, f"{name}: {message}: see '{self.prog} --help'\n")


def error_prefix(command: str) -> str:
    """The file name of the program, which is printed before an error message."""
    words = command.split()
    if words[0].startswith("python") and len(words) > 1:
        return Path(words[1]).name
    return words[0]


def run_parser(parser: argparse.ArgumentParser, arguments: list[str] | None) -> int:
    """Parse the command line and run its command.

    Each subcommand sets ``run`` to a function of the parsed arguments that returns an exit code.

    Returns:
        The exit code.
    """
    parsed = parser.parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
    except EverviewError as error:
        print_error(parser.prog, error)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The program that reads our output has ended, for example `head` in `everview ls | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    return code


def print_error(command: str, error: EverviewError) -> None:
    """Print an error in one line."""
    if sys.stderr is not None:
        sys.stderr.write(f"{error_prefix(command)}: {error}\n")
