"""Routes: the view of a path, and the path of a named route.

Patterns: ``/files/<name>`` (one path segment), ``<name:int>`` and the other converters,
``<name:[a-z]+>`` (a regular expression), ``(/)`` (an optional trailing slash), ``*`` at the end
(anything). The first added route that matches is used.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote, unquote

from everview.errors import RouteError

#: The pattern of a route for all URLs that no earlier route matches.
MATCH_ALL = "*"

#: Converters by name. Each has a regular expression, and functions that convert from and to a
#: string.
CONVERTERS: dict[str, tuple[str, Callable[[str], Any], Callable[[Any], str]]] = {
    "int": (r"-?\d+", int, str),
    "float": (r"-?\d+(?:\.\d+)?", float, str),
    "path": (r".+", str, str),
    "uuid": (r"[0-9a-fA-F-]{36}", uuid.UUID, str),
}
#: This character replaces an encoded slash while a path is matched. A decoded text never contains
#: it, because it is a lone surrogate.
_SLASH = "\udc2f"
_PART = re.compile(
    r"<(?P<name>[A-Za-z_]\w*)(?::(?P<pattern>[^<>]+))?>|(?P<slash>\(/\)$)|(?P<all>\*$)"
)


@dataclass(frozen=True, eq=False)
class Route:
    """One entry of the route table."""

    pattern: str
    view: Any
    name: str = ""
    interactive: bool = True
    http_pass_through: bool = False
    _regex: re.Pattern[str] = field(init=False, repr=False)
    _convert: dict[str, Callable[[str], Any]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.pattern.startswith("/") and self.pattern != "*":
            raise RouteError(f"the route {self.pattern!r} must start with '/'")
        regex, position = "", 0
        convert: dict[str, Callable[[str], Any]] = {}
        for part in _PART.finditer(self.pattern):
            regex += re.escape(self.pattern[position : part.start()])
            position = part.end()
            if part["slash"]:
                regex += "/?"
            elif part["all"]:
                regex += ".*"
            else:
                regex += self._argument(part["name"], part["pattern"], convert)
        if left := re.search(r"[<>()]", _PART.sub("", self.pattern)):
            raise RouteError(
                f"unexpected {left[0]!r} in the route {self.pattern!r}: arguments are <name> or "
                "<name:pattern>, and '(/)' at the end makes the slash optional"
            )
        regex += re.escape(self.pattern[position:])
        object.__setattr__(self, "_regex", re.compile(regex, re.DOTALL))
        object.__setattr__(self, "_convert", convert)

    def _argument(self, name: str, given: str | None, convert: dict[str, Any]) -> str:
        if name in convert:
            raise RouteError(f"the route {self.pattern!r} contains <{name}> twice")
        pattern, convert[name], _ = CONVERTERS.get(given or "", (given or "[^/]+", str, str))
        try:
            re.compile(pattern)
        except re.error as error:
            raise RouteError(
                f"the route {self.pattern!r}: <{name}:{given}> is not a regular expression: {error}"
            ) from None
        return f"(?P<{name}>{pattern})"

    def match(self, path: str) -> dict[str, Any] | None:
        """Return the arguments in ``path``, a part of a URL; None if ``path`` does not match."""
        # Pages send letters such as "ü" as "%C3%BC". An encoded slash belongs to an argument.
        decoded = _SLASH.join(unquote(part) for part in re.split("%2[fF]", path))
        found = self._regex.fullmatch(decoded)
        if found is None:
            return None
        try:
            return {
                name: self._convert[name](text.replace(_SLASH, "/"))
                for name, text in found.groupdict().items()
            }
        except ValueError:
            return None  # The converter refused the text, for example 36 dashes as a UUID.

    def build(self, arguments: Mapping[str, object]) -> str:
        """Return the path of this route with these arguments.

        Raises:
            RouteError: an argument is missing, unknown or does not match.
        """
        given = dict(arguments)

        def fill(part: re.Match[str]) -> str:
            if part["slash"]:
                return "/"
            if part["all"]:
                return ""
            if part["name"] not in given:
                raise RouteError(f"reverse({self.name!r}) needs {part['name']}=...")
            return quote(
                str(given.pop(part["name"])), safe="/" if part["pattern"] == "path" else ""
            )

        path = _PART.sub(fill, self.pattern)
        if given:
            raise RouteError(f"the route {self.name!r} has no argument {', '.join(given)}")
        if self.match(path) is None:
            raise RouteError(f"{path!r} does not match the route {self.pattern!r}")
        return path


class Router:
    """The route table. Routes are added before the app runs. Then any thread can read the table."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def add(self, route: Route) -> None:
        """Add a route.

        Raises:
            RouteError: another route has the same name.
        """
        if route.name and any(route.name == other.name for other in self.routes):
            raise RouteError(f"another route is named {route.name!r}")
        self.routes.append(route)

    def resolve(self, path: str) -> tuple[Route, dict[str, Any]] | None:
        """The first route that matches, with its arguments; None if no route matches."""
        for route in self.routes:
            arguments = route.match(path)
            if arguments is not None:
                return route, arguments
        return None

    def path_of(self, name: str) -> str | None:
        """The path of the route named ``name``; None if it has arguments or does not exist."""
        found = next((route for route in self.routes if route.name == name), None)
        return found.build({}) if found is not None and "<" not in found.pattern else None

    def reverse(self, name: str, **arguments: object) -> str:
        """The path of the route named ``name``.

        Raises:
            RouteError: there is no such route, or the arguments do not match.
        """
        for route in self.routes:
            if route.name == name:
                return route.build(arguments)
        names = [route.name for route in self.routes if route.name]
        near = get_close_matches(name, names, 1)
        hint = (
            f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(names) or 'none'}."
        )
        raise RouteError(f"there is no route named {name!r}.{hint}")
