"""Import the app of a folder or of a single file.

The imported module has its real name. A child process of `View.run_in_process` can therefore
import it again.

Threads: the main thread.
"""

from __future__ import annotations

import importlib
import importlib.util
import traceback
from pathlib import Path
from types import ModuleType

from everview.authoring.app import App
from everview.authoring.app_folder import FILE, AppFolder, read_app_folder
from everview.errors import AppTableError, CommandError, EverviewError
from everview.search_path import add_app_folder


def app_folder_at(path: Path) -> AppFolder:
    """Read the app folder at ``path``. Raises `CommandError` if ``path`` is not an app folder."""
    if not path.is_dir():
        raise CommandError(f"there is no folder {str(path)!r}")
    folder = read_app_folder(path.absolute())
    if folder is None:
        raise CommandError(
            f"{path} is not the folder of an app: it needs a {FILE} with a table [tool.everview]"
        )
    return folder


def load_folder(folder: AppFolder) -> App:
    """Import the app of an app folder, as its table ``[tool.everview]`` specifies.

    Raises:
        CommandError: The entry does not exist or is not an `App`, or its module raised an error.
        AppTableError: The `App` was created in a file that the table does not describe.
    """
    add_app_folder(folder.path)
    if importlib.util.find_spec(folder.module.partition(".")[0]) is None:
        raise CommandError(f"{folder.path / FILE}: this folder has no module {folder.module!r}")
    module = _import(folder.module, folder.path)
    app = getattr(module, folder.attribute, None)
    if not isinstance(app, App):
        raise CommandError(
            f"{folder.path / FILE}: {folder.attribute!r} in the module {folder.module!r} is not an "
            f"App: write '{folder.attribute} = App(__file__)' there"
        )
    if app.folder is None:
        raise AppTableError(
            f"{folder.path / FILE} does not describe the App in {app.script_path}: write "
            f"'App(__file__)' in a file of {folder.module.partition('.')[0]!r}"
        )
    return app


def load_file(path: Path) -> App:
    """Import the app of a single file.

    Raises:
        CommandError: The file does not exist, contains no `App`, or raised an error.
    """
    if not path.is_file():
        raise CommandError(f"there is no file {str(path)!r}: give the path of a Python file")
    file, name = path.resolve(), path.stem
    add_app_folder(file.parent)
    spec = importlib.util.find_spec(name) if "." not in name else None
    if spec is None or spec.origin is None or Path(spec.origin).resolve() != file:
        raise CommandError(
            f"{path} cannot be imported, because {name!r} is the name of another Python module: "
            "rename the file"
        )
    module = _import(name, path)
    app = next((value for value in vars(module).values() if isinstance(value, App)), None)
    if app is None:
        raise CommandError(f"{path} has no app: write 'app = App(__file__)' in it")
    return app


def _import(name: str, shown: Path) -> ModuleType:
    """Import a module. Raises `CommandError` with the author's line that failed.

    ``shown``: the file or folder as the user named it.
    """
    try:
        return importlib.import_module(name)
    except SyntaxError as error:
        place = f"{error.filename or shown}, line {error.lineno or 1}"
        raise CommandError(f"{place} is not Python: {error.msg}") from error
    except EverviewError as error:
        # The message of a CommandError already contains the line of the author's code.
        raise CommandError(f"{shown} failed: {error}") from error
    except (Exception, SystemExit) as error:  # every exception of the author's code is reported
        place = _author_line(error, shown)
        text = " ".join(f"{type(error).__name__}: {error}".split())
        raise CommandError(f"{place} failed: {text}") from error


def _author_line(error: BaseException, shown: Path) -> str:
    """The last line of the author's own code in a traceback."""
    top = shown.resolve()
    lines = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == top or top in Path(frame.filename).parents
    ]
    if not lines:
        return str(shown)
    file = Path(lines[-1].filename)
    return f"{shown if file == top else file}, line {lines[-1].lineno}"
