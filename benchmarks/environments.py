"""The Python interpreters of the benchmarks.

Everview runs with the interpreter of the benchmarks. Each other framework has its own virtual
environment.

Each compared framework has a lock file in ``contenders/requirements``. Its virtual environment is
created at the first use in ``build/benchmarks``. Messages are written to stderr. To renew the lock
file of NAME, run in the folder of the lock files:

    uv pip compile NAME.in --universal --python-version 3.11 --generate-hashes
        --no-emit-index-url --no-annotate --no-header --upgrade -o NAME.txt
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = Path(__file__).resolve().parent / "contenders" / "requirements"
ENVIRONMENTS = ROOT / "build" / "benchmarks"


class Unavailable(Exception):  # noqa: N818 - not an error: benchmarks run without that peer
    """The virtual environment of a framework could not be created.

    The message of the exception contains the reason.
    """


def python_of(name: str) -> Path:
    """Install the packages of the framework ``name`` and return its Python interpreter.

    Raises:
        Unavailable: The installation failed, for example without a network.
    """
    lock = LOCKS / f"{name}.txt"
    if not lock.exists():
        return Path(sys.executable)
    environment = ENVIRONMENTS / name
    bin_folder = environment / ("Scripts" if os.name == "nt" else "bin")
    python = bin_folder / ("python.exe" if os.name == "nt" else "python")
    # The stamp file is written after the installation. An environment without the current stamp is
    # created again.
    stamp = environment / "installed-lock"
    wanted = f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {sys.version.split()[0]}\n"
    if not stamp.exists() or stamp.read_text() != wanted:
        notify(f"installing {name} into {environment.relative_to(ROOT)} (once)")
        # Remove the stamp file before the installation, because the installation may be
        # interrupted.
        stamp.unlink(missing_ok=True)
        run(name, [sys.executable, "-m", "venv", "--clear", str(environment)])
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", *quiet]
        run(name, [*pip, "--require-hashes", "-r", str(lock)])
        stamp.write_text(wanted)
    return python


def notify(text: str) -> None:
    """Print a message to stderr, because a program may read stdout."""
    print("benchmarks: " + text, file=sys.stderr, flush=True)


def run(name: str, command: list[str]) -> None:
    """Run one step of the installation of ``name``."""
    code = subprocess.run(command, stdout=sys.stderr, check=False).returncode
    if code != 0:
        raise Unavailable(
            f"{name} could not be installed, see above: {shlex.join(command)} exited with {code}"
        )
