"""`WindowCommands`: handles the messages of a window that concern the app, not the shown view.

The commands open windows and the system's browser, change preferences, list views and running work,
and end the app. The responses are effects for the window that sent the command (docs/protocol.md).

Threads: must be used on the server thread only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, Protocol, assert_never

from everview.i18n import _
from everview.runtime.instances.instance import Instance
from everview.runtime.instances.state import Summary
from everview.runtime.routing.places import places
from everview.runtime.routing.routing import Router
from everview.runtime.routing.site import Site
from everview.runtime.windows.effects import (
    About,
    AnyEffect,
    CloseTab,
    ConfirmQuit,
    Notice,
    OpenTab,
    Places,
    Task,
    WindowState,
)
from everview.runtime.windows.messages import (
    Browse,
    InfoRequest,
    Prefer,
    QuitRequest,
    ShellMessage,
    WindowCommand,
)
from everview.runtime.windows.platform import Platform
from everview.runtime.windows.window import Window

#: The name of the route that lists running instances, if the app has one.
TASKS = "tasks"


class AppRuntime(Protocol):
    """The part of the `Runtime` that the commands use; it cannot be imported here."""

    site: Site
    router: Router

    @property
    def platform(self) -> Platform: ...
    @property
    def at_work(self) -> list[Instance]: ...
    def summaries(self, user: str | None = None) -> list[Summary]: ...
    def send_pending(self, window: Window) -> None: ...


class WindowCommands:
    """Handles all types of messages in the union `ShellMessage`."""

    def __init__(self, runtime: AppRuntime) -> None:
        self._runtime = runtime

    def receive(self, window: Window, message: ShellMessage) -> None:
        """Handle a message from ``window``."""
        match message:
            case WindowCommand():
                self._window(window, message)
            case Browse(url=url):
                if not self._runtime.platform.browse(url):
                    window.add_effect(OpenTab(url))
            case Prefer():
                self._prefer(window, message)
            case QuitRequest(how=how):
                self._quit(window, how)
            case InfoRequest(what=what):
                window.add_effect(self._info(window, what))
            case _:
                assert_never(message)
        self._runtime.send_pending(window)

    def describe(self, window: Window) -> WindowState:
        """Return the preferences of a window, and the app to which it belongs."""
        shown = window.preferences
        return WindowState(
            native=bool(window.label),
            zoom=shown.zoom,
            theme=shown.theme,
            fullscreen=shown.fullscreen,
            app=self._runtime.site.title,
            tasks=self._runtime.router.path_of(TASKS),
        )

    def _window(self, window: Window, message: WindowCommand) -> None:
        platform = self._runtime.platform
        match message.do:
            case "open":
                if not platform.open_window(message.url, window):
                    window.add_effect(OpenTab(message.url))
            case "close":
                if not platform.close_window(window):
                    window.add_effect(CloseTab())
            case "log" if not self._may_control(window):
                window.add_effect(Notice(_("You cannot see the log of this app."), "error"))
            case "log":
                if path := platform.show_log():
                    window.add_effect(Notice(_("The log is in {path}").format(path=path)))
            case _:
                assert_never(message.do)

    def _prefer(self, window: Window, message: Prefer) -> None:
        now = window.preferences
        window.preferences = replace(
            now,
            zoom=now.zoom if message.zoom is None else message.zoom,
            theme=message.theme or now.theme,
            fullscreen=now.fullscreen if message.fullscreen is None else message.fullscreen,
        )
        self._runtime.platform.prefer(window)
        window.add_effect(self.describe(window))

    def _may_control(self, window: Window) -> bool:
        """Whether this window may end the app and see the paths of its files.

        An app with `App.identify` has several users. A user must not end the app for the other
        users, and does not need to know the folders of the computer.
        """
        return bool(window.label) or self._runtime.site.identify is None

    def _quit(self, window: Window, how: Literal["ask", "background", "finish", "stop"]) -> None:
        if not self._may_control(window):
            window.add_effect(Notice(_("You cannot end this app."), "error"))
        elif how == "ask" and self._runtime.at_work:
            window.add_effect(self._confirm_quit(window))
        elif not self._runtime.platform.quit("stop" if how == "ask" else how):
            window.add_effect(Notice(_("This app cannot be ended from here."), "error"))

    def _info(self, window: Window, what: Literal["places", "about", "quit"]) -> AnyEffect:
        match what:
            case "places":
                tasks = [_task(task) for task in self._runtime.summaries(window.user)]
                return Places(places(self._runtime.router), tasks)
            case "about":
                rows = self._runtime.platform.about() if self._may_control(window) else []
                return About(self._runtime.site.title, rows)
            case "quit":
                return self._confirm_quit(window)
            case _:
                assert_never(what)

    def _confirm_quit(self, window: Window) -> ConfirmQuit:
        ids = {instance.id for instance in self._runtime.at_work}
        tasks = self._runtime.summaries(window.user)
        return ConfirmQuit([_task(task) for task in tasks if task.id in ids])


def _task(summary: Summary) -> Task:
    return Task(summary.title, summary.url, _(summary.text), summary.progress)
