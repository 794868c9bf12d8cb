"""Joined modules: order, scopes, one home for each, and clear errors for what is not known."""

from __future__ import annotations

import posixpath
import re

import pytest

from everview.server.client_bundle.files import CLIENT, FIRST, PUBLIC
from everview.server.client_bundle.joining import join
from everview.server.client_bundle.shrink import ScriptError

MAIN = 'import { b } from "./b.js";\nimport { a as other } from "./a.js";\nconst run = () => import("./late.js");\nrun(b, other);\n'
SOURCES = {
    "main": MAIN,
    "a": "export const a = 1;\nconst secret = 2;\n",
    "b": 'import { a } from "./a.js";\nexport function b() {\n  return a;\n}\n',
    "late": 'import { a } from "./a.js";\nimport Part from "./part.js";\nimport { both } from "./both.js";\nimport("./later.js");\nexport default class Late extends Part {}\nboth(a);\n',
    "later": 'import { both } from "./both.js";\nexport async function later() {}\nboth();\n',
    "part": "export default class Part {}\n",
    "both": "export const both = () => {};\n",
    "wanted": "export class Wanted {}\n",
}


def test_what_a_page_imports_is_one_script_in_order() -> None:
    scripts = join(SOURCES, "main", frozenset({"a", "wanted"}))
    assert scripts["main"] == (
        "const $a=(()=>{const a=1,secret=2;\nreturn{a}})();\n"
        "const $b=(()=>{const{a}=$a;function b(){return a}\nreturn{b}})();\n"
        'const $main=(()=>{const{b}=$b;const{a:other}=$a;const run=()=>import("./late.js");run(b,other);})();\n'
        "export{$a,$b};\n"
    )


def test_a_module_of_the_page_is_the_same_for_those_who_come_later() -> None:
    scripts = join(SOURCES, "main", frozenset({"a", "wanted"}))
    assert scripts["a"] == 'import{$a}from"./main.js";\nexport const{a}=$a;\n'
    assert scripts["late"] == (
        'import{$a}from"./main.js";\nimport{$both}from"./both.js";\n'
        "const $part=(()=>{class Part {}\nreturn{default:Part}})();\n".replace("Part {}", "Part{}")
        + 'const $late=(()=>{const{a}=$a;const{default:Part}=$part;const{both}=$both;import("./later.js");'
        "class Late extends Part{}\nboth(a);\nreturn{default:Late}})();\n"
        "export{$part};\nexport default $late.default;\n"
    )
    assert 'from"./both.js"' in scripts["later"]
    assert scripts["part"] == 'import{$part}from"./late.js";\nexport default $part.default;\n'


def test_every_module_has_one_home() -> None:
    sources = {path.relative_to(CLIENT).as_posix().removesuffix(".js"): path.read_text(encoding="utf-8") for path in CLIENT.rglob("*.js")}
    for modules in (SOURCES, sources):
        scripts = join(modules, FIRST, PUBLIC & set(modules))
        assert set(scripts) == set(modules)
        made = [name for script in scripts.values() for name in re.findall(r"^const (\$\w+)=\(", script, re.MULTILINE)]
        assert sorted(made) == sorted(f"${name.rpartition('/')[2]}" for name in modules)
        for module, script in scripts.items():
            for names, place in re.findall(r'^import\{(.*?)\}from"(\.[\w./]+)\.js"', script, re.MULTILINE):
                home = posixpath.normpath(posixpath.join(posixpath.dirname(module), place))
                given = re.search(r"^export\{(.*?)\};", scripts[home], re.MULTILINE)
                assert given and set(names.split(",")) <= set(given[1].split(","))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('import * as all from "./a.js";', "'*' in an import or export"),
        ('import "./a.js";', "'\"./a.js\"' in an import or export"),
        ('import a, { b } from "./a.js";', "where from was expected"),
        ('import { "x" as a } from "./a.js";', "where a name was expected"),
        ('import { a } from "/a.js";', 'is not imported as a plain "./name.js"'),
        ('import { a } from "./a.js"', "where ; was expected"),
        ('import { a } from "./a.js" with { type: "json" };', "'with'"),
        ("import(`./${a}.js`);", 'is not imported as a plain "./name.js"'),
        ("import.meta.url;", "'.' in an import or export"),
        ("export { a };", "'{' in an import or export"),
        ('export * from "./a.js";', "'*' in an import or export"),
        ("export let a = 1;", "'let'"),
        ("export var a = 1;", "'var'"),
        ("export const { a } = b;", "where a name was expected"),
        ("export const a = 1, b = 2;", "one constant at a time"),
        ("export function* a() {}", "'*'"),
        ("{ export const a = 1; }", "export in a block"),
        ('import { b } from "./a.js";', "a.js does not export {'b'}"),
        ('import { a } from "./none.js";', "main.js imports none.js, which is not there"),
        ('import { a } from "./a.js";\nimport { a as c } from "./a.js";', "a.js is imported twice"),
        ('import { c } from "./circle.js";\nexport const a = 1;', "modules import each other: main > circle > main"),
        ("const $main = 1;", "$main is the name of the module itself"),
    ],
)
def test_forms_that_are_not_known_are_errors(source: str, said: str) -> None:
    sources = {
        "main": source,
        "a": "export const a = 1;",
        "circle": 'import { a } from "./main.js";\nexport const c = a;',
    }
    if "circle" not in said:
        del sources["circle"]
    with pytest.raises(ScriptError) as raised:
        join(sources, "main", frozenset())
    assert said in str(raised.value)


def test_words_that_only_look_like_imports() -> None:
    sources = {"main": "a.import(1); a.export = '\\nimport x'; `\nexport { ${x} }`; // import y\n"}
    assert join(sources, "main", frozenset())["main"] == (
        "const $main=(()=>{a.import(1);a.export='\\nimport x';`\nexport { ${x} }`;})();\n"
    )
