"""`JinjaTemplates`: templates for views.

Templates are an optional extra: ``pip install everview[templates]``. Jinja2 renders a template with
autoescape, and `everview.html.parse_html` makes nodes from the result. Therefore values of the
context are always shown as text, never as HTML. Scripts and event attributes are refused.

Threads: can be called from any thread. This module does not restrict what a template can read from
the context.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from everview.authoring.settings import Settings
from everview.errors import TemplateError
from everview.html import HTML, Node, parse_html


class JinjaTemplates:
    """The templates of one app. Templates that were added by name take precedence over folders.

    Args:
        folder: the base folder of the relative paths in ``TEMPLATE_DIRS``.
        settings: the settings of the app.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._added: dict[str, str] = {}
        self._lock = threading.Lock()
        self._environment: Any = None

    def add(self, name: str, text: str) -> None:
        """Add the text of a template."""
        self._added[name] = text

    def render(self, name: str, context: Mapping[str, object]) -> Node:
        """Render the template with this name.

        Raises:
            TemplateError: there is no such template, or it has an error.
        """
        return self._fill(lambda environment: environment.get_template(name), name, context)

    def render_string(self, string: str, context: Mapping[str, object]) -> Node:
        """Render the text of a template.

        Raises:
            TemplateError: the template has an error.
        """
        return self._fill(
            lambda environment: environment.from_string(string), "template_string", context
        )

    def _fill(self, find: Any, name: str, context: Mapping[str, object]) -> Node:
        try:
            import jinja2
        except ImportError as error:
            raise TemplateError(
                "templates need Jinja2: pip install 'everview[templates]' (or jinja2)"
            ) from error
        try:
            text = find(self._get()).render(self._settings.TEMPLATE_EXTRA_CONTEXT | dict(context))
        except jinja2.TemplateNotFound as error:
            folders = ", ".join(str(folder) for folder in self._folders())
            raise TemplateError(f"there is no template {error.name!r} (in {folders})") from error
        except jinja2.TemplateError as error:
            line = getattr(error, "lineno", None)
            where = f", line {line}" if line else ""
            raise TemplateError(f"the template {name!r}{where}: {error.message}") from error
        return HTML(*parse_html(text))

    def _folders(self) -> list[Path]:
        return [self._folder / folder for folder in self._settings.TEMPLATE_DIRS]

    def _get(self) -> Any:
        with self._lock:
            if self._environment is None:
                self._environment = self._make()
            return self._environment

    def _make(self) -> Any:
        import jinja2

        loader = jinja2.ChoiceLoader(
            [jinja2.DictLoader(self._added), jinja2.FileSystemLoader(self._folders())]
        )
        environment = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
        )
        environment.filters.update(self._settings.TEMPLATE_EXTRA_FILTERS)
        return environment
