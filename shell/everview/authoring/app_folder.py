"""`AppFolder`: a folder with an app, described by ``[tool.everview]`` in its pyproject.toml.

    [tool.everview]
    entry = "my_app:app"          # required: module and attribute, importable from the folder
    name = "my-app"               # required: the name of the app's data folder
    id = "org.example.MyApp"      # reverse domain name, for the desktop
    title = "My app"              # for windows without a title of their own
    version = "1.0"
    icon = "icon.svg"             # an SVG or PNG file, relative to the folder
    command = "my-app"            # the name of the program when the app is packaged
    files = ["data/words.txt"]    # further files of a package, relative to the folder

The table ``[tool.everview]`` applies to the `App` in the module that its key ``entry`` names, or in
the top-level package of that module. It does not apply to an App in any other file below the
folder.

This module does not import the app; see ``everview.application.loading``.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from everview.errors import AppTableError

FILE = "pyproject.toml"


class AppTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table ``[tool.everview]``. An empty string means that the key is missing."""

    entry: str
    name: str
    id: str = ""
    title: str = ""
    version: str = ""
    icon: str = ""
    command: str = ""
    files: tuple[str, ...] = ()


#: Maps each key of the table to a regular expression that its value must match, and to a
#: description of valid values for error messages.
_RULES = {
    "entry": (
        r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*",
        "a module and an attribute, such as 'my_app:app'",
    ),
    "name": (
        r"[a-z0-9][a-z0-9_.-]{0,60}",
        "made of the characters a-z, 0-9, '-', '_', '.', and start with a letter or digit",
    ),
    "id": (
        r"([A-Za-z][\w-]*(\.[A-Za-z][\w-]*)+)?",
        "a reverse domain name, such as 'org.example.MyApp'",
    ),
    "command": (
        r"([A-Za-z0-9][\w.-]*)?",
        "the name of a program, made of letters, digits, '-', '_' and '.'",
    ),
}


@dataclass(frozen=True)
class AppFolder:
    """The folder of an app, with its table ``[tool.everview]``."""

    path: Path
    table: AppTable

    @property
    def module(self) -> str:
        """The name of the module that creates the app."""
        return self.table.entry.partition(":")[0]

    @property
    def attribute(self) -> str:
        """The name of the variable that contains the app, in the app's module."""
        return self.table.entry.partition(":")[2]

    def describes(self, script: Path) -> bool:
        """Whether the table ``[tool.everview]`` is about an `App` in the file ``script``."""
        top = self.path / self.module.partition(".")[0]
        # Paths are compared without their suffixes, because a packaged app has .pyc files.
        return script.with_suffix("") == top or top in script.parents


def read_app_folder(path: Path) -> AppFolder | None:
    """Read the table ``[tool.everview]`` of a folder.

    Returns:
        The folder, or None if it has no pyproject.toml or that file has no ``[tool.everview]``.

    Raises:
        AppTableError: The file or the table is malformed.
    """
    file = path / FILE
    try:
        changed = file.stat().st_mtime_ns
    except OSError:
        return None
    table = _read_table(file, changed)
    return AppFolder(path, table) if table is not None else None


def find_app_folder(start: Path) -> AppFolder | None:
    """Find the nearest app folder, from the folder ``start`` upwards.

    Raises:
        AppTableError: The table of a visited folder is malformed.
    """
    for path in (start, *start.parents):
        if (found := read_app_folder(path)) is not None:
            return found
    return None


@functools.lru_cache(maxsize=64)
def _read_table(file: Path, changed: int) -> AppTable | None:
    """Read a table. ``changed`` (the modification time of the file) is only a key of the cache."""
    import tomllib  # An app without a pyproject.toml does not need this import.

    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("everview")
    except (OSError, ValueError, AttributeError) as error:
        raise AppTableError(f"{file} cannot be read: {error}") from error
    if table is None:
        return None
    try:
        found = msgspec.convert(table, AppTable)
    except msgspec.ValidationError as error:
        raise AppTableError(f"{file}: the table [tool.everview] is wrong: {error}") from error
    for name, (pattern, description) in _RULES.items():
        value = getattr(found, name)
        if not re.fullmatch(pattern, value):
            raise AppTableError(f"{file}: [tool.everview] {name} = {value!r} must be {description}")
    for name in filter(None, (found.icon, *found.files)):
        if not (file.parent / name).exists():
            raise AppTableError(f"{file}: [tool.everview] lists {name!r}, which does not exist")
    return found
