"""Run the fuzzers: ``python -m tests.security.fuzz [TARGET ...] [--minutes N | --runs N]``."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.security.fuzz import TARGETS

CORPUS = Path(__file__).with_name("corpus")
#: The folder for the inputs that a long run finds. A developer moves useful inputs into the corpus.
FOUND = Path(__file__).resolve().parents[3] / "build" / "fuzz"


def fuzz(target: str, options: list[str]) -> None:
    """Fuzz the instrumented code of the app in this process. Does not return."""
    import atheris

    # Do not log the many refusals of a long run. The short run of a test logs them.
    logging.getLogger("everview").setLevel(logging.CRITICAL)
    with atheris.instrument_imports(include=["everview"], enable_loader_override=False):
        module = importlib.import_module(f"tests.security.fuzz.{target}")
    atheris.Setup([target, *options, str(CORPUS / target)], module.one)
    atheris.Fuzz()


def main() -> int:
    """Run each target in its own process."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"any of {', '.join(TARGETS)}")
    parser.add_argument("--minutes", type=float, default=1.0, help="duration for each target")
    parser.add_argument("--runs", type=int, default=0, help="number of runs instead, with a fixed seed")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if unknown := set(arguments.targets) - set(TARGETS):
        parser.error(f"unknown target {', '.join(sorted(unknown))}; the targets are {', '.join(TARGETS)}")
    if arguments.here:
        options = ["-max_len=8192", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1"]
        target = arguments.targets[0]
        if arguments.runs:
            # libFuzzer writes new inputs to its first folder. That folder is temporary here, so
            # that every run starts from the same corpus.
            scratch = tempfile.gettempdir() + "/found"
            Path(scratch).mkdir()
            options += [f"-runs={arguments.runs}", "-seed=1", f"-artifact_prefix={scratch}/", scratch]
        else:
            found = FOUND / target
            found.mkdir(parents=True, exist_ok=True)
            options += [f"-max_total_time={round(arguments.minutes * 60)}",
                        f"-artifact_prefix={found}/", str(found)]  # fmt: skip
        fuzz(target, options)
    codes = []
    for target in arguments.targets or TARGETS:
        sys.stderr.write(f"--- {target}\n")
        more = ["--runs", str(arguments.runs)] if arguments.runs else ["--minutes", str(arguments.minutes)]
        command = [sys.executable, "-m", "tests.security.fuzz", "--here", target, *more]
        with tempfile.TemporaryDirectory(prefix="everview-fuzz-") as scratch:
            # The temporary files of a target are in this folder and are deleted with it.
            environment = {**os.environ, "TMPDIR": scratch}
            codes.append(subprocess.run(command, env=environment, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
