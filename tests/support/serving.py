"""`ServedApp`: a real server for an app, in this process."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from everview import App
from everview.runtime.instances.instance import Instance
from everview.runtime.runtime import Runtime
from everview.runtime.windows.platform import NoPlatform, Platform
from everview.server.access.keys import Identity
from everview.server.server import Server


class ServedApp:
    """Serves an app on a free port until the ``with`` block ends.

    The argument ``platform`` is the desktop of the app. If it is None, the app has no desktop.
    """

    def __init__(self, app: App, platform: Platform | None = None) -> None:
        self.app = app
        desktop = platform or NoPlatform()
        self.server = Server(lambda services: app.make_runtime(replace(services, platform=desktop)))

    def __enter__(self) -> ServedApp:
        self.server.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.stop()

    @property
    def runtime(self) -> Runtime:
        return self.server.runtime

    def address(self, url: str = "/", user: str = "owner", label: str = "") -> str:
        """Return a one-time address of the app."""
        return self.server.address(url, Identity(user, label))

    def do(self, function: Any, *arguments: Any) -> Any:
        """Call a function on the server thread."""

        async def run() -> Any:
            return function(*arguments)

        return self.server.call(run())

    def only_instance(self) -> Instance:
        """Return the only instance of a view. Fails if there is not exactly one."""
        (instance,) = self.do(lambda: list(self.runtime.instances.values()))
        result: Instance = instance
        return result

    def cut_links(self) -> None:
        """Abort the connection of every window without a close frame, like a failing network."""

        def cut() -> None:
            for window in self.runtime.windows:
                if window.transport is not None:
                    window.transport._transport.abort()  # type: ignore[attr-defined]

        self.do(cut)
