"""`join`: the client's modules, joined into few scripts by the server: there is no build step.

What the page imports statically becomes one script, ``main.js``; what it imports on first use
(``import("./menu.js")``) one each, together with what only that needs; what several of those need
stays a script of its own. In a script each module has a scope of its own, a function that is called
once, in the order of imports:

    const $tree = (() => { ...; return { Misfit, Tree } })();
    export { $tree };

A module exists once, whoever asks for it: the URL of each one that was joined re-exports it from
where it is (``widget.js``, for authors), and other scripts take it from there too.

Only the forms of import and export that the client uses are known; any other is a `ScriptError`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from everview.server.client_bundle.shrink import QUIET, ScriptError, Token, scan, shrink

_NAME = re.compile(r"(\.\.?/[a-z_/]+)\.js")
_OPENING = ("(", "[", "{")
_CLOSING = (")", "]", "}")
_DECLARED = ("class", "function", "async", "const")


@dataclass
class Module:
    """One source: what it imports, what it exports, and the rest."""

    name: str
    source: str
    #: Of each module imported: ``{name there: name here}``.
    imports: dict[str, dict[str, str]] = field(default_factory=dict)
    #: What is imported on first use.
    late: list[str] = field(default_factory=list)
    #: ``{name outside: name inside}``
    exports: dict[str, str] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            _Reader(self).read()
        except ScriptError as error:
            raise ScriptError(f"{self.name}.js: {error}") from None

    @property
    def variable(self) -> str:
        """What it is in a joined script."""
        return _variable(self.name)

    @cached_property
    def scope(self) -> str:
        """The module as a function that is called once."""
        takes = "".join(_take(name, names) for name, names in self.imports.items())
        gives = ",".join(_pair(here, there, ":") for there, here in self.exports.items())
        end = f"\nreturn{{{gives}}}" if gives else ""
        return f"const {self.variable}=(()=>{{{takes}{shrink(self.tokens)}{end}}})();\n"


def _pair(inside: str, outside: str, mark: str) -> str:
    return inside if inside == outside else f"{outside}{mark}{inside}"


def _variable(name: str) -> str:
    """What the module ``folder/name`` is in a joined script."""
    return "$" + posixpath.basename(name)


def _take(name: str, names: Mapping[str, str]) -> str:
    """The line that has the names of an import."""
    pairs = ",".join(_pair(here, there, ":") for there, here in names.items())
    return f"const{{{pairs}}}={_variable(name)};"


class _Reader:
    """Takes imports and exports out of a module's tokens."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.tokens = scan(module.source)
        self.at = 0
        #: In ``export const x = ...``
        self.in_constant = False

    def read(self) -> None:
        depth = 0
        tokens, kept = self.tokens, self.module.tokens
        while self.at < len(tokens):
            kind, text = token = tokens[self.at]
            if kind == "word" and text in ("import", "export") and not self.is_member(kept):
                self.read_form(text, depth)
                continue
            if text == self.module.variable:
                raise ScriptError(f"{text} is the name of the module itself")
            if kind == "template":
                depth += text.endswith("${") - text.startswith("}")
            else:
                depth += (text in _OPENING) - (text in _CLOSING)
            if depth == 0:
                self.check_constant(text)
            kept.append(token)
            self.at += 1

    def read_form(self, word: str, depth: int) -> None:
        """An import or an export, from its first word on."""
        start = self.at
        self.at += 1
        if word == "import" and self.peek().text == "(":
            self.read_late()
            self.at = start + 1
            self.module.tokens.append(self.tokens[start])
        elif depth:
            raise ScriptError(f"{word} in a block")
        elif word == "import":
            self.read_import()
        else:
            self.read_export()

    def check_constant(self, text: str) -> None:
        """``export const a = 1, b = 2`` is not known."""
        if text == ";":
            self.in_constant = False
        elif text == "," and self.in_constant:
            raise ScriptError("export one constant at a time")

    @staticmethod
    def is_member(before: list[Token]) -> bool:
        return bool(before) and before[-1].text == "."

    def peek(self) -> Token:
        """The next token that counts."""
        while self.at < len(self.tokens) and self.tokens[self.at].kind in QUIET:
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else Token("mark", "")

    def take(self, *expected: str) -> str:
        """The text of the next token that counts; it has to be one of those expected, if any."""
        token = self.peek()
        self.at += 1
        if (expected and token.text not in expected) or (not expected and token.kind != "word"):
            raise ScriptError(
                f"{token.text!r} in an import or export, where {' or '.join(expected) or 'a name'}"
                " was expected: this form is not known to client_bundle/joining.py"
            )
        return token.text

    def take_module(self) -> str:
        """The name in ``"./name.js"``."""
        token = self.peek()
        self.at += 1
        found = _NAME.fullmatch(token.text[1:-1]) if token.kind == "string" else None
        if found is None:
            raise ScriptError(f'{token.text} is not imported as a plain "./name.js"')
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.module.name), found[1]))

    def read_late(self) -> None:
        """Note what is imported on first use; the tokens stay as they are."""
        self.take("(")
        if self.peek().kind != "word":  # a variable: the URL of an author's module
            self.module.late.append(self.take_module())
            self.take(")")

    def read_import(self) -> None:
        names: dict[str, str] = {}
        if self.peek().kind == "word":
            names["default"] = self.take()
        else:
            self.take("{")
            while self.peek().text != "}":
                name = self.take()
                names[name] = name
                if self.peek().text == "as":
                    self.take("as")
                    names[name] = self.take()
                if self.peek().text != "}":
                    self.take(",")
            self.take("}")
        self.take("from")
        name = self.take_module()
        self.take(";")
        if name in self.module.imports:
            raise ScriptError(f"{name}.js is imported twice")
        self.module.imports[name] = names

    def read_export(self) -> None:
        """``export class X``, ``function``, ``const x =``; ``default`` with a class or a value."""
        is_default = self.peek().text == "default"
        if is_default:
            self.take("default")
            if self.peek().text not in ("class", "function"):
                self.module.tokens += scan("const $default=")
                self.module.exports["default"] = "$default"
                return
        start = self.at
        kind = self.take(*_DECLARED)
        if kind == "async":
            self.take("function")
        name = self.take()
        if kind == "const":
            if self.peek().text != "=":
                self.take("=")
            self.in_constant = True
        self.module.exports["default" if is_default else name] = name
        self.module.tokens += self.tokens[start : self.at]


def join(sources: Mapping[str, str], first: str, public: frozenset[str]) -> dict[str, str]:
    """The scripts to serve, by their names: one for each of the ``sources``, joined or a reference.

    ``first`` is what the page loads; ``public`` are those that others import by their URLs.
    """
    modules = {name: Module(name, source) for name, source in sources.items()}
    for module in modules.values():
        for name in [*module.imports, *module.late]:
            if name not in modules:
                raise ScriptError(f"{module.name}.js imports {name}.js, which is not there")
            unknown = set(module.imports.get(name, ())) - set(modules[name].exports)
            if unknown:
                raise ScriptError(f"{module.name}.js: {name}.js does not export {unknown}")
    homes = _homes(modules, first, public)
    scripts = {home: _script(modules, homes, home) for home in set(homes.values())}
    for name, home in homes.items():
        if name != home:
            scripts[name] = _reference(modules[name], home)
    return scripts


def _homes(modules: dict[str, Module], first: str, public: frozenset[str]) -> dict[str, str]:
    """For every module, the script it is in."""
    of_first = _closure(modules, first, frozenset())
    heads = {first} | {name for module in modules.values() for name in module.late}
    heads = (heads | public) - (set(of_first) - {first})
    homes: dict[str, str] = {}
    while len(homes) < len(modules):
        homes = dict.fromkeys(of_first, first)
        for head in sorted(heads - {first}):
            for name in _closure(modules, head, frozenset(heads | set(of_first)) - {head}):
                # What two need is a script of its own, with what only it needs.
                if homes.setdefault(name, head) != head:
                    heads.add(name)
                    homes = {}
                    break
            if not homes:
                break
        else:
            # Nothing asks for the rest; whoever does gets it.
            heads |= set(modules) - set(homes)
    return homes


def _closure(modules: dict[str, Module], start: str, stop: frozenset[str]) -> list[str]:
    """``start`` and what it imports, in the order in which they run; nothing of ``stop``."""
    done: list[str] = []
    path: list[str] = []

    def visit(name: str) -> None:
        if name in path:
            raise ScriptError(f"modules import each other: {' > '.join([*path, name])}")
        if name in stop or name in done:
            return
        path.append(name)
        for imported in modules[name].imports:
            visit(imported)
        done.append(path.pop())

    visit(start)
    return done


def _script(modules: dict[str, Module], homes: dict[str, str], home: str) -> str:
    inside = _closure(modules, home, frozenset(name for name in homes if homes[name] != home))
    outside: dict[str, list[str]] = {}
    for name in inside:
        for imported in modules[name].imports:
            place = outside.setdefault(homes[imported], [])
            if homes[imported] != home and imported not in place:
                place.append(imported)
    head = "".join(
        f'import{{{",".join(map(_variable, names))}}}from"{_relative(home, place)}";\n'
        for place, names in outside.items()
        if names
    )
    asked = {name for module in modules.values() for name in module.imports}
    gives = ",".join(
        modules[name].variable for name in inside if modules[name].exports and name in asked
    )
    end = f"export{{{gives}}};\n" if gives else ""
    return head + "".join(modules[name].scope for name in inside) + end + _exports(modules[home])


def _relative(module: str, imported: str) -> str:
    """How ``module`` addresses ``imported``."""
    path = posixpath.relpath(imported, posixpath.dirname(module) or ".")
    return f"{path}.js" if path.startswith(".") else f"./{path}.js"


def _exports(module: Module) -> str:
    """The module's own exports, for those who import it by its URL."""
    lines = ""
    names = [name for name in module.exports if name != "default"]
    if names:
        lines += f"export const{{{','.join(names)}}}={module.variable};\n"
    if "default" in module.exports:
        lines += f"export default {module.variable}.default;\n"
    return lines


def _reference(module: Module, home: str) -> str:
    return (
        f'import{{{module.variable}}}from"{_relative(module.name, home)}";\n{_exports(module)}'
    )
