"""Finds the texts that people read and brings the .po files to them: `python3 dev.py strings`.

    python packaging/translations.py            update shell/ and views/translations/*.po
    python packaging/translations.py --check    only say what is missing or not used

Found are, as plain literals: ``_("…")``, ``N_("…")`` and ``ngettext("…", "…", n)`` in Python,
``t("…")`` in scripts, ``{{…}}`` in the page; and of routed views their ``TITLE`` and the first
paragraph of their docstring, which lists of views show.

Places are file names without line numbers: a catalogue changes when its texts do.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib

TOP = Path(__file__).resolve().parents[1]
#: Each has its texts in ``translations``.
PARTS = ("shell/everview", "views")
ONE = {"_", "N_", "gettext"}
_IN_SCRIPT = re.compile(r'\bt\(\s*("(?:[^"\\]|\\.)*")')
_IN_PAGE = re.compile(r"\{\{(.+?)\}\}")


@dataclass
class Text:
    """One text, its plural if it has one, and the files it is in."""

    text: str
    plural: str = ""
    files: set[str] = field(default_factory=set)


def texts_of(part: str) -> dict[str, Text]:
    """All texts below a folder, by themselves."""
    found: dict[str, Text] = {}
    for path in sorted((TOP / part).rglob("*")):
        read = {".py": in_python, ".js": in_script, ".html": in_page}.get(path.suffix)
        if read is None or "__pycache__" in path.parts:
            continue
        for text, plural in read(path.read_text(encoding="utf-8")):
            known = found.setdefault(text, Text(text))
            known.plural = known.plural or plural
            known.files.add(path.relative_to(TOP).as_posix())
    return found


def in_python(source: str) -> Iterator[tuple[str, str]]:
    """Texts of a Python module, each with its plural."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            literals = [a.value for a in node.args
                        if isinstance(a, ast.Constant) and isinstance(a.value, str)]  # fmt: skip
            if node.func.id in ONE and literals:
                yield literals[0], ""
            elif node.func.id == "ngettext" and len(literals) == 2:
                yield literals[0], literals[1]
        elif isinstance(node, ast.ClassDef) and any(map(_is_route, node.decorator_list)):
            summary = (ast.get_docstring(node) or "").partition("\n\n")[0]
            if summary:
                yield " ".join(summary.split()), ""
            for statement in node.body:
                if (
                    isinstance(statement, ast.Assign)
                    and ast.unparse(statement.targets[0]) == "TITLE"
                    and isinstance(statement.value, ast.Constant)  # else it is marked already
                ):
                    yield str(statement.value.value), ""


def _is_route(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "app.route"


def in_script(source: str) -> Iterator[tuple[str, str]]:
    """Texts of a script."""
    for found in _IN_SCRIPT.finditer(source):
        yield json.loads(found[1]), ""


def in_page(source: str) -> Iterator[tuple[str, str]]:
    """Texts of the page."""
    for found in _IN_PAGE.finditer(source):
        yield found[1], ""


def catalogues() -> list[tuple[str, Path]]:
    """Each part with each of its catalogues."""
    return [(part, path) for part in PARTS
            for path in sorted((TOP / part / "translations").glob("*.po"))]  # fmt: skip


def problems(path: Path, found: dict[str, Text]) -> list[str]:
    """What is wrong with a catalogue."""
    wrong = []
    entries = {entry.msgid: entry for entry in polib.pofile(str(path)) if not entry.obsolete}
    for text in found.values():
        entry = entries.get(text.text)
        if entry is None:
            wrong.append(f"{path.name} has not: {text.text!r} ({', '.join(sorted(text.files))})")
        elif not entry.translated() or (text.plural and not all(entry.msgstr_plural.values())):
            wrong.append(f"{path.name} does not translate: {text.text!r}")
        elif (text.plural or "") != (entry.msgid_plural or ""):
            wrong.append(f"{path.name} has another plural: {text.text!r}")
        else:
            wrong += _wrong_places(path, entry)
    wrong += [f"{path.name}: not used any more: {text!r}" for text in entries if text not in found]
    return wrong


def _wrong_places(path: Path, entry: polib.POEntry) -> list[str]:
    """``{name}`` has to be in both, or filling in fails, or says less."""
    names = re.compile(r"\{\w*\}")
    wanted = set(names.findall(entry.msgid + entry.msgid_plural))
    given = [entry.msgstr] if entry.msgstr else list(entry.msgstr_plural.values())
    return [f"{path.name}: {entry.msgid!r} has {sorted(wanted)}, its translation {each!r} has not"
            for each in given if set(names.findall(each)) != wanted]  # fmt: skip


def update(path: Path, found: dict[str, Text]) -> None:
    """Bring a catalogue to the texts; what it translates already stays."""
    old = polib.pofile(str(path))
    known = {entry.msgid: entry for entry in old}
    forms = int(re.search(r"nplurals=(\d+)", old.metadata.get("Plural-Forms", "nplurals=2"))[1])  # type: ignore[index]
    new = polib.POFile(wrapwidth=98)
    new.header, new.metadata = old.header, old.metadata
    for text in sorted(found.values(), key=lambda each: (min(each.files), each.text)):
        places = [(name, "") for name in sorted(text.files)]
        entry = polib.POEntry(msgid=text.text, occurrences=places)
        before = known.get(text.text)
        if text.plural:
            entry.msgid_plural = text.plural
            entry.msgstr_plural = dict.fromkeys(range(forms), "") | dict(
                before.msgstr_plural if before else {}
            )
        elif before is not None:
            entry.msgstr = before.msgstr
        new.append(entry)
    new.save(str(path))


def main(arguments: list[str]) -> int:
    """Update, or with ``--check`` only look; the exit code is 1 if something is to be done."""
    wrong = []
    for part, path in catalogues():
        found = texts_of(part)
        if "--check" not in arguments:
            update(path, found)
        wrong += [f"{part}: {line}" for line in problems(path, found)]
    print("\n".join(wrong) or "Everything is translated.")  # noqa: T201
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
