"""`WindowCommands`: messages of a window that concern the app instead of its view.

They open windows and the system's browser, change preferences, list views and running work, and end
the app. Responses are effects for that window (docs/protocol.md).

Threads: the server thread.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Protocol

from everview.i18n import _
from everview.runtime.instances.instance import Instance
from everview.runtime.instances.state import Summary
from everview.runtime.routing.places import places
from everview.runtime.routing.routing import Router
from everview.runtime.routing.site import Site
from everview.runtime.windows.messages import Ask, Browse, Prefer, Quit, ShellMessage, WindowCommand
from everview.runtime.windows.platform import Platform
from everview.runtime.windows.window import Window

#: The name of the route that lists what is running, if the app has one.
TASKS = "tasks"


class AppRuntime(Protocol):
    """What the commands use of the `Runtime`, which imports this module."""

    site: Site
    router: Router

    @property
    def platform(self) -> Platform: ...
    @property
    def at_work(self) -> list[Instance]: ...
    def summaries(self, user: str | None = None) -> list[Summary]: ...
    def send_pending(self, window: Window) -> None: ...


class WindowCommands:
    """Handles the messages of `ShellMessage`."""

    def __init__(self, runtime: AppRuntime) -> None:
        self._runtime = runtime

    def receive(self, window: Window, message: ShellMessage) -> None:
        """Handle a message from ``window``."""
        match message:
            case WindowCommand():
                self._window(window, message)
            case Browse(url=url):
                if not self._runtime.platform.browse(url):
                    window.add_effect({"open": url})
            case Prefer():
                self._prefer(window, message)
            case Quit(how=how):
                self._quit(window, how)
            case Ask(what=what):
                window.add_effect(getattr(self, f"_{what}_effect")(window))
        self._runtime.send_pending(window)

    def describe(self, window: Window) -> dict[str, Any]:
        """The effect that sends a window its preferences and the name of the app."""
        shown = asdict(window.preferences)
        return {"window": {"native": bool(window.label), **shown, "app": self._runtime.site.title,
                           "tasks": self._runtime.router.path_of(TASKS)}}  # fmt: skip

    def _window(self, window: Window, message: WindowCommand) -> None:
        platform = self._runtime.platform
        if message.do == "open":
            if not platform.open_window(message.url, window):
                window.add_effect({"open": message.url})
        elif message.do == "close":
            if not platform.close_window(window):
                window.add_effect({"close": True})
        elif path := platform.show_log():
            window.add_effect({"notice": _("The log is in {path}").format(path=path)})

    def _prefer(self, window: Window, message: Prefer) -> None:
        given = {name: value for name in ("zoom", "theme", "fullscreen")
                 if (value := getattr(message, name)) is not None}  # fmt: skip
        window.preferences = replace(window.preferences, **given)
        self._runtime.platform.prefer(window)
        window.add_effect(self.describe(window))

    def _may_quit(self, window: Window) -> bool:
        """Whether this window may end the app.

        With `App.identify` the app has several users, and none may end it for the others.
        """
        return bool(window.label) or self._runtime.site.identify is None

    def _quit(self, window: Window, how: str) -> None:
        if not self._may_quit(window):
            window.add_effect({"notice": _("You cannot end this app."), "kind": "error"})
        elif how == "ask" and self._runtime.at_work:
            window.add_effect(self._quit_effect(window))
        elif not self._runtime.platform.quit("stop" if how == "ask" else how):
            window.add_effect({"notice": _("This app is not ended from here."), "kind": "error"})

    def _quit_effect(self, window: Window) -> dict[str, Any]:
        ids = {instance.id for instance in self._runtime.at_work}
        tasks = [task for task in self._runtime.summaries(window.user) if task.id in ids]
        return {"quitting": [_plain(task) for task in tasks]}

    def _about_effect(self, window: Window) -> dict[str, Any]:
        site = self._runtime.site
        return {"about": {"title": site.title, "rows": self._runtime.platform.about()}}

    def _places_effect(self, window: Window) -> dict[str, Any]:
        views = [asdict(place) for place in places(self._runtime.router)]
        tasks = [_plain(task) for task in self._runtime.summaries(window.user)]
        return {"places": {"views": views, "tasks": tasks}}


def _plain(summary: Summary) -> dict[str, Any]:
    return {
        "title": summary.title,
        "url": summary.url,
        "state": _(summary.text),
        "progress": summary.progress,
    }
