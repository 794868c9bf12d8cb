"""`WindowCommands`: what a window asks of the shell around its view.

More windows, the system's browser, how it is shown, where one can go, what is running, the end of
the app. Answers are effects of that window (docs/protocol.md).

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


class Registry(Protocol):
    """What is known of the app: its `Runtime`."""

    site: Site
    router: Router

    @property
    def platform(self) -> Platform: ...
    @property
    def at_work(self) -> list[Instance]: ...
    def summaries(self, user: str | None = None) -> list[Summary]: ...
    def window_has_news(self, window: Window) -> None: ...


class WindowCommands:
    """Takes the messages of `ShellMessage`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def take(self, window: Window, message: ShellMessage) -> None:
        match message:
            case WindowCommand():
                self._window(window, message)
            case Browse(url=url):
                if not self._registry.platform.browse(url):
                    window.add_effect({"open": url})
            case Prefer():
                self._prefer(window, message)
            case Quit(how=how):
                self._quit(window, how)
            case Ask(what=what):
                window.add_effect(getattr(self, f"_{what}_effect")(window))
        self._registry.window_has_news(window)

    def describe(self, window: Window) -> dict[str, Any]:
        """The effect that tells a window how it is to be shown, and in which app it is."""
        shown = asdict(window.preferences)
        return {"window": {"native": bool(window.label), **shown, "app": self._registry.site.title,
                           "tasks": self._registry.router.path_of(TASKS)}}  # fmt: skip

    def _window(self, window: Window, message: WindowCommand) -> None:
        platform = self._registry.platform
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
        self._registry.platform.prefer(window)
        window.add_effect(self.describe(window))

    def _may_quit(self, window: Window) -> bool:
        """Who came in by a name of his own (`App.identify`) does not end everybody's app."""
        return bool(window.label) or self._registry.site.identify is None

    def _quit(self, window: Window, how: str) -> None:
        if not self._may_quit(window):
            window.add_effect({"notice": _("You cannot end this app."), "kind": "error"})
        elif how == "ask" and self._registry.at_work:
            window.add_effect(self._quit_effect(window))
        elif not self._registry.platform.quit("stop" if how == "ask" else how):
            window.add_effect({"notice": _("This app is not ended from here."), "kind": "error"})

    def _quit_effect(self, window: Window) -> dict[str, Any]:
        ids = {instance.id for instance in self._registry.at_work}
        tasks = [task for task in self._registry.summaries(window.user) if task.id in ids]
        return {"quitting": [_plain(task) for task in tasks]}

    def _about_effect(self, window: Window) -> dict[str, Any]:
        site = self._registry.site
        return {"about": {"title": site.title, "rows": self._registry.platform.about()}}

    def _places_effect(self, window: Window) -> dict[str, Any]:
        views = [asdict(place) for place in places(self._registry.router)]
        tasks = [_plain(task) for task in self._registry.summaries(window.user)]
        return {"places": {"views": views, "tasks": tasks}}


def _plain(summary: Summary) -> dict[str, Any]:
    return {
        "title": summary.title,
        "url": summary.url,
        "state": _(summary.text),
        "progress": summary.progress,
    }
