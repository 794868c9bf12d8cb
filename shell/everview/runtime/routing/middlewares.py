"""`Middlewares`: code of an app between windows and views.

A middleware is an object with some of these methods, plain or ``async``, each called with a
`MiddlewareData`:

* ``handle_connection``: a link was authenticated. It is refused unless the method passes.
* ``handle_websocket_message``: a message arrived. It is dropped unless the method passes.
* ``handle_request``: a window opens a view that starts or runs already. A return value other than
  the data is shown instead of the view.
* ``on_startup``, ``on_shutdown``: the app starts, or has stopped its views.

A method passes by returning the data. The next middleware then gets the data. Middlewares are
called in the order in which they were added.

Threads: the server thread; plain methods run in threads. Guarantees: the messages of one window are
handled in order, however long a middleware takes.
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

logger = logging.getLogger("everview.middleware")

HOOKS = (
    "handle_connection",
    "handle_websocket_message",
    "handle_request",
    "on_startup",
    "on_shutdown",
)


@dataclass
class MiddlewareData:
    """``server`` is the same as in views. Each hook sets some other fields; the rest is None."""

    server: Any
    connection: Connection | None = None
    message: WindowMessage | None = None
    request: Request | None = None
    view: object = None


def check_middleware(middleware: object) -> None:
    """Check the hooks of a middleware.

    Raises:
        HandlerError: it has no hook, or a hook is not callable.
    """
    hooks = {name: getattr(middleware, name) for name in HOOKS if hasattr(middleware, name)}
    if not hooks:
        raise HandlerError(f"the middleware {middleware!r} needs one of {', '.join(HOOKS)}")
    for name, hook in hooks.items():
        if not callable(hook):
            raise HandlerError(f"{name} of {middleware!r} is not callable")


class Middlewares:
    """The middlewares of one app."""

    def __init__(self, middlewares: Sequence[object], spawn: Spawn) -> None:
        self._spawn = spawn
        self._hooks: dict[str, list[Callable[..., Any]]] = {
            name: [getattr(m, name) for m in middlewares if hasattr(m, name)] for name in HOOKS
        }

    def have(self, hook: str) -> bool:
        """Whether a middleware has this hook."""
        return bool(self._hooks[hook])

    async def run(self, hook: str, data: MiddlewareData) -> object:
        """Run a hook of all middlewares.

        Returns:
            ``data`` if all pass, else the value of the one that did not.

        Raises:
            Exception: any exception of a middleware.
        """
        for function in self._hooks[hook]:
            result = await run(Activity(f"{hook} of a middleware"), function, (data,), self._spawn)
            if result is not data:
                return result
        return data

    async def passes(self, hook: str, data: MiddlewareData) -> bool:
        """Whether all middlewares pass. An exception is logged and counts as a refusal."""
        try:
            return await self.run(hook, data) is data
        except Exception:  # raised by author code; it must not end the link
            logger.exception("%s of a middleware failed", hook)
            return False
