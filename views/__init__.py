"""The app that is delivered with Everview. ``views.main`` contains the app with all its pages."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from everview import App

app = App(__file__)
app.add_translations("translations")


@app.start_url
def folder_to_search(arguments: list[str], folder: Path) -> str | None:
    """``everview-desktop open FOLDER`` opens the search for duplicates in a folder."""
    if not arguments:
        return None
    return f"{app.router.reverse('duplicates')}?folder={quote(str(folder / arguments[0]))}"
