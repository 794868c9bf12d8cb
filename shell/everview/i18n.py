"""Translations of texts in the user interface: `_`, `ngettext` and `N_`.

The key of a text is its English version. Other languages are in ``translations/<language>.po``.
Authors add catalogues of their own (`App.add_translations`). A text that is created when a module
is imported, before the language is known, is marked with `N_` and translated when it is shown.

Threads: `use` must be called once, before any window opens. Lookups can be called from any thread.
"""

from __future__ import annotations

import gettext as standard
import html
import locale
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

#: The folder with the catalogues of Everview itself.
TRANSLATIONS = Path(__file__).with_name("translations")
#: The language in which the texts in the source code are written.
SOURCE = "en"
#: The environment variable that overrides the language in the settings and the language of the
#: system.
VARIABLE = "EVERVIEW_LANGUAGE"

#: Matches a translatable text in the HTML of the page, written as ``{{text}}``.
_MARKED = re.compile(r"\{\{(.+?)\}\}")


def _english_plural(number: int) -> int:
    return int(number != 1)


class _Catalogue:
    """The translations into the current language."""

    def __init__(self, language: str = SOURCE) -> None:
        self.language = language
        self.texts: dict[str, str] = {}
        self.plurals: dict[str, Mapping[int, str]] = {}
        self.plural_of: Callable[[int], int] = _english_plural
        #: The texts that the scripts of the page need.
        self.page_texts: dict[str, str] = {}

    def read(self, path: Path) -> None:
        """Add the entries of a .po file, except fuzzy and empty ones."""
        import polib  # Imported here, so that English, which needs no catalogue, starts faster.

        catalogue = polib.pofile(str(path))
        rule = re.search(r"plural=([^;]+)", catalogue.metadata.get("Plural-Forms", ""))
        if rule:
            # ``c2py`` of Python's gettext module parses plural rules. It allows arithmetic only.
            self.plural_of = standard.c2py(rule[1])
        for entry in catalogue:
            if entry.obsolete or entry.fuzzy:
                continue
            if entry.msgid_plural:
                if all(entry.msgstr_plural.values()):
                    self.plurals[entry.msgid] = entry.msgstr_plural
            elif entry.msgstr:
                self.texts[entry.msgid] = entry.msgstr
                if any(path.endswith(".js") for path, _line in entry.occurrences):
                    self.page_texts[entry.msgid] = entry.msgstr


_catalogue = _Catalogue()


def gettext(text: str) -> str:
    """Translate ``text``."""
    return _catalogue.texts.get(text, text)


def ngettext(one: str, many: str, number: int) -> str:
    """Translate a text with the plural form for ``number``."""
    forms = _catalogue.plurals.get(one)
    if forms is None:
        return one if number == 1 else many
    return forms.get(_catalogue.plural_of(int(number)), many)


def N_(text: str) -> str:  # noqa: N802  (the conventional name in programs that use gettext)
    """Mark ``text`` for translation and return it unchanged."""
    return text


_ = gettext


def language() -> str:
    """The language in use, as the value of ``<html lang>``."""
    return _catalogue.language


def wanted(setting: str = "", environment: Mapping[str, str] | None = None) -> list[str]:
    """The preferred languages, the best first, for example ``["de_AT", "de"]``.

    Args:
        setting: The language in the settings, used if the environment has no ``EVERVIEW_LANGUAGE``.
        environment: The environment variables; None: the variables of this process. If ``setting``
            is empty too, ``LC_ALL``, ``LC_MESSAGES``, ``LANG`` and ``LANGUAGE`` are used.
    """
    variables = os.environ if environment is None else environment
    names = variables.get(VARIABLE) or setting
    if not names:
        standard_names = ("LC_ALL", "LC_MESSAGES", "LANG")
        names = next((variables[name] for name in standard_names if variables.get(name)), "")
        if names.partition(".")[0] in ("C", "POSIX"):
            return []
        # LANGUAGE is a list in order of preference. GNU gettext ignores LANGUAGE if no locale is
        # set.
        names = (names and variables.get("LANGUAGE")) or names or (locale.getlocale()[0] or "")
    found: list[str] = []
    for name in names.replace("-", "_").split(":"):
        full = re.split(r"[.@]", name)[0]
        found += [full, full.partition("_")[0]]
    return list(dict.fromkeys(filter(None, found)))


def use(languages: Iterable[str], folders: Iterable[Path] = (TRANSLATIONS,)) -> None:
    """Use the first of ``languages`` that has a catalogue, or English.

    Args:
        languages: The preferred languages, the best first.
        folders: Folders with ``<language>.po`` files. A later folder overrides an earlier one.
    """
    global _catalogue  # noqa: PLW0603  (there is one language for the process)
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
    """The texts that the scripts of the page need, with their translations."""
    return _catalogue.page_texts


def translate_page(page: str) -> str:
    """Translate the texts in the HTML of the page, and set its language."""
    page = page.replace('lang="en"', f'lang="{_catalogue.language}"', 1)
    return _MARKED.sub(lambda found: html.escape(gettext(found[1])), page)
