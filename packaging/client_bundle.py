"""Joins and minifies the client (``shell/everview/client``) for wheels and for PyInstaller.

    python packaging/client_bundle.py FOLDER     write the bundle into FOLDER
    python packaging/client_bundle.py --pairs    print each script and its minified text as JSON

A page of the bundle is live after four requests: the page, one script, one style sheet, the link.
If a checkout serves its sources instead, a page needs some 30 requests. The addresses are the same
in both cases: ``main.js`` is the script of the page, and every module can be imported by its path.

The hatch hook (``hatch_build.py``), ``build.spec``, the tests and the benchmarks each write their
own bundle, which takes a few milliseconds. The app never writes one. ``EVERVIEW_CLIENT`` names the
folder of a bundle to serve instead of the sources.

A script contains a module of ``SCRIPTS`` and its static imports, except for modules in an earlier
script. Inside a script each module is a function with its own scope. The functions are called once,
in the order of the imports::

    const $tree = (() => { ...; return { Replica } })();
    export { $tree };

The bundle also has a file for each joined module, which exports the same objects. Therefore a
module exists only once, even if it is imported from both addresses. A module that is in no script
has a file of its own.

esbuild and Rollup would need Node.js on each machine that builds the package from its sources. The
client uses two forms of ``import`` and one of ``export``, each at the start of a line. This module
handles only these and rejects others. `rjsmin` and `rcssmin` remove comments and spaces. A
tokenizer of our own made the script 1.8 % smaller, but had 250 lines.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import rcssmin
import rjsmin

SOURCES = Path(__file__).resolve().parents[1] / "shell" / "everview" / "client"
#: The joined scripts. The page loads the first script at once, the second one after the view is
#: shown, and the third one with the first widget.
SCRIPTS = ("main.js", "chrome/commands.js", "replica/widgets.js")
#: The path of the translated texts. The server replaces this file, so it is in no script.
TEXTS = "strings.js"
#: The address of the client on the server.
PREFIX = "/_everview/"

_IMPORT = re.compile(r'^import (?P<names>\w+|\{[\w, ]+\}) from "(?P<path>\.[^"]*)";$', re.MULTILINE)
_LATE_IMPORT = re.compile(r'\bimport\("(?P<path>\.[^"]*)"\)')
_EXPORT = re.compile(
    r"^export (?P<code>(?:class|const|function|async function) (?P<name>\w+))", re.MULTILINE
)
_OTHER_FORM = re.compile(r"^(?:import\b(?!\()|export\b).*", re.MULTILINE)


class BundleError(Exception):
    """The client uses a form of import or export that cannot be joined."""


@dataclass
class Module:
    """A module of the client. Its path is relative to the client's folder."""

    path: str
    source: str

    @property
    def variable(self) -> str:
        """The variable of a joined script that contains the exports of this module."""
        return "$" + posixpath.basename(self.path).removesuffix(".js")

    @property
    def imports(self) -> dict[str, str]:
        """The names that this module imports statically, by the path of the imported module."""
        found: dict[str, str] = {}
        for match in _IMPORT.finditer(self.source):
            path = self.resolve(match["path"])
            if path in found:
                raise BundleError(f"{self.path} imports {path} twice")
            found[path] = match["names"]
        return found

    @property
    def exports(self) -> str:
        """The exported names in the syntax of a destructuring pattern: ``{a,b}``."""
        names = [found["name"] for found in _EXPORT.finditer(self.source)]
        return "{" + ",".join(names) + "}"

    def resolve(self, path: str) -> str:
        """Return the path of the module that is imported as ``./name.js`` or ``../name.js``."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.path), path))


class Joiner:
    """Joins modules into scripts. ``scripts`` has the format of `SCRIPTS`."""

    def __init__(self, sources: Mapping[str, str], scripts: tuple[str, ...] = SCRIPTS) -> None:
        self.modules = {path: Module(path, source) for path, source in sources.items()}
        for module in self.modules.values():
            for path, names in module.imports.items():
                if path not in self.modules:
                    raise BundleError(f"{module.path} imports {path}, which does not exist")
                exported = self.modules[path].exports
                for name in re.findall(r"(\w+)(?: as \w+)?", names if names[0] == "{" else ""):
                    if name not in re.findall(r"\w+", exported):
                        raise BundleError(f"{module.path}: {path} does not export {name}")
        #: The modules of each script, in the order in which they run.
        self.scripts: dict[str, list[Module]] = {}
        #: The path of the script that contains a module, by the path of the module.
        self.homes: dict[str, str] = {}
        for script in scripts:
            self.scripts[script] = []
            self._add(script, script, ())

    def join(self) -> dict[str, str]:
        """Return the files of the bundle by path: the scripts, and a file for each module."""
        files = {}
        for path, module in self.modules.items():
            home = self.homes.get(path)
            if home is None:
                files[path] = self._separate(module)
            elif home == path:
                files[path] = self._script(path)
            else:
                files[path] = _import(module.variable, home) + self._named_exports(module)
        return {path: rjsmin.jsmin(text) + "\n" for path, text in files.items()}

    def _add(self, path: str, script: str, importers: tuple[str, ...]) -> None:
        """Add a module to a script, after the modules that it imports."""
        if path in importers:
            raise BundleError(f"modules import each other: {' > '.join([*importers, path])}")
        if path in self.homes or path == TEXTS:
            return
        for imported in self.modules[path].imports:
            self._add(imported, script, (*importers, path))
        self.homes[path] = script
        self.scripts[script].append(self.modules[path])

    def _script(self, path: str) -> str:
        """Return the text of a script: imports from other scripts, the joined modules, exports."""
        modules = self.scripts[path]
        variables = ",".join(module.variable for module in modules)
        if len({module.variable for module in modules}) < len(modules):
            raise BundleError(f"two modules in {path} have the same name: {variables}")
        head: list[str] = []
        body = ""
        for module in modules:
            begin = ""
            for imported, names in module.imports.items():
                home = self.homes.get(imported)
                if home is None:
                    head.append(f'import {names} from "{PREFIX}{imported}";\n')
                    continue
                variable = self.modules[imported].variable
                if home != path:
                    head.append(_import(variable, home))
                begin += _destructure(names, variable)
            code = _EXPORT.sub(r"\g<code>", _IMPORT.sub("", self._absolute(module)))
            _reject_other_forms(module, code)
            body += (
                f"const {module.variable}=(()=>{{{begin}{code}\nreturn{module.exports}}})();\n"
            )
        return (
            "".join(dict.fromkeys(head))
            + body
            + f"export{{{variables}}};\n"
            + self._named_exports(self.modules[path])
        )

    def _separate(self, module: Module) -> str:
        """Return the text of a module that is in no script.

        This module imports joined modules from their scripts.
        """

        def rewrite(found: re.Match[str]) -> str:
            imported = module.resolve(found["path"])
            home = self.homes.get(imported)
            if home is None:
                return f'import {found["names"]} from "{PREFIX}{imported}";'
            variable = self.modules[imported].variable
            return _import(variable, home) + _destructure(found["names"], variable)

        return _IMPORT.sub(rewrite, self._absolute(module))

    def _absolute(self, module: Module) -> str:
        """Return the source with absolute addresses in dynamic imports."""
        return _LATE_IMPORT.sub(
            lambda found: f'import("{PREFIX}{module.resolve(found["path"])}")', module.source
        )

    @staticmethod
    def _named_exports(module: Module) -> str:
        if module.exports == "{}":
            return ""
        return f"export const{module.exports}={module.variable};\n"


def _import(variable: str, home: str) -> str:
    return f'import{{{variable}}}from"{PREFIX}{home}";\n'


def _destructure(names: str, variable: str) -> str:
    """Return a statement that defines local names for the exports of a joined module."""
    return f"const{names.replace(' as ', ':')}={variable};\n"


def _reject_other_forms(module: Module, code: str) -> None:
    """Raise an error if a form of import or export was not recognized."""
    if found := _OTHER_FORM.search(code):
        raise BundleError(f"{module.path}: this form cannot be joined: {found[0]}")


def bundle(folder: Path = SOURCES) -> dict[str, bytes]:
    """Return the files of the bundle by path."""
    scripts: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*.*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".js":
            scripts[name] = path.read_text(encoding="utf-8")
        elif path.suffix == ".css":
            files[name] = rcssmin.cssmin(path.read_text(encoding="utf-8")).encode()
        else:
            files[name] = path.read_bytes()
    joined = Joiner(scripts).join()
    return files | {name: text.encode() for name, text in joined.items()}


def write(target: Path) -> Path:
    """Empty the folder ``target``, write the bundle into it, and return ``target``."""
    shutil.rmtree(target, ignore_errors=True)
    for name, content in bundle().items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return target


def pairs() -> dict[str, tuple[str, str]]:
    """Return the joined source and the minified text of each script, by path."""
    sources = {
        path.relative_to(SOURCES).as_posix(): path.read_text(encoding="utf-8")
        for path in SOURCES.rglob("*.js")
    }
    return {name: (source, rjsmin.jsmin(source)) for name, source in sources.items()}


if __name__ == "__main__":
    if sys.argv[1] == "--pairs":
        sys.stdout.write(json.dumps(pairs()))
    else:
        write(Path(sys.argv[1]))
