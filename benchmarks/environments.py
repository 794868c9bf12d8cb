"""The Pythons that contenders run in: ours, or for a peer a virtual environment of its own.

A peer is a contender with a lock in ``contenders/requirements``. Its environment is made when it
is first asked for, in ``build/benchmarks``; what is said meanwhile goes to stderr. A lock is
renewed in that folder, for NAME, with

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


class Unavailable(Exception):  # noqa: N818 - it is no defect: benchmarks go on without that peer
    """A peer's environment could not be made; the text says what failed."""


def python_of(name: str) -> Path:
    """The Python of the contender ``name``, with all it needs.

    Raises:
        Unavailable: It has to be installed, and that failed, for example for want of a network.
    """
    lock = LOCKS / f"{name}.txt"
    if not lock.exists():
        return Path(sys.executable)
    environment = ENVIRONMENTS / name
    bin_folder = environment / ("Scripts" if os.name == "nt" else "bin")
    python = bin_folder / ("python.exe" if os.name == "nt" else "python")
    # Written last: an environment without it, or with another, is made anew.
    stamp = environment / "installed-lock"
    wanted = f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {sys.version.split()[0]}\n"
    if not stamp.exists() or stamp.read_text() != wanted:
        say(f"installing {name} into {environment.relative_to(ROOT)} (once)")
        # No stamp meanwhile: should it be interrupted, the lock of before may come back.
        stamp.unlink(missing_ok=True)
        run(name, [sys.executable, "-m", "venv", "--clear", str(environment)])
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", *quiet]
        run(name, [*pip, "--require-hashes", "-r", str(lock)])
        stamp.write_text(wanted)
    return python


def say(text: str) -> None:
    """Tell the person at the terminal; stdout may be read by a program."""
    print("benchmarks: " + text, file=sys.stderr, flush=True)


def run(name: str, command: list[str]) -> None:
    """Run a step of the installation of ``name``."""
    code = subprocess.run(command, stdout=sys.stderr, check=False).returncode
    if code != 0:
        raise Unavailable(
            f"{name} could not be installed, see above: {shlex.join(command)} exited with {code}"
        )
