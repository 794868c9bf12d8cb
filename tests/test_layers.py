"""The layers of the architecture, checked with the imports in the source.

Imports below ``if TYPE_CHECKING:`` and inside functions count, too. There are no exceptions.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: The layers from bottom to top. A module may import its own layer and layers on earlier lines.
#: Layers on the same line do not import each other.
LAYERS = [
    {"addresses", "errors", "i18n", "process", "progress", "search_path", "version"},
    {"html"},
    {"widgets", "runtime"},
    {"authoring", "state"},
    {"server", "desktop"},
    {"application"},
    {"dev", "testing"},
    {"cli"},
    # `everview/__init__.py` re-exports names; `__main__` is run by ``python -m everview``.
    {"", "__main__"},
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
#: Libraries that only one layer may import.
ONLY_IN = {"webview": "desktop", "aiohttp": "server", "sqlite3": "state"}
#: Modules that the pure layers must not import, because these layers use neither sockets nor
#: clocks.
IMPURE = {"time", "socket", "sqlite3", "subprocess", "select", "selectors", "multiprocessing"}
#: Names in ``threading`` that start threads. Locks are allowed.
IMPURE_THREADING = {"Thread", "Timer"}


@dataclass(frozen=True)
class Import:
    """An import of ``name`` in ``module``. If ``deferred`` is true, it is inside a function."""

    module: str
    name: str
    deferred: bool
    line: int


def modules(folder: str = "shell/everview") -> dict[str, Path]:
    """Return the files of all modules below a folder, by module name."""
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to((ROOT / folder).parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(module: str, path: Path, known: dict[str, Path]) -> list[Import]:
    """Return the imports of a module. ``from package import module`` is an import of ``module``."""
    found: list[Import] = []

    def visit(node: ast.AST, deferred: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend(Import(module, a.name, deferred, child.lineno) for a in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}:{child.lineno}: relative import"
                base = child.module or ""
                for alias in child.names:
                    name = f"{base}.{alias.name}"
                    found.append(
                        Import(module, name if name in known else base, deferred, child.lineno)
                    )
            inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            visit(child, deferred or inside)

    visit(ast.parse(path.read_text()), False)
    return found


def all_imports(folder: str = "shell/everview") -> list[Import]:
    known = modules(folder)
    return [i for module, path in known.items() for i in imports_of(module, path, known)]


def layer(module: str) -> str:
    return [*module.split("."), ""][1]


def wrong_layers(imports: list[Import]) -> list[str]:
    wrong = []
    for found in imports:
        if found.name.partition(".")[0] != "everview":
            continue
        of, what = layer(found.module), layer(found.name)
        if what != of and RANK[what] >= RANK[of]:
            wrong.append(f"{found.module}:{found.line} imports {found.name}")
    return wrong


def cycles(  # noqa: C901  (one algorithm, as in textbooks)
    imports: list[Import], known: dict[str, Path]
) -> list[list[str]]:
    """Return groups of modules that import each other (Tarjan's strongly connected components)."""
    graph: dict[str, set[str]] = {module: set() for module in known}
    for found in imports:
        if found.name in known:
            graph[found.module].add(found.name)
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def connect(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in graph[module]:
            if other not in index:
                connect(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1 or module in graph[module]:
                groups.append(sorted(group))

    for module in graph:
        if module not in index:
            connect(module)
    return groups


def impure(path: Path) -> list[str]:
    """Return the lines in which a module starts a thread, or uses a socket or a clock."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").partition(".")[0]]
            if node.module in ("threading", "_thread", "datetime"):
                used = {alias.name for alias in node.names} & (IMPURE_THREADING | {"datetime"})
                found += [f"{path}:{node.lineno}: {name}" for name in used]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            if name in {"threading.Thread", "threading.Timer", "datetime.now", "asyncio.to_thread"}:
                found.append(f"{path}:{node.lineno}: {name}")
        found += [f"{path}:{node.lineno}: {name}" for name in names if name in IMPURE]
    return found


def private_names(tree: ast.AST) -> set[str]:
    """Return the functions, classes and attributes of a module that begin with one underscore."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                names.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)  # an entry of ``__slots__``
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


#: The modules of these packages may use each other's private names, as their docstrings say.
ONE_CONCEPT = ("everview.html.tree",)


def private_uses(known: dict[str, Path]) -> list[str]:
    """Uses of private names of another module: ``module:line object._name``.

    Names of the standard library, such as ``sys._getframe``, are not counted.
    """
    trees = {module: ast.parse(path.read_text()) for module, path in known.items()}
    own = {module: private_names(tree) for module, tree in trees.items()}
    for package in ONE_CONCEPT:
        inside = [module for module in own if f"{module}.".startswith(f"{package}.")]
        shared = set().union(*(own[module] for module in inside))
        own.update(dict.fromkeys(inside, shared))
    found = []
    for module, tree in trees.items():
        for node in ast.walk(tree):
            if (
                not isinstance(node, ast.Attribute)
                or not node.attr.startswith("_")
                or node.attr.startswith("__")
                or node.attr in own[module]
            ):
                continue
            of = ast.unparse(node.value)
            if of not in ("self", "cls", "super()") and of not in sys.stdlib_module_names:
                found.append(f"{module}:{node.lineno} {of}.{node.attr}")
    return found


def test_no_module_uses_private_names_of_another() -> None:
    found = private_uses(modules())
    assert not found, "\n" + "\n".join(found)


def test_imports_go_down_only() -> None:
    assert wrong_layers(all_imports()) == []


def test_every_module_has_a_layer() -> None:
    assert {layer(module) for module in modules()} <= set(RANK)


def test_imports_have_no_cycles() -> None:
    known = modules()
    assert cycles(all_imports(), known) == []


def test_modules_do_not_import_the_package_that_contains_them() -> None:
    """If a module imports its own package and the package imports the module, there is a cycle."""
    known = modules()
    packages = {name for name, path in known.items() if path.name == "__init__.py"} - {"everview"}
    inside = [f"{i.module}:{i.line} imports {i.name}" for i in all_imports()
              if i.name in packages and i.module.startswith(i.name + ".")  ]  # fmt: skip
    assert inside == []


@pytest.mark.parametrize(("library", "only"), ONLY_IN.items())
def test_webview_aiohttp_and_sqlite3_are_each_imported_by_one_layer_only(
    library: str, only: str
) -> None:
    users = {f"{i.module}:{i.line}" for i in all_imports()
             if i.name.partition(".")[0] == library and layer(i.module) != only}  # fmt: skip
    assert users == set()


def test_shipped_views_import_only_the_authors_api() -> None:
    public = {"everview", "everview.html", "everview.widgets", "everview.i18n", "everview.errors"}
    assert [f"{i.module}:{i.line} imports {i.name}" for i in all_imports("views")
            if i.name.startswith("everview") and i.name not in public] == []  # fmt: skip


@pytest.mark.parametrize("of", ["html", "runtime"])
def test_pure_layers_start_no_thread_and_read_no_clock(of: str) -> None:
    found = [line for module, path in modules().items() if layer(module) == of
             for line in impure(path)]  # fmt: skip
    assert found == []


def test_packaging_folder_is_not_a_package() -> None:
    """A package named "packaging" would hide the PyPI project that build tools import."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def shared_wrongly(imports: list[Import]) -> list[str]:
    """Return each import of a test or conftest module. Shared helpers belong in tests/support."""
    wrong = []
    for found in imports:
        parts = found.name.split(".")
        if parts[0] == "tests" and (parts[-1].startswith("test_") or parts[-1] == "conftest"):
            wrong.append(f"{found.module}:{found.line} imports {found.name}")
    return wrong


def helper_modules(folder: Path) -> list[str]:
    """Return the modules below a folder that are neither tests nor fixtures nor in ``support``."""
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*.py"))
        if path.relative_to(folder).parts[0] != "support"
        and not path.name.startswith("test_")
        and path.name not in {"__init__.py", "conftest.py"}
    ]


#: These modules are programs that a person runs: the fuzzer with its targets, and a generator.
PROGRAMS = ("security/fuzz/", "security/make_payloads.py")


def test_test_modules_are_not_imported() -> None:
    assert shared_wrongly(all_imports("tests")) == []


def test_helpers_of_tests_are_in_support_only() -> None:
    found = helper_modules(ROOT / "tests")
    assert [path for path in found if not path.startswith(PROGRAMS)] == []


def test_each_check_of_the_layers_reports_a_violation(tmp_path: Path) -> None:
    """Each check in this file gets code with a violation, and must report this violation."""
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "import time\n"
        "from typing import TYPE_CHECKING\n"
        "import threading\n"
        "if TYPE_CHECKING:\n"
        "    from everview.server.server import Server\n"
        "def later():\n"
        "    import aiohttp\n"
        "    threading.Thread()\n"
    )
    found = imports_of("everview.runtime.wrong", wrong, {})
    assert [i.name for i in found if i.deferred] == ["aiohttp"]
    assert wrong_layers(found) == ["everview.runtime.wrong:5 imports everview.server.server"]
    assert len(impure(wrong)) == 2
    pair = [Import("a", "b", False, 1), Import("b", "c", False, 1), Import("c", "a", False, 1)]
    assert cycles(pair, dict.fromkeys("abc", wrong)) == [["a", "b", "c"]]
    assert cycles(pair[:2], dict.fromkeys("abc", wrong)) == []
    names = ["tests.b.test_c", "tests.support.b"]
    shared = [Import("tests.a", name, False, line) for line, name in enumerate(names, 1)]
    assert shared_wrongly(shared) == ["tests.a:1 imports tests.b.test_c"]
    (tmp_path / "support").mkdir()
    for name in ("conftest.py", "test_a.py", "support/b.py"):
        (tmp_path / name).touch()
    assert helper_modules(tmp_path) == ["wrong.py"]


def test_server_imports_no_unneeded_package_before_its_first_page() -> None:
    code = (
        "import sys, aiohttp.web; before = set(sys.modules);"
        "import everview, everview.html, everview.server.server;"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "shell", check=True, capture_output=True, text=True
    ).stdout
    ours = {"everview", "__mp_main__"}  # ``__mp_main__`` is an alias of ``__main__``
    assert set(found.split()) - ours - sys.stdlib_module_names == {"msgspec", "websockets"}
