"""The texts that people read, in their language: `_`, `ngettext`, and where the words come from.

The English text is the name of a text. ``translations/<language>.po`` has the others; an author
adds his own (`App.add_translations`). Texts that are made when a module is imported, before the
language is known, are marked with `N_` and looked up when they are shown.

Threads: `use` once, before anything is shown; then only lookups. Not for: reading .po files where
the language is English, which needs none.
"""

from __future__ import annotations

import gettext as standard
import html
import locale
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

#: The shell's own.
TRANSLATIONS = Path(__file__).with_name("translations")
#: The language of the sources.
SOURCE = "en"
#: Decides before the settings and the system do.
VARIABLE = "EVERVIEW_LANGUAGE"

#: ``{{text}}`` in the page.
_MARKED = re.compile(r"\{\{(.+?)\}\}")


def _english_plural(number: int) -> int:
    return int(number != 1)


class _Catalogue:
    """What `use` has read."""

    def __init__(self, language: str = SOURCE) -> None:
        self.language = language
        self.texts: dict[str, str] = {}
        self.plurals: dict[str, Mapping[int, str]] = {}
        self.plural_of: Callable[[int], int] = _english_plural
        #: Those that the page's own scripts need.
        self.of_page: dict[str, str] = {}

    def read(self, path: Path) -> None:
        """Add what a .po file has; what is fuzzy or empty stays English."""
        import polib  # only here: English starts without it

        catalogue = polib.pofile(str(path))
        rule = re.search(r"plural=([^;]+)", catalogue.metadata.get("Plural-Forms", ""))
        if rule:
            # Python's own reader of such rules, which allows nothing but arithmetic.
            self.plural_of = standard.c2py(rule[1])
        for entry in catalogue:
            if entry.obsolete or entry.fuzzy:
                continue
            if entry.msgid_plural:
                if all(entry.msgstr_plural.values()):
                    self.plurals[entry.msgid] = entry.msgstr_plural
            elif entry.msgstr:
                self.texts[entry.msgid] = entry.msgstr
                if any(place.endswith(".js") for place, _line in entry.occurrences):
                    self.of_page[entry.msgid] = entry.msgstr


_catalogue = _Catalogue()


def gettext(text: str) -> str:
    """``text`` in the person's language."""
    return _catalogue.texts.get(text, text)


def ngettext(one: str, many: str, number: int) -> str:
    """``one`` or ``many`` in the person's language, as ``number`` of things wants it."""
    forms = _catalogue.plurals.get(one)
    if forms is None:
        return one if number == 1 else many
    return forms.get(_catalogue.plural_of(int(number)), many)


def N_(text: str) -> str:  # noqa: N802  (its name in every program that uses gettext)
    """``text`` as it is, marked to be translated: looked up when it is shown."""
    return text


_ = gettext


def language() -> str:
    """The language in use, as ``<html lang>`` has it."""
    return _catalogue.language


def wanted(setting: str = "", environment: Mapping[str, str] | None = None) -> list[str]:
    """The languages that are wanted, the best first: ``["de_AT", "de"]``.

    The environment's ``EVERVIEW_LANGUAGE``, else the setting, else the system's.
    """
    given = os.environ if environment is None else environment
    said = given.get(VARIABLE) or setting
    if not said:
        names = ("LC_ALL", "LC_MESSAGES", "LANG")
        said = next((given[name] for name in names if given.get(name)), "")
        if said.partition(".")[0] in ("C", "POSIX"):
            return []
        # GNU's own list of several; it counts only where there is a language at all.
        said = (said and given.get("LANGUAGE")) or said or (locale.getlocale()[0] or "")
    found: list[str] = []
    for name in said.replace("-", "_").split(":"):
        full = re.split(r"[.@]", name)[0]
        found += [full, full.partition("_")[0]]
    return list(dict.fromkeys(filter(None, found)))


def use(languages: Iterable[str], folders: Iterable[Path] = (TRANSLATIONS,)) -> None:
    """Take the first of these languages for which there is a catalogue, else English.

    Each folder has ``<language>.po`` files; of two that translate a text, the later one counts.
    """
    global _catalogue  # noqa: PLW0603  (there is one language, chosen once)
    _catalogue = _Catalogue()
    folders = list(folders)
    for name in languages:
        if name == SOURCE:
            return
        files = [file for folder in folders if (file := folder / f"{name}.po").is_file()]
        if files:
            _catalogue = _Catalogue(name.replace("_", "-"))
            for file in files:
                _catalogue.read(file)
            return


def page_texts() -> dict[str, str]:
    """What the page's scripts look up."""
    return _catalogue.of_page


def translate_page(page: str) -> str:
    """The page with its ``{{texts}}`` and its language."""
    page = page.replace('lang="en"', f'lang="{_catalogue.language}"', 1)
    return _MARKED.sub(lambda found: html.escape(gettext(found[1])), page)
