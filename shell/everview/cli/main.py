"""The command line: ``everview`` = ``python -m everview``.

Every error is one line that says what to do, and an exit code that is not 0.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import runpy
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from everview.errors import AlreadyRunningError, CommandError, EverviewError
from everview.version import __version__

#: Seconds that views have to end their work after 'everview quit', and a little more.
QUIT_TIME = 20.0
#: Before a path, it makes a link that can be passed on: ``everview open everview:/counter/``.
SCHEME = "everview:"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except EverviewError as error:
        sys.stderr.write(f"everview: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Who reads our output has gone (everview ls | head): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="everview",
        description="Views that outlive their windows. Without a command: open a window.",
        epilog="EVERVIEW_HOME moves everything the app writes below one folder.",
    )
    parser.add_argument("--version", action="version", version=f"everview {__version__}")
    parser.set_defaults(run=_open, url=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, run: Any, summary: str) -> _Parser:
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(run=run)
        return command

    opening = add("open", _open, "Open a window; in the running app, if there is one.")
    opening.add_argument("url", nargs="?", metavar="URL|FOLDER",
                         help="what to show, for example /counter/ or everview:/counter/, or a "
                              "folder to look for duplicates in; default: the windows of the last "
                              "time")  # fmt: skip
    serving = add("serve", _serve, "Serve without windows. The first line on stdout is an address "
                                   "for a browser, valid once and for 30 seconds.")  # fmt: skip
    serving.add_argument("--port", type=_port, default=0, help="default: a free one")
    serving.add_argument("--address", default="", help="serve other machines, too: an address of "
                         "this one, 0.0.0.0 for all; needs --certificate and --key")  # fmt: skip
    serving.add_argument("--certificate", default="", metavar="FILE", help="a PEM file")
    serving.add_argument("--key", default="", metavar="FILE", help="the certificate's private key")
    serving.add_argument("--host", action="append", default=[], metavar="NAME",
                         help="by which it is reached; default: the certificate's")  # fmt: skip
    serving.add_argument("file", nargs="?", metavar="FILE.py", help="an app of your own")
    listing = add("ls", _list, "List the daemon views that live in the running app.")
    listing.add_argument("--json", action="store_true", help="for programs")
    stopping = add("stop", _stop, "Stop a view, or dismiss one that has finished.")
    stopping.add_argument("id", help="as 'everview ls' prints it")
    quitting = add("quit", _quit, "End the running app with everything in it.")
    quitting.add_argument("--finish", action="store_true",
                          help="close its windows; end it when what runs has finished")  # fmt: skip
    doctor = add("doctor", _doctor, "Check what the app needs here, and say what to do.")
    doctor.add_argument("--json", action="store_true", help="for programs")
    addressing = add("address", _address, "Print a fresh one-time address of the running app.")
    addressing.add_argument("url", nargs="?", default="/", help="default: /")
    return parser


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"everview: {message}: see '{self.prog} --help'\n")


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to 65535")
    return int(text)


def _url(text: str) -> str:
    """A path of the app. Raises `CommandError` for anything else."""
    if not re.fullmatch(r"/(?![/\\])[^\s#]{0,4095}", text):
        raise CommandError(
            f"{text!r} is not a path of the app: it starts with one '/', as /counter/, "
            "and has no '#' or space"
        )
    return text


def _shipped_app() -> Any:
    from views import load

    return load()


def _app_of(file: str) -> Any:
    from everview.authoring.app import App

    path = Path(file)
    if not path.is_file():
        raise CommandError(f"there is no file {file!r}: give the path of a Python file")
    sys.path.insert(0, str(path.absolute().parent))
    names = _run_file(path)
    app = next((value for value in names.values() if isinstance(value, App)), None)
    if app is None:
        raise CommandError(f"{file} has no app: write 'app = App(__file__)' in it")
    return app


def _run_file(path: Path) -> dict[str, Any]:
    """The names of an author's file. Raises `CommandError` with the line that failed."""
    try:
        return runpy.run_path(str(path), run_name="__everview__")
    except SyntaxError as error:
        where = f"{error.filename or path}, line {error.lineno or 1}"
        raise CommandError(f"{where} is not Python: {error.msg}") from error
    except (
        Exception,
        SystemExit,
    ) as error:  # whatever an author's file does: it is said, with its place
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
                 if frame.filename == str(path)]  # fmt: skip
        where = f"{path}, line {lines[-1]}" if lines else str(path)
        text = " ".join(f"{type(error).__name__}: {error}".split())
        raise CommandError(f"{where} failed: {text} ('python {path}' shows all of it)") from error


def _open(arguments: argparse.Namespace) -> int:
    from everview.application.startup import run

    app = _shipped_app()
    if arguments.url is None:
        return run(app)
    given = arguments.url.removeprefix(SCHEME)
    is_view = app.router.resolve(given.partition("?")[0]) is not None
    if not is_view and given and Path(given).is_dir():
        return run(app, arguments=[given])
    url = _url(given)
    if not is_view:
        raise CommandError(
            f"there is no view and no folder at {url!r}: 'everview' opens the list of views"
        )
    return run(app, url=url)


def _doctor(arguments: argparse.Namespace) -> int:
    from everview.application.doctor import doctor

    return doctor("everview", as_json=arguments.json)


def _serve(arguments: argparse.Namespace) -> int:
    from everview.application.startup import run
    from everview.server.access.remote import remote

    outside = remote(arguments.address, arguments.certificate, arguments.key, arguments.host)

    if arguments.file:
        return run(_app_of(arguments.file), headless=True, port=arguments.port, outside=outside)
    try:
        return run(_shipped_app(), headless=True, port=arguments.port, outside=outside)
    except AlreadyRunningError:
        raise AlreadyRunningError(
            "Everview is running already: 'everview address' prints an address of it, "
            "'everview quit' ends it"
        ) from None


def _ask(command: Any) -> dict[str, Any]:
    from everview.application.control import ask
    from everview.state.folders import Folders

    return ask(Folders("everview").runtime, command)


def _list(arguments: argparse.Namespace) -> int:
    from everview.application.control import List

    views = _ask(List())["views"]
    if arguments.json:
        sys.stdout.write(json.dumps(views, indent=2) + "\n")
        return 0
    if not views:
        sys.stdout.write("No views are running.\n")
        return 0
    rows = [("ID", "STATE", "PROGRESS", "AGE", "WINDOWS", "TITLE", "URL")]
    for view in views:
        progress = view["progress"]
        percent = progress and progress["percent"]
        share = "-" if percent is None else f"{percent}%"
        rows.append((view["id"], view["state"], share, _age(view["age"]), str(view["windows"]),
                     view["title"], view["url"]))  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")
    return 0


def _age(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _stop(arguments: argparse.Namespace) -> int:
    from everview.application.control import Stop

    _ask(Stop(arguments.id))
    return 0


def _quit(arguments: argparse.Namespace) -> int:
    from everview.application.control import Quit
    from everview.state.folders import Folders
    from everview.state.instance_lock import InstanceLock

    stopped = _ask(Quit(arguments.finish))["stopped"]
    if arguments.finish:
        for view in stopped:
            sys.stdout.write(f"waiting for {view['title']} ({view['state']})\n")
        return 0
    # The lock is free when the process has ended: a start after this command finds none running.
    lock = InstanceLock(Folders("everview"))
    try:
        lock.acquire(timeout=QUIT_TIME)
    except AlreadyRunningError:
        raise CommandError("the app was told to quit, and is still ending its views") from None
    lock.release()
    for view in stopped:
        sys.stdout.write(f"stopped {view['title']} ({view['state']})\n")
    return 0


def _address(arguments: argparse.Namespace) -> int:
    from everview.application.control import Address

    sys.stdout.write(_ask(Address(_url(arguments.url)))["address"] + "\n")
    return 0
