"""The bundle of the client: scripts, modules, errors, and the wheel with the bundle."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from everview.server.client_bundle.files import CLIENT
from tests.support.client_bundle import client_bundle

TOP = Path(__file__).resolve().parents[2]

SOURCES = {
    "main.js": 'import { a, c } from "./folder/a.js";\nimport { b as d } from "./folder/b.js";\n\nconst run = () => import("./late.js");\nrun(a, c, d);\n',
    "folder/a.js": "/** A comment. */\nexport const a = 1;\nexport async function c() {}\nconst secret = 2;\n",
    "folder/b.js": 'import { a } from "./a.js";\nexport function b() {\n  return a;\n}\n',
    "late.js": 'import { a } from "./folder/a.js";\nimport { Part } from "./part.js";\nimport { strings } from "./strings.js";\nexport class Late extends Part {}\n',
    "part.js": "export class Part {}\n",
    "strings.js": "export const strings = {};\n",
    "alone.js": 'import { b } from "./folder/b.js";\nimport Other from "./other.js";\nexport default class Alone {}\n',
    "other.js": "export default class Other {}\n",
}


def join(sources: dict[str, str], *scripts: str) -> dict[str, str]:
    joined: dict[str, str] = client_bundle.Joiner(sources, scripts).join()
    return joined


def test_script_contains_imported_modules_in_order() -> None:
    files = join(SOURCES, "main.js", "late.js")
    assert files["main.js"].replace("\n", "") == (
        "const $a=(()=>{const a=1;async function c(){}const secret=2;return{a,c}})();"
        "const $b=(()=>{const{a}=$a;function b(){return a;}return{b}})();"
        'const $main=(()=>{const{a,c}=$a;const{b:d}=$b;const run=()=>import("/_everview/late.js");run(a,c,d);return{}})();'
        "export{$a,$b,$main};"
    )


def test_later_script_imports_shared_modules_from_the_first() -> None:
    files = join(SOURCES, "main.js", "late.js")
    assert files["late.js"].replace("\n", "") == (
        'import{$a}from"/_everview/main.js";import{strings}from"/_everview/strings.js";'
        "const $part=(()=>{class Part{}return{Part}})();"
        "const $late=(()=>{const{a}=$a;const{Part}=$part;class Late extends Part{}return{Late}})();"
        "export{$part,$late};export const{Late}=$late;"
    )


def test_joined_module_has_a_file_that_exports_the_same_objects() -> None:
    files = join(SOURCES, "main.js", "late.js")
    assert files["folder/a.js"] == 'import{$a}from"/_everview/main.js";export const{a,c}=$a;\n'
    assert files["part.js"] == 'import{$part}from"/_everview/late.js";export const{Part}=$part;\n'


def test_separate_module_imports_joined_modules_from_their_script() -> None:
    files = join(SOURCES, "main.js", "late.js")
    assert files["alone.js"].replace("\n", "") == (
        'import{$b}from"/_everview/main.js";const{b}=$b;import Other from"/_everview/other.js";export default class Alone{}'
    )
    assert files["other.js"] == "export default class Other{}\n"


def test_every_module_of_the_client_is_defined_once() -> None:
    files = client_bundle.bundle()
    assert set(files) == {path.relative_to(CLIENT).as_posix() for path in CLIENT.rglob("*.*")}
    scripts = {name: content.decode() for name, content in files.items() if name.endswith(".js")}
    defined = [name for text in scripts.values() for name in re.findall(r"const (\$\w+)=\(\(\)", text)]
    assert len(defined) == len(set(defined))
    for text in scripts.values():
        for variable, home in re.findall(r'import\{(\$\w+)\}from"/_everview/([\w/]+\.js)"', text):
            exported = re.search(r"export\{(.*?)\};", scripts[home])
            assert exported is not None, home
            assert variable in exported[1].split(",")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('import * as all from "./a.js";', "cannot be joined: import \\* as all"),
        ('import "./a.js";', "cannot be joined"),
        ('import b, { a } from "./a.js";', "cannot be joined"),
        ('import { a } from "/a.js";', "cannot be joined"),
        ('import { a } from "./a.js"', "cannot be joined"),
        ("import.meta.url;", "cannot be joined"),
        ("export { a };", "cannot be joined"),
        ('export * from "./a.js";', "cannot be joined"),
        ("export let a = 1;", "cannot be joined"),
        ("export const { a } = b;", "cannot be joined"),
        ("export default class A {}", "cannot be joined"),
        ("export function* a() {}", "cannot be joined"),
        ('import { a } from "./none.js";', "main.js imports none.js, which does not exist"),
        ('import { a } from "./a.js";\nimport { a as b } from "./a.js";', "main.js imports a.js twice"),
        ('import { b } from "./a.js";', "a.js does not export b"),
        ('import { c } from "./circle.js";\nexport const a = 1;', "modules import each other: main.js > circle.js > main.js"),
        ('import { a } from "./a.js";\nimport { d } from "./folder/a.js";', "two modules in main.js have the same name"),
    ],
)  # fmt: skip
def test_unknown_form_of_import_or_export_is_an_error(source: str, message: str) -> None:
    sources = {
        "main.js": source,
        "a.js": "export const a = 1;",
        "folder/a.js": "export const d = 1;",
        "circle.js": 'import { a } from "./main.js";\nexport const c = a;',
    }
    if "circle" not in message:
        del sources["circle.js"]
    with pytest.raises(client_bundle.BundleError, match=message):
        join(sources, "main.js")


def test_code_that_looks_like_an_import_is_not_changed() -> None:
    files = join({"main.js": "a.import(1); a.export = '\\nimport x';\n"}, "main.js")
    assert files["main.js"].startswith("const $main=(()=>{a.import(1);a.export='\\nimport x';")


def test_style_sheet_keeps_the_spaces_that_have_a_meaning(tmp_path: Path) -> None:
    for script in client_bundle.SCRIPTS:
        (tmp_path / script).parent.mkdir(exist_ok=True)
        (tmp_path / script).touch()
    (tmp_path / "a.css").write_text("""
    /* comment */
    .a  .b > .c,
    .d:not(.e) { margin: 0  auto; content: " {  } "; width: calc(1px + 2px); }
    @media (max-width: 3rem) and (hover) { p { color: red; } }
    .f :focus { order: 1 !important }
    """)
    assert client_bundle.bundle(tmp_path)["a.css"].decode() == (
        '.a .b>.c,.d:not(.e){margin:0 auto;content:" {  } ";width:calc(1px + 2px)}'
        "@media (max-width:3rem) and (hover){p{color:red}}.f :focus{order:1!important}"
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=TOP, check=True, capture_output=True,
    )  # fmt: skip
    (path,) = folder.iterdir()
    with zipfile.ZipFile(path) as wheel:
        yield wheel


def test_wheel_contains_the_bundle_in_place_of_the_sources(wheel: zipfile.ZipFile) -> None:
    prefix = "everview/client/"
    found = {
        name.removeprefix(prefix): wheel.read(name)
        for name in wheel.namelist()
        if name.startswith(prefix)
    }
    assert found == client_bundle.bundle()


def test_wheel_contains_one_package_and_its_metadata(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"everview"}
    assert not any("packaging" in name for name in wheel.namelist())
