"""Responses: return values of ``handle_request`` besides nodes, strings and None.

Interactive views answer with `TemplateResponse`, `TemplateStringResponse`, `RedirectResponse` and
`HttpRedirectResponse`; routes with ``interactive=False`` also with `JsonResponse`, `FileResponse`
and `Response`, with any status, type and headers.

This module does not send HTTP (see ``everview.server.http``) and does not render templates (see
``everview.authoring.templates``).
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
    """Show another view. ``url`` is a URL of the app."""

    url: str


@dataclass
class HttpRedirectResponse:
    """Load another page. If the page is outside the app, it opens in the system's browser."""

    url: str


@dataclass
class TemplateResponse:
    """Render the template ``name`` with the names in ``context``."""

    name: str
    context: Mapping[str, object] = field(default_factory=dict)


@dataclass
class TemplateStringResponse:
    """Render the template ``string`` with the names in ``context``."""

    string: str
    context: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Response:
    """An HTTP response of a route with ``interactive=False``.

    Args:
        text: the body as a string, sent as UTF-8.
        body: the body as bytes, instead of ``text``.
        status: 200 to 599.
        headers: further headers.
        content_type: the type, without a charset.

    Raises:
        ViewError: both ``text`` and ``body`` are given, or the status or a header is not valid.
    """

    text: str | None = None
    body: bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/plain"

    def __post_init__(self) -> None:
        if self.text is not None and self.body is not None:
            raise ViewError("a Response takes text or body, not both")
        if not 200 <= self.status <= 599:
            raise ViewError(f"the status of a Response must be 200 to 599, not {self.status!r}")
        for name, value in self.headers.items():
            text = f"{name}{value}"
            if text != name + str(value) or any(c in text for c in "\r\n\0"):
                raise ViewError(f"the header {name!r} must be a string of one line, not {value!r}")

    def content(self) -> bytes:
        """The body as bytes."""
        return self.body if self.body is not None else (self.text or "").encode()


class JsonResponse(Response):
    """A response with ``data`` as JSON.

    Raises:
        ViewError: ``data`` cannot be encoded as JSON.
    """

    def __init__(
        self, data: object, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        try:
            body = msgspec.json.encode(data)
        except (TypeError, ValueError, RecursionError) as error:
            raise ViewError(f"the data cannot be encoded as JSON: {error}") from error
        super().__init__(None, body, status, headers or {}, "application/json")


class FileResponse(Response):
    """A file of this computer.

    Args:
        path: the file.
        name: the page saves the file under this name; "" lets the browser show it.
        content_type: the type; by default guessed from the name.
        headers: further headers.

    Raises:
        ViewError: there is no such file.
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
