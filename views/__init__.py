"""The views that ship with Everview; a file here is a page.

A page module makes its route with ``@app.route`` on the ``app`` below. `load` imports them all.
"""

from __future__ import annotations

import importlib
import pkgutil

from shell import App

app = App(__file__, name="everview", title="Everview")


def load() -> App:
    """The app with all its pages."""
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        importlib.import_module(module.name)
    return app
