"""The app with all its pages: the entry that ``[tool.everview]`` in pyproject.toml names.

A new page is a module here that registers its view with ``@app.route``; import it below.
"""

from views import app, countdown, counter, duplicates, gallery, launcher, log, tasks

__all__ = ["app", "countdown", "counter", "duplicates", "gallery", "launcher", "log", "tasks"]
