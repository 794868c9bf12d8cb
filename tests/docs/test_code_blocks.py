"""Every code block of the documents runs.

The Python blocks of a document run one after the other in one module. If a block creates an app,
the test opens its page at ``/``. Test functions in a block get the app of the blocks before. Shell
blocks do not run, but their commands and options must exist.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dev
from everview import App
from everview.cli import app_program
from everview.cli import main as cli
from everview.cli.program import Program, target_of_name
from everview.runtime.instances.state import State
from everview.testing import Clock, SimulatedApp
from tests.support.documents import DOCUMENTS, blocks, name_of

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"python", "sh", "toml", "js", ""}

with_python = [d for d in DOCUMENTS if any(b[1] == "python" for b in blocks(d))]


@pytest.fixture
def module(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module in which a test executes the code blocks of a document."""
    document: Path = request.param
    name = "document_" + re.sub(r"\W", "_", name_of(document))
    module = types.ModuleType(name)
    module.__file__ = str(document.with_suffix(".py"))
    # Register the module, because `run_in_process` and classes look it up by its name.
    monkeypatch.setitem(sys.modules, name, module)
    yield module
    pool = getattr(module, "pool", None)
    if pool is not None:
        pool.shutdown()


@pytest.mark.parametrize(("module", "document"), [(d, d) for d in with_python],
                         indirect=["module"], ids=[name_of(d) for d in with_python])  # fmt: skip
def test_python_blocks_run(module: Any, document: Path) -> None:
    tested = 0
    for line, language, text in blocks(document):
        if language != "python":
            continue
        before = set(vars(module))
        # Put empty lines before the code, so that a traceback has the line numbers of the document.
        exec(compile("\n" * (line - 1) + text, str(document), "exec"), vars(module))  # noqa: S102
        if re.search(r"^app = ", text, re.MULTILINE):
            tested += 1
            with SimulatedApp(module.app, Clock()) as running:
                check_app_opens(running)
        for name in sorted(set(vars(module)) - before):
            if name.startswith("test_"):
                tested += 1
                with SimulatedApp(module.app, Clock()) as running:
                    call(getattr(module, name), running)
    assert tested


def check_app_opens(running: SimulatedApp) -> None:
    """Check that the app shows a view at ``/`` without an error."""
    window = running.open_window("/")
    assert window.text() or window.find_all("*")
    assert running.instance(window.window).state is not State.FAILED, window.page()


def call(test: Any, running: SimulatedApp) -> None:
    fixtures = {"open_window": running.open_window, "clock": running.clock, "running_app": running}
    test(**{name: fixtures[name] for name in inspect.signature(test).parameters})


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_blocks_have_a_language_that_the_tests_can_check(document: Path) -> None:
    assert {language for _, language, _ in blocks(document)} <= LANGUAGES
    fences = document.read_text(encoding="utf-8").count("\n```")
    assert fences == 2 * len(blocks(document)), "a code block is not closed or is indented"


def commands(document: Path) -> list[str]:
    """The commands of a document: the lines of shell blocks, and indented lines that look like
    commands.
    """
    lines = [line for _, language, text in blocks(document) if language == "sh"
             for line in text.splitlines()]  # fmt: skip
    text = document.read_text(encoding="utf-8")
    lines += re.findall(r"^    ((?:everview|python3 dev\.py)\b.*)$", text, re.MULTILINE)
    lines += re.findall(r"`((?:everview|python3 dev\.py) [a-z][^`]*)`", text)
    return [line.partition("  #")[0].strip() for line in lines if line.strip()]


def known(command: str) -> bool:
    """Check that the command and its options exist."""
    words = command.split()
    if words[:3] == ["python3", "dev.py", "run"]:
        program = Program("python3 dev.py run", "python3 dev.py run")
        return accepts(app_program.make_parser(target_of_name("everview", program), ""), words[3:])
    if words[:2] == ["python3", "dev.py"]:
        return words[2] in dev.JOBS
    if words[0] in ("python", "pip", "pytest"):
        return len(words) > 1
    if words[0] != "everview":
        return False
    return accepts(cli.make_parser(), words[1:])


def accepts(parser: argparse.ArgumentParser, words: list[str]) -> bool:
    parser.error = _raise  # type: ignore[method-assign]
    plain = [re.sub(r"\[(.*)\]", r"\1", word) for word in words]
    try:
        parser.parse_args(plain)
    except argparse.ArgumentError:
        return False
    return True


def _raise(message: str) -> Any:
    raise argparse.ArgumentError(None, message)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_commands_and_options_exist(document: Path) -> None:
    assert [command for command in commands(document) if not known(command)] == []


def test_unknown_command_is_reported() -> None:
    assert known("everview ls --json") and known("everview") and known("python3 dev.py docs")
    assert known("python3 dev.py run ls") and not known("python3 dev.py run ls --jsno")
    assert not known("everview ls --jsno")
    assert not known("everview launch")
    assert not known("python3 dev.py dance")
    assert not known("sudo everview")
    assert any(commands(ROOT / "README.md"))


def test_apps_in_documents_are_found() -> None:
    assert isinstance(App("x.py"), App)
    assert len(with_python) > 10
