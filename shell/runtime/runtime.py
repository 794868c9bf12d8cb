"""`Runtime`: all instances and windows, and who sees which.

Threads: the server thread only; there are no locks.
Guarantees: two windows of one owner at the same URL of a daemon view share one instance, also when
they come at the same instant; an instance is reachable by its owner only; a window that comes back
within the grace finds what it left.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from shell.errors import NotAViewError
from shell.runtime.activity import Spawn
from shell.runtime.host import Host, NoHost
from shell.runtime.instance import Instance
from shell.runtime.messages import (
    AnyMessage,
    Attach,
    ClientError,
    Event,
    Resync,
    Seen,
    Visible,
    WindowCommand,
)  # fmt: skip
from shell.runtime.request import Request
from shell.runtime.routing import Route, Router
from shell.runtime.state import StopReason, Summary
from shell.runtime.window import Transport, Window

log = logging.getLogger("everview.runtime")

#: How long a window without a link is expected back, in seconds.
GRACE = 10.0
#: Windows without a link whose event numbers are remembered.
WINDOWS_KEPT = 1000


class MakeView(Protocol):
    """Makes the author's view object for an instance; the app hands it in (`View` is above us)."""

    def __call__(
        self, runtime: Runtime, view_class: Any, make: Callable[[Any], Instance], user: str, /
    ) -> Instance: ...


class Runtime:
    """The instances and windows of one server start."""

    def __init__(
        self,
        router: Router,
        spawn: Spawn,
        make_view: MakeView,
        not_found_view: Any,
        loop: asyncio.AbstractEventLoop,
        shared_state: Any = None,
        host: Host | None = None,
    ) -> None:
        self.epoch = secrets.token_hex(8)
        self.router = router
        self.loop = loop
        self.host: Host = host or NoHost()
        self.shared_state = shared_state
        self.on_idle: Callable[[], None] | None = None
        self.on_connect: Callable[[Window], None] | None = None
        self._spawn = spawn
        self._make_view = make_view
        self._not_found_view = not_found_view
        self.instances: OrderedDict[str, Instance] = OrderedDict()
        self.windows: OrderedDict[str, Window] = OrderedDict()
        self._shared: dict[object, Instance] = {}
        self._undecided: dict[object, Instance] = {}
        self._ending = False
        self._waiting: dict[Instance, list[tuple[Window, Attach]]] = {}
        self._shown: dict[Window, Instance] = {}
        self._leaving: dict[Window, asyncio.TimerHandle] = {}
        self._version = 1
        self._changed: asyncio.Event = asyncio.Event()

    # windows -----------------------------------------------------------------------------------

    def connect(self, window_id: str, user: str, label: str, transport: Transport) -> Window:
        """A window has a link. One that is here already gets the new link."""
        window = self.windows.get(window_id)
        if window is None or window.user != user:
            window = self.windows[window_id] = Window(window_id, user, label)
        self.windows.move_to_end(window_id)
        leaving = self._leaving.pop(window, None)
        if leaving is not None:
            leaving.cancel()
        if window.transport is not None:
            window.transport.close(4001, "this window has another link")
        window.connect(transport)
        if self.on_connect is not None:
            self.on_connect(window)
        return window

    def disconnect(self, window: Window, transport: Transport) -> None:
        """A link is gone; the window may be back within the grace."""
        if window.transport is not transport:
            return
        window.transport = None
        self._leaving[window] = self.loop.call_later(GRACE, self._gone, window)
        self._touch()

    def close_window(self, window: Window) -> None:
        """The window is gone for good."""
        leaving = self._leaving.pop(window, None)
        if leaving is not None:
            leaving.cancel()
        if window.transport is not None:
            window.transport.close(1000, "closed")
            window.transport = None
        self._gone(window)

    def _gone(self, window: Window) -> None:
        self._leaving.pop(window, None)
        self._detach(window)
        closed = [w for w in self.windows.values() if w.transport is None]
        for old in closed[: max(0, len(closed) - WINDOWS_KEPT)]:
            if old not in self._leaving:
                del self.windows[old.id]
        self._touch()
        if self.on_idle is not None and not self.open_windows:
            self.on_idle()

    @property
    def open_windows(self) -> list[Window]:
        """Windows that have a link or are expected back."""
        return [w for w in self.windows.values() if w.transport is not None or w in self._leaving]

    def instance_of(self, window: Window) -> Instance | None:
        """What the window shows."""
        return self._shown.get(window)

    def receive(self, window: Window, message: AnyMessage) -> None:
        """Take a message of a window whose link has proved its right."""
        match message:
            case Event():
                self._event(window, message)
            case Seen():
                self._confirm(window, message.frames)
            case Attach():
                self.attach(window, message)
            case Visible():
                window.visible = message.on
                if (instance := self._shown.get(window)) is not None:
                    instance.window_seen(window)
                    instance.publisher.flush()
            case Resync():
                window.cursor = None
                if (instance := self._shown.get(window)) is not None:
                    instance.publisher.flush()
            case WindowCommand():
                self._window_command(window, message)
            case ClientError():
                log.warning("script error in window %s: %s", window.id[:8], message.text)

    def _confirm(self, window: Window, frames: int) -> None:
        had_credit = window.ready
        window.confirm(frames)
        if not had_credit and (instance := self._shown.get(window)) is not None:
            instance.publisher.confirmed()

    def _event(self, window: Window, message: Event) -> None:
        if message.seen:
            self._confirm(window, message.seen)
        if message.number <= window.received:
            return
        window.received = message.number
        instance = self._shown.get(window)
        if instance is None or instance.id != message.document or instance.ended_or_stopping:
            window.acknowledged = message.number
            window.add_effect({"lost": message.number})
            if instance is not None:
                instance.publisher.flush()
            return
        instance.receive(window, message)

    def _window_command(self, window: Window, message: WindowCommand) -> None:
        if message.do == "open":
            if not self.host.open_window(message.url):
                window.add_effect({"open": message.url})
        elif not self.host.close_window(window):
            window.add_effect({"close": True})
        if (instance := self._shown.get(window)) is not None:
            instance.publisher.flush()

    # attaching ---------------------------------------------------------------------------------

    def attach(self, window: Window, message: Attach) -> None:
        """Show ``message.url`` in the window: the instance it had, a shared one, or a new one."""
        if self._ending:
            return
        shown = self._shown.get(window)
        if shown is not None and window.url == message.url:
            has_it = message.document == shown.id
            # A link that broke is no wish to start again what has ended.
            if has_it or not shown.ended_or_stopping:
                shown.attach(window, message.revision if has_it else None)
                return
        self._detach(window)
        window.url = message.url
        try:
            self._find_or_start(window, message)
        except Exception as error:  # an author's ``__init__`` or ``instance_key``
            log.exception("the view at %s cannot be made", message.url)
            request = Request(message.url, window.user)
            failed = self._start(self._not_found_view, request, object(), error)
            self._show(window, failed, message)

    def _find_or_start(self, window: Window, message: Attach) -> None:
        path = urlsplit(message.url).path
        found = self.router.resolve(path)
        if found is None:
            self._show(window, self._not_found(message.url, window.user), message)
            return
        route, arguments = found
        request = Request(message.url, window.user, route, arguments)
        key = self._key(route, request)
        instance = self._shared.get(key)
        if instance is not None:
            self._show(window, instance, message)
        elif key in self._undecided:
            self._waiting.setdefault(self._undecided[key], []).append((window, message))
        else:
            self._show(window, self._start(route.view, request, key), message)

    @staticmethod
    def _key(route: Route, request: Request) -> object:
        instance_key = route.view.instance_key
        if hasattr(instance_key, "__self__"):
            return (request.user, route, instance_key(request))
        return (request.user, route, instance_key(route.view, request))

    def _start(
        self, view_class: Any, request: Request, key: object, error: Exception | None = None
    ) -> Instance:
        """Start a view; with ``error``, one that says that another could not be made."""

        def make(view: Any) -> Instance:
            instance = Instance(
                view, request, key, self, self._spawn, self.loop, default_hooks(view_class)
            )
            instance.publisher.on_title = self._set_title
            return instance

        instance = self._make_view(self, view_class, make, request.user)
        self.instances[instance.id] = instance
        if instance.is_daemon:
            self._shared[key] = instance
            instance.decided = True
        elif _decides_late(view_class):
            self._undecided[key] = instance
        instance.start(error)
        self._touch()
        return instance

    def _set_title(self, window: Window, title: str) -> None:
        self.host.set_title(window, title)

    def _not_found(self, url: str, user: str) -> Instance:
        return self._start(self._not_found_view, Request(url, user), object())

    def _show(self, window: Window, instance: Instance, message: Attach) -> None:
        self._shown[window] = instance
        cursor = message.revision if message.document == instance.id else None
        instance.attach(window, cursor)

    def _detach(self, window: Window) -> None:
        instance = self._shown.pop(window, None)
        for waiting in self._waiting.values():
            waiting[:] = [entry for entry in waiting if entry[0] is not window]
        if instance is None:
            return
        instance.detach(window)
        if not instance.is_daemon and not instance.publisher.windows:
            instance.stop(StopReason.WINDOW_CLOSED)

    # what instances say ------------------------------------------------------------------------

    def instance_changed(self, instance: Instance) -> None:
        self._touch()

    def daemon_decided(self, instance: Instance) -> None:
        """The instance is, or will not become, a daemon: windows that waited for that go on."""
        if instance.is_daemon:
            self._shared.setdefault(instance.key, instance)
        if self._undecided.get(instance.key) is instance:
            del self._undecided[instance.key]
        for window, message in self._waiting.pop(instance, ()):
            self.attach(window, message)
        self._touch()

    def instance_ended(self, instance: Instance) -> None:
        self.instances.pop(instance.id, None)
        if self._shared.get(instance.key) is instance:
            del self._shared[instance.key]
        if self._undecided.get(instance.key) is instance:
            del self._undecided[instance.key]
        for window, message in self._waiting.pop(instance, ()):
            self.attach(window, message)
        self._touch()
        if self.on_idle is not None and not self.open_windows:
            self.on_idle()

    def window_has_news(self, window: Window) -> None:
        """Send a window what waits for it, whatever it shows now."""
        if (instance := self._shown.get(window)) is not None:
            instance.publisher.flush()

    def restart(self, instance: Instance) -> None:
        """Stop an instance and start another in its windows."""
        windows = list(instance.publisher.windows)
        for window in windows:
            self._shown.pop(window, None)
            instance.detach(window)
        instance.stop(StopReason.RESTARTED)
        for window in windows:
            self.attach(window, Attach(instance.request.url))

    # lists -------------------------------------------------------------------------------------

    def find(self, instance_id: str, user: str | None = None) -> Instance | None:
        """The instance with this id, if it is ``user``'s (None: anybody's)."""
        instance = self.instances.get(instance_id)
        return instance if instance and user in (None, instance.user) else None

    def summaries(self, user: str | None = None) -> list[Summary]:
        """The daemon instances of ``user`` (None: all), the oldest first."""
        return [
            instance.summary()
            for instance in self.instances.values()
            if instance.is_daemon and user in (None, instance.user)
        ]

    @property
    def at_work(self) -> list[Instance]:
        """Instances whose end would lose something."""
        return [instance for instance in self.instances.values() if instance.at_work]

    def _touch(self) -> None:
        self._version += 1
        self._changed.set()

    async def wait_for_change(self, version: int) -> int:
        """Wait until something that `summaries` shows has changed since ``version``."""
        while self._version <= version:
            self._changed.clear()
            await self._changed.wait()
        return self._version

    async def stop_all(self, timeout: float = 5.0) -> None:
        """End every instance; wait at most ``timeout`` seconds for their hooks."""
        self._ending = True
        ends = [i.stop(StopReason.SHUTDOWN) for i in list(self.instances.values())]
        if ends:
            await asyncio.wait(ends, timeout=timeout)


_HOOKS = ("handle_input_event_root", "handle_input_event")


def default_hooks(view_class: Any) -> frozenset[str]:
    """Hooks the class did not override: they are spared the call."""
    base = view_class.__mro__[-2]
    return frozenset(
        name for name in _HOOKS if getattr(view_class, name) is getattr(base, name, None)
    )


def _decides_late(view_class: Any) -> bool:
    """Whether the view may set ``self.is_daemon``: code of its class names it.

    A second window at the same URL must wait for that decision; for all other views it must not.
    """
    return any(
        _names_is_daemon(getattr(value, "__code__", None))
        for base in view_class.__mro__[:-2]
        for value in vars(base).values()
    )


def _names_is_daemon(code: Any) -> bool:
    return code is not None and (
        "is_daemon" in code.co_names
        or any(_names_is_daemon(inner) for inner in code.co_consts if hasattr(inner, "co_names"))
    )


def check_view(view_class: Any, base: type) -> None:
    """Raise `NotAViewError` unless ``view_class`` is a subclass of ``base``."""
    if not (isinstance(view_class, type) and issubclass(view_class, base)):
        raise NotAViewError(
            f"{view_class!r} is not a View: write 'class {getattr(view_class, '__name__', 'X')}"
            "(View):', or route a function that takes the request and returns HTML"
        )
