"""The order of ``sys.path``: the standard library comes before the folder of an author's app.

Python puts the folder of a script first in ``sys.path``. A file
``html.py`` next to the script would then replace
the standard module ``html``, which Everview and its dependencies import. The package's
``__init__`` calls `put_standard_library_first` before it imports anything else. An author's module
with the name of a standard module cannot be imported.

Threads: the functions are called on the main thread, while the package is imported.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def put_standard_library_first() -> None:
    """Move the entries of the standard library to the front of ``sys.path``."""
    # Sorting is stable, so the other entries stay in their order.
    sys.path.sort(key=lambda entry: not _is_standard(entry))


def add_app_folder(folder: Path) -> None:
    """Make the modules in the folder of an app importable, as Python does for scripts."""
    entry = str(folder)
    if entry in sys.path:
        sys.path.remove(entry)
    sys.path.insert(0, entry)
    put_standard_library_first()


def _is_standard(entry: str) -> bool:
    path = Path(entry)
    library = Path(os.__file__).parent
    if path == library or (path.parent == library and path.name == "lib-dynload"):
        return True
    # Other standard entries are the file "python311.zip", and the folder "DLLs" on Windows.
    is_of_python = path.is_relative_to(sys.base_prefix) and path.name != "site-packages"
    return is_of_python and (path.suffix == ".zip" or path.name == "DLLs")
