"""Texts in the person's language: which one that is, lookups, and that nothing is missing."""

from __future__ import annotations

import importlib.util
import sys
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
    """``packaging/`` is no package: it would hide the PyPI project of that name."""
    spec = importlib.util.spec_from_file_location("everview_translations", TOP / "packaging/translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
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
def test_which_language_is_wanted(environment: dict[str, str], setting: str, wanted: list[str]) -> None:
    assert strings.wanted(setting, environment) == wanted


def test_without_a_catalogue_texts_are_english(tmp_path: Path) -> None:
    strings.use(["xx", "yy"], [tmp_path])
    assert strings.language() == "en"
    assert _("New window") == "New window"
    assert [ngettext("{n} day", "{n} days", n) for n in (0, 1, 2)] == ["{n} days", "{n} day", "{n} days"]
    assert N_("a text") == "a text"


def test_the_first_language_that_there_is_counts_and_later_folders_win(tmp_path: Path) -> None:
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


def test_a_catalogue_runs_no_code(tmp_path: Path) -> None:
    write(tmp_path, "xx")
    path = tmp_path / "xx.po"
    path.write_text(path.read_text().replace("plural=(n>9 ? 2 : n!=1)", "plural=__import__('os').abort()"))
    with pytest.raises(ValueError, match="plural"):
        strings.use(["xx"], [tmp_path])


def test_only_what_scripts_need_goes_to_the_page(tmp_path: Path) -> None:
    write(tmp_path, "xx", ("Home", "<Heim>"), place="shell/everview/client/a.js")
    strings.use(["xx"], [tmp_path])
    assert strings.page_texts() == {"Home": "<Heim>"}
    page = strings.translate_page('<html lang="en"><p>{{Home}}</p><p>{{Other}}</p>')
    assert page == '<html lang="xx"><p>&lt;Heim&gt;</p><p>Other</p>'


def test_an_app_has_texts_of_its_own_and_a_language_of_its_own(
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


def test_texts_that_a_module_makes_when_it_is_imported_are_looked_up_when_shown() -> None:
    strings.use(["de"])
    assert NumberInput(required=True).reason == "Bitte dieses Feld ausfüllen."
    assert NumberInput(1, min=2).reason == "Bitte mindestens 2 eingeben."


def test_nothing_is_missing_and_nothing_is_left_over(tool: Any) -> None:
    """If this fails: ``python3 dev.py strings``, then translate what is empty."""
    catalogues = tool.catalogues()
    assert {path.relative_to(TOP).as_posix() for _part, path in catalogues} >= {
        "shell/everview/translations/de.po", "views/translations/de.po",
    }  # fmt: skip
    assert [line for part, path in catalogues for line in tool.problems(path, tool.texts_of(part))] == []


def test_the_check_finds_what_is_wrong(tool: Any, tmp_path: Path) -> None:
    write(tmp_path, "xx", ("old", "alt"), ("{a} of {b}", "{a} von b"), ("empty", ""))
    found = {text: tool.Text(text, files={"a.py"}) for text in ("new", "{a} of {b}", "empty", "{n} day")}
    said = tool.problems(tmp_path / "xx.po", found)
    assert len(said) == 5
    for part in ("has not: 'new'", "does not translate: 'empty'", "'{a} von b'", "another plural", "any more: 'old'"):
        assert any(part in line for line in said), (part, said)
    tool.update(tmp_path / "xx.po", found | {"{n} day": tool.Text("{n} day", "{n} days", {"a.py"})})
    text = (tmp_path / "xx.po").read_text(encoding="utf-8")
    assert "alt" not in text
    assert 'msgstr[2] "many"' in text
    assert 'msgid "new"\nmsgstr ""' in text


def test_texts_are_found_in_python_scripts_and_the_page(tool: Any) -> None:
    source = (
        'a = _("one " "text")\n'
        'b = ngettext("{n} thing", "{n} things", n)\n'
        'c = _(name)\n'
        '@app.route("/x")\n'
        "class X(View):\n"
        '    """What it is,\n    in two lines.\n\n    More."""\n'
        '    TITLE = N_("Title")\n'
        "class Y:\n"
        '    """Not shown."""\n'
    )
    source = source.replace('N_("Title")', '"Title"')
    assert list(tool.in_python(source)) == [
        ("What it is, in two lines.", ""), ("Title", ""), ("one text", ""), ("{n} thing", "{n} things"),
    ]  # fmt: skip
    assert list(tool.in_script('t("a \\"b\\"", 1); start("no"); t(name)')) == [('a "b"', "")]
    assert list(tool.in_page("<p>{{Home}}</p>")) == [("Home", "")]
