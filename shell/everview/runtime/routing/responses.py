"""What ``handle_request`` may return beside a node, a text or None.

Interactive views answer with `TemplateResponse`, `TemplateStringResponse`, `RedirectResponse` and
`HttpRedirectResponse`; routes with ``interactive=False`` also with `JsonResponse`, `FileResponse`
and `Response`, which is any status, type and headers.

Not for: HTTP itself (``everview.server.http.http``), templates (``everview.authoring.templates``).
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from everview.errors import ViewError
from everview.html.tree.safety import is_inside


def own_url(url: str) -> str:
    """Return ``url`` if it is a URL of this app; it may be relative.

    Raises:
        ViewError: ``url`` is outside the app.
    """
    if not is_inside(url):
        raise ViewError(
            f"{url!r} is not a URL of this app such as '/counter/'. For a page outside, use an "
            "HttpRedirectResponse or a link"
        )
    return url


@dataclass
class RedirectResponse:
    """Go to another view: ``url`` is a path of the app."""

    url: str


@dataclass
class HttpRedirectResponse:
    """Load another page, of the app or outside; what is outside opens in the system's browser."""

    url: str


@dataclass
class TemplateResponse:
    """The template called ``name``, filled in; `App.add_template` says where templates are."""

    name: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class TemplateStringResponse:
    """The template ``string``, filled in."""

    string: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Response:
    """An HTTP response, of a route with ``interactive=False``.

    ``text`` or ``body``, not both; ``content_type`` without a charset: texts are UTF-8.
    Raises `ViewError` for both, for a status that is none, and for headers that are no text.
    """

    text: str | None = None
    body: bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/plain"

    def __post_init__(self) -> None:
        if self.text is not None and self.body is not None:
            raise ViewError("a Response has a text or a body, not both")
        if not 200 <= self.status <= 599:
            raise ViewError(f"{self.status!r} is no HTTP status of an answer (200 to 599)")
        for name, value in self.headers.items():
            text = f"{name}{value}"
            if text != name + str(value) or any(c in text for c in "\r\n\0"):
                raise ViewError(f"the header {name!r} cannot be {value!r}: give a text of one line")

    def content(self) -> bytes:
        """What is sent."""
        return self.body if self.body is not None else (self.text or "").encode()


class JsonResponse(Response):
    """``data`` as JSON. Raises `ViewError` for what JSON does not have."""

    def __init__(
        self, data: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        try:
            body = msgspec.json.encode(data)
        except (TypeError, ValueError, RecursionError) as error:
            raise ViewError(f"this is not JSON: {error}") from error
        super().__init__(None, body, status, headers or {}, "application/json")


class FileResponse(Response):
    """A file of this computer. ``name``: save it under that name instead of showing it.

    Raises `ViewError` if it is no file that can be read.
    """

    def __init__(
        self,
        path: str | Path,
        name: str = "",
        content_type: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise ViewError(f"there is no file {str(path)!r}")
        guessed = mimetypes.guess_type(name or self.path.name)[0]
        kind = content_type or guessed or "application/octet-stream"
        super().__init__(None, None, 200, headers or {}, kind)
        self.name = name
