"""`Middlewares`: code of an app that runs before messages and requests of windows reach views.

A middleware is an object with some of the methods below, plain or ``async``. Each method is called
with a `MiddlewareData`, "the data". A method that returns the data lets the call pass.

* ``handle_connection``: a link was authenticated. The link is refused unless the method returns the
  data.
* ``handle_websocket_message``: a message arrived. The message is dropped unless the method returns
  the data.
* ``handle_request``: a window opens a view that starts or runs already. A return value other than
  the data is shown instead of the view.
* ``on_startup``, ``on_shutdown``: the app starts, or has stopped its views.

The next middleware then gets the same data. Middlewares are called in the order in which they were
added to the app.

Threads: must be used on the server thread. Plain methods of middlewares run in other threads.
Guarantees: the messages of one window are handled in order, even if a middleware is slow.
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
    """The argument of every method of a middleware. ``server`` is the same as in views.

    Every other field has a value for some of the hooks, and is None for the other hooks.
    """

    server: Any
    connection: Connection | None = None
    message: WindowMessage | None = None
    request: Request | None = None
    view: object = None


def check_middleware(middleware: object) -> None:
    """Check the hooks of a middleware.

    Raises:
        HandlerError: the middleware has no hook, or a hook is not callable.
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
        """Call one hook of each middleware, in order.

        Returns:
            ``data`` if every middleware lets it pass; otherwise the value that the refusing
            middleware returned.

        Raises:
            Exception: a middleware raised this exception.
        """
        for function in self._hooks[hook]:
            result = await run(Activity(f"{hook} of a middleware"), function, (data,), self._spawn)
            if result is not data:
                return result
        return data

    async def passes(self, hook: str, data: MiddlewareData) -> bool:
        """Whether every middleware lets the data pass.

        An exception is logged and counts as a refusal.
        """
        try:
            return await self.run(hook, data) is data
        except Exception:  # Author code raised the exception. The link must stay open.
            logger.exception("%s of a middleware failed", hook)
            return False
