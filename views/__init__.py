"""The app that ships with Everview. ``views.main`` is the app with all its pages."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from everview import App

app = App(__file__)
app.add_translations("translations")


@app.start_url
def folder_to_search(arguments: list[str], folder: Path) -> str | None:
    """Search a folder for duplicates: ``everview-desktop open FOLDER``."""
    if not arguments:
        return None
    return f"{app.router.reverse('duplicates')}?folder={quote(str(folder / arguments[0]))}"
