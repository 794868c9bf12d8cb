"""Find the texts of the user interface and update the .po files: `python3 dev.py strings`.

    python packaging/translations.py            update shell/everview/ and views/translations/*.po
    python packaging/translations.py --check    only report missing and unused texts

Babel extracts ``_("…")``, ``N_("…")`` and ``ngettext("…", "…", n)`` from Python. The extractors
below add ``t("…")`` in scripts and ``{{…}}`` in the page. They also add the ``TITLE`` of each
routed view and the first paragraph of its docstring, because lists of views show both. (Babel's
own extractor for JavaScript loses the rest of a file after a regular expression with a class such
as ``[/]``.)

Locations are file names without line numbers. A catalogue changes only when its texts change.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parents[1]
#: Folders with a subfolder ``translations``, which contains their catalogues.
PARTS = ("shell/everview", "views")
PYTHON_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
_IN_SCRIPT = re.compile(r'\bt\(\s*("(?:[^"\\]|\\.)*")')
_IN_PAGE = re.compile(r"\{\{(.+?)\}\}")

#: The type that extractors of Babel yield: line, function, message, comments.
Extracted = tuple[int, None, str, list[str]]


def extract_page(
    file: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[Extracted]:
    """Extract ``{{…}}`` from the page."""
    for number, line in enumerate(file.read().decode().splitlines(), 1):
        for found in _IN_PAGE.finditer(line):
            yield number, None, found[1], []


def extract_script(
    file: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[Extracted]:
    """Extract ``t("…")`` from a script."""
    source = file.read().decode()
    for found in _IN_SCRIPT.finditer(source):
        yield source.count("\n", 0, found.start()) + 1, None, json.loads(found[1]), []


def extract_views(
    file: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[Extracted]:
    """Extract the summaries and the titles of routed views."""
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.ClassDef) or not any(map(_is_route, node.decorator_list)):
            continue
        summary = (ast.get_docstring(node) or "").partition("\n\n")[0]
        if summary:
            yield node.lineno, None, " ".join(summary.split()), []
        for statement in node.body:
            if (
                isinstance(statement, ast.Assign)
                and ast.unparse(statement.targets[0]) == "TITLE"
                # Babel's own extractor finds a TITLE that is marked with N_
                and isinstance(statement.value, ast.Constant)
            ):
                yield statement.lineno, None, str(statement.value.value), []


def _is_route(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "app.route"


def texts_in(folder: Path) -> Catalog:
    """Return all texts below a folder with their files, ordered by file and text."""
    found = Catalog()
    passes = [
        ([("**.py", "python")], PYTHON_KEYWORDS),
        ([("**.py", extract_views), ("**.js", extract_script), ("**.html", extract_page)], {}),
    ]
    for methods, keywords in passes:
        for name, _line, text, _, _ in extract_from_dir(folder, methods, {}, keywords):
            if not "".join(text).strip():
                continue  # Babel would extract " " from _(" ".join(words))
            path = folder / name
            shown = path.relative_to(TOP) if path.is_relative_to(TOP) else Path(name)
            found.add(text, locations=[(shown.as_posix(), 0)])
    ordered = Catalog()
    for message in sorted(messages(found), key=lambda each: (min(each.locations), _text(each))):
        # Remove the flag "python-brace-format", because `_wrong_placeholders` checks more than this
        # flag.
        ordered.add(message.id, locations=sorted(set(message.locations)))
        ordered[message.id].flags.clear()
    return ordered


def catalogues() -> list[tuple[str, Path]]:
    """Return all pairs of a part of the project and one of its catalogues."""
    return [(part, path) for part in PARTS
            for path in sorted((TOP / part / "translations").glob("*.po"))]  # fmt: skip


def read(path: Path) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as file:
        return read_po(file)


def problems(path: Path, template: Catalog) -> list[str]:
    """Describe missing, wrong and unused entries of a catalogue."""
    catalog, wrong = read(path), []
    for wanted in messages(template):
        found = catalog.get(_text(wanted))
        if found is None:
            files = ", ".join(sorted({name for name, _line in wanted.locations}))
            wrong.append(f"{path.name} lacks {_text(wanted)!r} ({files})")
        elif found.id != wanted.id:
            wrong.append(f"{path.name} has another plural of {_text(wanted)!r}")
        elif found.fuzzy or not all(_translations(found)):
            wrong.append(f"{path.name} does not translate {_text(wanted)!r}")
        else:
            wrong += _wrong_placeholders(path, found)
    texts = {_text(wanted) for wanted in messages(template)}
    unused = [_text(found) for found in messages(catalog) if _text(found) not in texts]
    return wrong + [f"{path.name} has the unused text {text!r}" for text in unused]


def messages(catalog: Catalog) -> list[Message]:
    """The messages of a catalogue without its header."""
    return [message for message in catalog if message.id]


def _text(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _translations(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def _wrong_placeholders(path: Path, message: Message) -> list[str]:
    """Report a translation that does not have the same ``{name}`` placeholders as its text."""
    names = re.compile(r"\{\w*\}")
    texts = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = {name for text in texts for name in names.findall(text)}
    return [
        f"{path.name}: {texts[0]!r} has {sorted(wanted)}, but its translation is {translation!r}"
        for translation in _translations(message)
        if set(names.findall(translation)) != wanted
    ]


def update(path: Path, template: Catalog) -> None:
    """Add new texts to a catalogue and remove unused ones. Existing translations stay."""
    catalog = read(path)
    catalog.update(template, no_fuzzy_matching=True)
    for message in messages(catalog):
        message.flags.discard("python-brace-format")
    # The header is not changed, because Babel would write the current time into it.
    header = path.read_bytes().partition(b"\n\n")[0]
    with path.open("wb") as file:
        file.write(header + b"\n\n")
        write_po(file, catalog, width=99, omit_header=True, ignore_obsolete=True,
                 include_lineno=False)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Update the catalogues, unless ``--check`` is given. Returns 1 if there are problems."""
    wrong = []
    for part, path in catalogues():
        template = texts_in(TOP / part)
        if "--check" not in arguments:
            update(path, template)
        wrong += [f"{part}: {line}" for line in problems(path, template)]
    print("\n".join(wrong) or "Everything is translated.")  # noqa: T201
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
