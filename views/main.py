"""The app with all its pages: the entry that ``[tool.everview]`` in pyproject.toml names.

To add a page, add a module to this folder that registers a view with ``@app.route``, and import it
below.
"""

from views import app, countdown, counter, duplicates, gallery, launcher, log, tasks

__all__ = ["app", "countdown", "counter", "duplicates", "gallery", "launcher", "log", "tasks"]
