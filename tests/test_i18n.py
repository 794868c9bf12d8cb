"""Translated texts: the choice of the language, lookups, and complete catalogues."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from everview import App
from everview import i18n as strings
from everview.html import NumberInput
from everview.i18n import N_, _, ngettext

TOP = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    strings.use([])


@pytest.fixture(scope="module")
def tool() -> Any:
    """Import `packaging/translations.py` by its path. The folder is not a package."""
    spec = importlib.util.spec_from_file_location("everview_translations", TOP / "packaging/translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(folder: Path, language: str, *entries: tuple[str, str], place: str = "a.py") -> None:
    lines = ['msgid ""', 'msgstr "Plural-Forms: nplurals=3; plural=(n>9 ? 2 : n!=1);\\n"', ""]
    for text, translation in entries:
        lines += [f"#: {place}", f'msgid "{text}"', f'msgstr "{translation}"', ""]
    lines += ['msgid "{n} day"', 'msgid_plural "{n} days"', 'msgstr[0] "one"', 'msgstr[1] "few"',
              'msgstr[2] "many"', ""]  # fmt: skip
    folder.mkdir(exist_ok=True)
    (folder / f"{language}.po").write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(("environment", "setting", "wanted"), [
    ({"LANG": "de_AT.UTF-8"}, "", ["de_AT", "de"]),
    ({"LANG": "de_DE@euro"}, "", ["de_DE", "de"]),
    ({"LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"}, "", []),
    ({"LC_MESSAGES": "fr_FR", "LANG": "de_DE"}, "", ["fr_FR", "fr"]),
    ({"LANG": "de_DE", "LANGUAGE": "sv:de"}, "", ["sv", "de"]),
    ({"LANG": "C", "LANGUAGE": "de"}, "", []),
    ({"LANG": "de_DE"}, "en", ["en"]),
    ({"LANG": "de_DE", "EVERVIEW_LANGUAGE": "fr"}, "en", ["fr"]),
    ({}, "pt-BR", ["pt_BR", "pt"]),
])  # fmt: skip
def test_wanted_languages_follow_environment_setting_and_system(
    environment: dict[str, str], setting: str, wanted: list[str]
) -> None:
    assert strings.wanted(setting, environment) == wanted


def test_texts_are_english_without_a_catalogue(tmp_path: Path) -> None:
    strings.use(["xx", "yy"], [tmp_path])
    assert strings.language() == "en"
    assert _("New window") == "New window"
    assert [ngettext("{n} day", "{n} days", n) for n in (0, 1, 2)] == ["{n} days", "{n} day", "{n} days"]
    assert N_("a text") == "a text"


def test_first_available_language_is_used_and_later_folders_win(tmp_path: Path) -> None:
    write(tmp_path / "a", "xx", ("one", "a-one"), ("two", "a-two"))
    write(tmp_path / "b", "xx", ("two", "b-two"))
    strings.use(["zz", "xx", "en"], [tmp_path / "a", tmp_path / "b"])
    assert [_("one"), _("two"), _("three")] == ["a-one", "b-two", "three"]
    assert strings.language() == "xx"
    strings.use(["en", "xx"], [tmp_path / "a"])
    assert _("one") == "one"


def test_plurals_follow_the_rule_of_the_catalogue(tmp_path: Path) -> None:
    write(tmp_path, "xx")
    strings.use(["xx"], [tmp_path])
    assert [ngettext("{n} day", "{n} days", n) for n in (1, 2, 20)] == ["one", "few", "many"]


def test_catalogue_cannot_run_code(tmp_path: Path) -> None:
    write(tmp_path, "xx")
    path = tmp_path / "xx.po"
    path.write_text(path.read_text().replace("plural=(n>9 ? 2 : n!=1)", "plural=__import__('os').abort()"))
    with pytest.raises(ValueError, match="plural"):
        strings.use(["xx"], [tmp_path])


def test_page_gets_the_texts_of_scripts_only(tmp_path: Path) -> None:
    write(tmp_path, "xx", ("Home", "<Heim>"), place="shell/everview/client/a.js")
    strings.use(["xx"], [tmp_path])
    assert strings.page_texts() == {"Home": "<Heim>"}
    page = strings.translate_page('<html lang="en"><p>{{Home}}</p><p>{{Other}}</p>')
    assert page == '<html lang="xx"><p>&lt;Heim&gt;</p><p>Other</p>'


def test_app_can_add_texts_and_set_its_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERVIEW_LANGUAGE", "")
    monkeypatch.setenv("LC_ALL", "C")
    write(tmp_path / "words", "de", ("Greeting", "Gruß"))
    app = App(tmp_path / "app.py")
    app.add_translations("words")
    app.use_language()
    assert _("Greeting") == "Greeting"
    app.settings.LANGUAGE = "de"
    app.use_language()
    assert _("Greeting") == "Gruß"
    assert _("New window") == "Neues Fenster"


def test_texts_made_at_import_are_translated_when_shown() -> None:
    strings.use(["de"])
    assert NumberInput(required=True).reason == "Bitte dieses Feld ausfüllen."
    assert NumberInput(1, min=2).reason == "Bitte mindestens 2 eingeben."


def test_catalogues_are_complete_and_have_no_unused_texts(tool: Any) -> None:
    """If this fails, run ``python3 dev.py strings`` and translate the empty entries."""
    catalogues = tool.catalogues()
    assert {path.relative_to(TOP).as_posix() for _part, path in catalogues} >= {
        "shell/everview/translations/de.po", "views/translations/de.po",
    }  # fmt: skip
    assert [line for part, path in catalogues for line in tool.problems(path, tool.texts_in(TOP / part))] == []


def test_translations_check_reports_each_kind_of_problem(tool: Any, tmp_path: Path) -> None:
    write(tmp_path, "xx", ("old", "alt"), ("{a} of {b}", "{a} von b"), ("empty", ""))
    sources = tmp_path / "sources"
    sources.mkdir()
    source = sources / "a.py"
    source.write_text('_("new") + _("{a} of {b}") + _("empty") + _("{n} day")')
    found = tool.problems(tmp_path / "xx.po", tool.texts_in(sources))
    assert len(found) == 5
    for part in ("lacks 'new' (a.py)", "does not translate 'empty'", "'{a} von b'", "another plural", "unused text 'old'"):
        assert any(part in line for line in found), (part, found)
    source.write_text(source.read_text().replace('_("{n} day")', 'ngettext("{n} day", "{n} days", n)'))
    tool.update(tmp_path / "xx.po", tool.texts_in(sources))
    text = (tmp_path / "xx.po").read_text(encoding="utf-8")
    assert text.startswith('msgid ""\nmsgstr "Plural-Forms: nplurals=3;')
    assert "alt" not in text
    assert 'msgstr[2] "many"' in text
    assert '#: a.py\nmsgid "new"\nmsgstr ""' in text
    strings.use(["xx"], [tmp_path])
    assert ngettext("{n} day", "{n} days", 20) == "many", "the app must read the catalogue that the tool wrote"


SOURCE = """
a = _("one " "text")
b = ngettext("{n} thing", "{n} things", n)
c = _(name)
d = _(" ".join(words))

@app.route("/x")
class X(View):
    \"""What it is,
    in two lines.

    More.\"""
    TITLE = "Title"

class Y:
    \"""Not shown.\"""
"""


def test_texts_are_extracted_from_python_scripts_and_the_page(tool: Any, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SOURCE.replace('\\"', '"'))
    script = r"""path.replace(/[/]*/, "/"); t("a \"b\"", 1); start("no"); t(name); `${t("in a template")}`"""
    (tmp_path / "b.js").write_text(script)
    (tmp_path / "c.html").write_text("<p>{{Home}}</p>\n<p>{{Back}} {{Home}}</p>")
    found = tool.texts_in(tmp_path)
    assert [message.id for message in tool.messages(found)] == [
        "Title", "What it is, in two lines.", "one text", ("{n} thing", "{n} things"),
        'a "b"', "in a template", "Back", "Home",
    ]  # fmt: skip
    assert [name for name, _line in found["Home"].locations] == ["c.html"]
