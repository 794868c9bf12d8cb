"""`Middlewares`: an app's own code between windows and views.

A middleware is an object with some of these methods, plain or ``async``, each called with a
`MiddlewareData`:

* ``handle_connection``: a window's link has proved its right; what does not pass is refused.
* ``handle_websocket_message``: a window said something; what does not pass is not heard.
* ``handle_request``: a window comes to a view that starts, or that runs already. What is returned
  instead of the data is shown instead of the view.
* ``on_startup``, ``on_shutdown``: the app starts, and has stopped its views.

Returning the data passes it to the next middleware, in the order in which they were added.

Threads: the server thread; plain methods run in threads. Guarantees: what one window says is heard
in order, however long a middleware takes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from everview.errors import HandlerError
from everview.runtime.execution.activity import Activity, Spawn, run
from everview.runtime.routing.request import Request
from everview.runtime.windows.connection import Connection
from everview.runtime.windows.messages import WindowMessage

log = logging.getLogger("everview.middleware")

HOOKS = (
    "handle_connection",
    "handle_websocket_message",
    "handle_request",
    "on_startup",
    "on_shutdown",
)


@dataclass
class MiddlewareData:
    """``server`` is as in views; the rest is what the hook is about, else None."""

    server: Any
    connection: Connection | None = None
    message: WindowMessage | None = None
    request: Request | None = None
    view: Any = None


def check_middleware(middleware: object) -> None:
    """Raise `HandlerError` unless it has a hook, and each of its hooks can be called."""
    hooks = {name: getattr(middleware, name) for name in HOOKS if hasattr(middleware, name)}
    if not hooks:
        raise HandlerError(f"{middleware!r} is no middleware: it has none of {', '.join(HOOKS)}")
    for name, hook in hooks.items():
        if not callable(hook):
            raise HandlerError(f"{name} of {middleware!r} cannot be called")


class Middlewares:
    """The middlewares of one app."""

    def __init__(self, middlewares: Sequence[object], spawn: Spawn) -> None:
        self._spawn = spawn
        self._hooks: dict[str, list[Callable[..., Any]]] = {
            name: [getattr(m, name) for m in middlewares if hasattr(m, name)] for name in HOOKS
        }

    def have(self, hook: str) -> bool:
        """Whether one of them has this hook."""
        return bool(self._hooks[hook])

    async def run(self, hook: str, data: MiddlewareData) -> Any:
        """``data`` if all pass it on, else what the one that did not returned.

        Raises what a middleware raises.
        """
        for function in self._hooks[hook]:
            result = await run(Activity(f"{hook} of a middleware"), function, (data,), self._spawn)
            if result is not data:
                return result
        return data

    async def passes(self, hook: str, data: MiddlewareData) -> bool:
        """Whether all pass it on; one that raises does not, and is logged."""
        try:
            return await self.run(hook, data) is data
        except Exception:  # an author's, which must not end the link
            log.exception("%s of a middleware failed", hook)
            return False
