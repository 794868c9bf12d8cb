"""The commands for one app: open, ls, stop, quit, address, serve, doctor.

The tool ``everview``, a packaged app and ``python my_view.py`` have the same commands. They differ
only in how they find the app: the parsed arguments contain a function ``find``, which returns the
app.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from everview.addresses import is_app_path
from everview.application.control import (
    AddressCommand,
    ListCommand,
    ProgressInfo,
    QuitCommand,
    StopCommand,
)
from everview.cli.program import Parser, Target
from everview.errors import AlreadyRunningError, CommandError

#: Seconds to wait for the end of the app after ``quit``. This is longer than the time that views
#: have to stop.
QUIT_TIME = 20.0
#: The scheme of links to a view, as in ``open everview:/counter/``.
SCHEME = "everview:"

Find = Callable[[argparse.Namespace], Target]
if TYPE_CHECKING:
    # ``_SubParsersAction`` is generic only for type checkers, not at run time.
    Commands: TypeAlias = argparse._SubParsersAction[Parser]


def add_command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], summary: str
) -> Parser:
    """Add a command to a parser."""
    command = commands.add_parser(name, help=summary, description=summary)
    command.set_defaults(run=run)
    return command


def add_app_commands(commands: Commands, find: Find) -> list[Parser]:
    """Add the commands for a running app."""
    opening = add_command(
        commands, "open", lambda given: open_window(find(given), given.url),
        "Open a window. Start the app if it is not running.",
    )  # fmt: skip
    opening.add_argument(
        "url", nargs="?", metavar="URL|FILE",
        help="a path of the app, as /counter/ or everview:/counter/, or a file or folder that the "
        "app opens; default: the windows of the last session",
    )  # fmt: skip
    listing = add_command(
        commands, "ls", lambda given: list_views(find(given), given.json),
        "List the daemon views of the running app.",
    )  # fmt: skip
    listing.add_argument("--json", action="store_true", help="print JSON, for programs")
    stopping = add_command(
        commands, "stop", lambda given: stop_view(find(given), given.id),
        "Stop a view, or dismiss one that has finished.",
    )  # fmt: skip
    stopping.add_argument("id", metavar="ID", help="the id that 'ls' prints")
    quitting = add_command(
        commands, "quit", lambda given: quit_app(find(given), given.finish),
        "End the running app and all its views.",
    )  # fmt: skip
    quitting.add_argument(
        "--finish", action="store_true",
        help="close the windows now, and end the app when all running work has finished",
    )  # fmt: skip
    addressing = add_command(
        commands, "address", lambda given: print_address(find(given), given.url),
        "Print a one-time address of the running app.",
    )  # fmt: skip
    addressing.add_argument("url", nargs="?", default="/", metavar="URL", help="default: /")
    return [opening, listing, stopping, quitting, addressing]


def add_serve_options(command: Parser) -> None:
    """Add the options of ``serve``."""
    command.add_argument("--port", type=_port, default=0, help="default: a free port")
    command.add_argument(
        "--address", default="",
        help="also serve other machines at this address of the machine, 0.0.0.0 for all of them; "
        "needs --certificate and --key",
    )  # fmt: skip
    command.add_argument("--certificate", default="", metavar="FILE", help="a PEM file")
    command.add_argument("--key", default="", metavar="FILE", help="the certificate's private key")
    command.add_argument(
        "--host", action="append", default=[], metavar="NAME",
        help="a host name of the app; default: the names in the certificate",
    )  # fmt: skip


SERVE_SUMMARY = (
    "Serve without windows. The first line on stdout is an address for a browser, valid once and "
    "for 30 seconds."
)
DOCTOR_SUMMARY = "Check what the app needs on this machine, and suggest repairs."


def open_window(target: Target, given: str | None) -> int:
    """Open a window of the running app, or start the app."""
    from everview.application.startup import run

    app = target.load()
    if given is None:
        return run(app)
    url = given.removeprefix(SCHEME)
    is_route = app.router.resolve(url.partition("?")[0]) is not None
    if not is_route and url == given and given and app.start_url_of and Path(given).exists():
        return run(app, arguments=[given])
    checked = check_url(url)
    if not is_route:
        raise CommandError(f"there is no view at {url!r} in {app.title}: '/' is its start page")
    return run(app, url=checked)


def serve(target: Target, arguments: argparse.Namespace) -> int:
    """Serve the app without windows."""
    from everview.application.startup import run
    from everview.server.access.remote import remote

    outside = remote(arguments.address, arguments.certificate, arguments.key, arguments.host)
    app = target.load()
    try:
        return run(app, headless=True, port=arguments.port, outside=outside)
    except AlreadyRunningError:
        address, end = target.program.suggest("address"), target.program.suggest("quit")
        raise AlreadyRunningError(
            f"{app.title} is running already: {address} prints an address of it, {end} ends it"
        ) from None


def list_views(target: Target, as_json: bool) -> int:
    """Print the daemon views of the running app."""
    views = target.send(ListCommand()).views
    if as_json:
        text = msgspec.json.format(msgspec.json.encode(views), indent=2)
        sys.stdout.write(text.decode() + "\n")
        return 0
    if not views:
        sys.stdout.write("No views are running.\n")
        return 0
    rows = [("ID", "STATE", "PROGRESS", "AGE", "WINDOWS", "TITLE", "URL")]
    rows += [
        (view.id, view.state, _percentage(view.progress), _age(view.age), str(view.windows),
         view.title, view.url)
        for view in views
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")
    return 0


def stop_view(target: Target, view_id: str) -> int:
    """Stop a view of the running app."""
    try:
        target.send(StopCommand(view_id))
    except CommandError as error:
        raise CommandError(f"{error}: {target.program.suggest('ls')} lists the views") from None
    return 0


def quit_app(target: Target, finish: bool) -> int:
    """End the running app.

    Unless ``finish`` is set, this function returns when the process has ended.
    """
    from everview.state.instance_lock import InstanceLock

    views = target.send(QuitCommand(finish)).views
    if finish:
        for view in views:
            sys.stdout.write(f"waiting for {view.title} ({view.state})\n")
        return 0
    # Wait until the ending process has released the lock, so that the app can be started again
    # right after this command.
    lock = InstanceLock(target.folders)
    try:
        lock.acquire(timeout=QUIT_TIME)
    except AlreadyRunningError:
        raise CommandError(
            f"{target.title} received the command and is still ending its views"
        ) from None
    lock.release()
    for view in views:
        sys.stdout.write(f"stopped {view.title} ({view.state})\n")
    return 0


def print_address(target: Target, url: str) -> int:
    """Print a one-time address of the running app."""
    sys.stdout.write(target.send(AddressCommand(check_url(url))).address + "\n")
    return 0


def check_url(text: str) -> str:
    """Return ``text`` if it is a path of the app; otherwise raise `CommandError`."""
    if not is_app_path(text):
        raise CommandError(
            f"{text!r} is not a path of the app: a path starts with one '/', as /counter/, and has "
            "no '#' or space"
        )
    return text


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to 65535")
    return int(text)


def _percentage(progress: ProgressInfo | None) -> str:
    return "-" if progress is None or progress.percent is None else f"{progress.percent}%"


def _age(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
