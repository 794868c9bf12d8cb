"""The views that ship with Everview; a file here is a page.

A page module makes its route with ``@app.route`` on the ``app`` below. `load` imports them all.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from urllib.parse import quote

from everview import App

app = App(__file__, name="everview", title="Everview")
app.add_translations("translations")


@app.start_url
def folder_to_search(arguments: list[str], folder: Path) -> str | None:
    """``everview open FOLDER`` looks for duplicates in it."""
    if not arguments:
        return None
    return f"{app.router.reverse('duplicates')}?folder={quote(str(folder / arguments[0]))}"


def load() -> App:
    """The app with all its pages."""
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        importlib.import_module(module.name)
    return app
