"""`Runtime`: all instances and windows, and which window shows which instance.

Threads: must be used on the server thread, unless a method says otherwise. No locks are needed.
Guarantees: two windows of one owner at the same URL of a daemon view share one instance, even if
they attach at the same moment. Only its owner can attach to an instance. A window that reconnects
within the grace period is shown the same instance.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, assert_never
from urllib.parse import urlsplit

from everview.html import H1, HTML, A, P
from everview.i18n import _
from everview.runtime.execution.activity import Activity, run, running_loop
from everview.runtime.execution.channels import Hub
from everview.runtime.instances.checkpoints import Checkpoint, Checkpoints
from everview.runtime.instances.daemons import Daemons
from everview.runtime.instances.instance import Instance
from everview.runtime.instances.state import State, StopReason, Summary
from everview.runtime.instances.view_classes import decides_late, default_hooks
from everview.runtime.routing.middlewares import MiddlewareData, Middlewares
from everview.runtime.routing.request import Request
from everview.runtime.routing.routing import Route, Router
from everview.runtime.routing.site import Site
from everview.runtime.services import Services
from everview.runtime.transfers.buckets import Bucket
from everview.runtime.transfers.transfers import Transfers
from everview.runtime.window_commands import WindowCommands
from everview.runtime.windows.connection import Connection
from everview.runtime.windows.effects import AnyEffect, EventLost, Load, Notice
from everview.runtime.windows.log_limit import LogLimit
from everview.runtime.windows.messages import (
    Attach,
    Browse,
    ClientError,
    Confirm,
    Event,
    InfoRequest,
    Prefer,
    QuitRequest,
    RefusedMessage,
    Resync,
    ShellMessage,
    Visible,
    WindowCommand,
    WindowMessage,
)
from everview.runtime.windows.platform import Platform
from everview.runtime.windows.registry import Windows
from everview.runtime.windows.window import TICKS_IN_FLIGHT, Transport, Window

logger = logging.getLogger("everview.runtime")

#: Maximum number of consecutive redirects that a window follows. Browsers have the same limit.
MAX_REDIRECTS = 20


class MakeView(Protocol):
    """Makes an instance with its view object."""

    def __call__(
        self, runtime: Runtime, view_class: Any, make: Callable[[Any], Instance], user: str, /
    ) -> Instance: ...


class MakeServer(Protocol):
    """Makes the ``self.server`` of views."""

    def __call__(self, runtime: Runtime, user: str, /) -> object: ...


class Runtime:
    """All instances and windows of one run of the server.

    Args:
        router: The routes of the app.
        site: Everything else that the app consists of.
        services: Everything that the runtime needs from outside.
        make_view: Makes instances with their view; `View` is in a layer above.
        make_server: Makes ``self.server`` of the views of a user; `ServerAPI` is in a layer above.
    """

    def __init__(
        self,
        router: Router,
        site: Site,
        services: Services,
        make_view: MakeView,
        make_server: MakeServer,
    ) -> None:
        self.epoch = secrets.token_hex(8)
        self.router = router
        self.site = site
        self.services = services
        self.loop = loop = services.loop
        self.hub = Hub(loop, services.spawn)
        self.middlewares = Middlewares(site.middlewares, services.spawn)
        self.transfers = Transfers(loop.time, self._call_later, services.files)
        self.instances: OrderedDict[str, Instance] = OrderedDict()
        self.windows = Windows(loop, self._window_removed)
        self._spawn = services.spawn
        self._make_view = make_view
        self._make_server = make_server
        self._daemons = Daemons()
        self._ending = False
        self._deletions: set[asyncio.Task[None]] = set()
        #: Maps each window to the instance that it shows.
        self._attached: dict[Window, Instance] = {}
        self._commands = WindowCommands(self)
        self._script_errors = LogLimit(logger, "script errors", loop.time)
        self._version = 1
        self._version_changed = asyncio.Event()

    @property
    def platform(self) -> Platform:
        """The desktop."""
        return self.services.platform

    @property
    def checkpoints(self) -> Checkpoints:
        """The stored checkpoints."""
        return self.services.checkpoints

    def server_of(self, user: str) -> object:
        """Return the ``self.server`` of the views of ``user``; "" means the app itself."""
        return self._make_server(self, user)

    def _call_later(self, delay: float, function: Callable[[], object]) -> None:
        """Call ``function`` on the server thread in ``delay`` seconds. Any thread can call this."""
        self.loop.call_soon_threadsafe(lambda: self.loop.call_later(delay, function))

    async def begin(self) -> None:
        """Run the ``on_startup`` hooks of middlewares. Raises any exception of a middleware."""
        await self.middlewares.run("on_startup", MiddlewareData(self.server_of("")))

    # windows -----------------------------------------------------------------------------------

    async def admit(self, connection: Connection) -> str | None:
        """Return the user of a connection, as `App.identify` determines it.

        If the user is None, the connection is refused.
        """
        user: str | None = connection.user
        if self.site.identify is not None:
            activity = Activity("identify")
            try:
                user = await run(activity, self.site.identify, (connection,), self._spawn)
            except Exception:  # the connection is refused
                logger.exception("App.identify failed")
                user = None
        if user is None or not self.middlewares.have("handle_connection"):
            return user
        data = MiddlewareData(self.server_of(user), connection=connection)
        return user if await self.middlewares.passes("handle_connection", data) else None

    def connect(
        self,
        window_id: str,
        user: str,
        label: str,
        transport: Transport,
        connection: Connection | None = None,
        effects_received: int | None = None,
    ) -> Window:
        """Connect a new or known window to its new link.

        ``effects_received``: as in `Window.connect`.
        """
        connection = connection or Connection(user, window_id, label)
        window = self.windows.connect(
            window_id, user, label, transport, connection, effects_received
        )
        window.post = partial(self._post, window)
        self.platform.connected(window)
        window.add_effect(self._commands.describe(window))
        self.services.on_connect(window)
        return window

    def disconnect(self, window: Window, transport: Transport) -> None:
        """Remove a closed link. The window may reconnect within the grace period."""
        if self.windows.disconnect(window, transport):
            self._notify_changed()

    def close_window(self, window: Window) -> None:
        """Remove a window that was closed."""
        self.windows.close(window)

    def _window_removed(self, window: Window) -> None:
        self._detach(window)
        self._notify_changed()
        self._check_idle()

    def _check_idle(self) -> None:
        if not self.windows.open:
            self.services.on_idle()

    def instance_of(self, window: Window) -> Instance | None:
        """The instance that the window shows."""
        return self._attached.get(window)

    async def receive_checked(self, window: Window, message: WindowMessage) -> None:
        """Continue `receive` after all middlewares have passed the message."""
        if isinstance(message, (Event, Attach, ShellMessage)):
            data = MiddlewareData(self.server_of(window.user), window.connection, message)
            if not await self.middlewares.passes("handle_websocket_message", data):
                if isinstance(message, Event):
                    self._report_lost(window, message)
                return
        self.receive(window, message)

    def receive(self, window: Window, message: WindowMessage) -> None:
        """Handle a message from a window with an authenticated link."""
        match message:
            case Event():
                self._receive_event(window, message)
            case Confirm():
                window.confirm_effects(message.effects)
                self._confirm(window, message.frames)
            case Attach():
                self.attach(window, message)
            case Visible():
                window.visible = message.on
                if (instance := self._attached.get(window)) is not None:
                    instance.window_seen(window)
                    instance.publisher.flush()
            case Resync():
                window.cursor = None
                if (instance := self._attached.get(window)) is not None:
                    instance.publisher.flush()
            case ClientError():
                self._script_errors.warn(f"script error in window {window.id[:8]}", message.text)
            case WindowCommand() | Browse() | Prefer() | QuitRequest() | InfoRequest():
                self._commands.receive(window, message)
            case _:
                assert_never(message)

    def _confirm(self, window: Window, frames: int) -> None:
        had_credit = window.has_credit(TICKS_IN_FLIGHT)
        window.confirm_frames(frames)
        if not had_credit and (instance := self._attached.get(window)) is not None:
            instance.publisher.confirmed(window)

    def _receive_event(self, window: Window, message: Event) -> None:
        if message.frames:
            self._confirm(window, message.frames)
        if message.number <= window.last_event_received:
            return
        window.last_event_received = message.number
        instance = self._attached.get(window)
        if instance is None or instance.id != message.document or instance.ended_or_stopping:
            self._report_lost(window, message)
        else:
            instance.receive(window, message)

    def _report_lost(self, window: Window, message: Event) -> None:
        """Report to a window that its event is lost."""
        window.last_event_received = max(window.last_event_received, message.number)
        window.handled_event(message.number)
        window.add_effect(EventLost(message.number))
        instance = self._attached.get(window)
        if instance is not None and instance.id == message.document:
            instance.event_lost(window, message)
        self.send_pending(window)

    def refuse(self, window: Window, message: RefusedMessage) -> None:
        """Report to a window that the server refused one of its messages."""
        if message.kind == "attach":
            text = _("This address is too long or not valid.")
            self._show_problem(window, _("This page cannot be shown"), text)
            return
        if message.number:
            window.last_event_received = max(window.last_event_received, message.number)
            window.handled_event(message.number)
        if message.kind not in ("confirm", "resync", "visible", "error"):
            window.add_effect(Notice(_("This action failed: the app did not accept it."), "error"))
        self.send_pending(window)

    # attaching ---------------------------------------------------------------------------------

    def attach(self, window: Window, message: Attach) -> None:
        """Show ``message.url`` in the window, with its current, a shared or a new instance."""
        if self._ending:
            return
        if window.count_redirects(self.loop.time()) > MAX_REDIRECTS:
            text = _("The address {url} redirects too often.").format(url=message.url)
            logger.warning("%s redirects more than %d times", message.url, MAX_REDIRECTS)
            self._show_problem(window, _("This page cannot be shown"), text)
            return
        shown = self._attached.get(window)
        if self._redirect_to_http(window, message.url, shown):
            return
        if shown is not None and window.url == message.url:
            has_document = message.document == shown.id
            # If a page reconnects, a view that has ended is not restarted.
            if has_document or not shown.ended_or_stopping:
                shown.attach(window, message.revision if has_document else None)
                return
        self._detach(window)
        window.url = message.url
        self.platform.attached(window)
        try:
            self._find_or_start(window, message)
        except Exception as error:  # noqa: BLE001  (from ``__init__`` or ``instance_key``)
            request = Request(message.url, window.user, connection=window.connection)
            failed = self._start(self.site.not_found_view, request, object(), error)
            self._show(window, failed, message)

    def _show_problem(self, window: Window, title: str, text: str) -> None:
        """Show an error page, because the requested address cannot be shown."""
        if self._ending:
            return
        self._detach(window)
        # This string is not an address of the app, so it differs from every address that the window
        # can attach to next.
        window.url = ""
        request = Request("/", window.user, connection=window.connection)
        problem = HTML(H1(title), P(text), P(A(_("Home"), href="/")))
        instance = self._start(self.site.not_found_view, request, object(), None, problem)
        self._show(window, instance, Attach("/"))

    def _redirect_to_http(self, window: Window, url: str, shown: Instance | None) -> bool:
        """If the route of the URL answers over HTTP only, let the window load an HTTP address.

        The window continues to show its instance, because the response may be a file to save.

        Returns:
            Whether the route of the URL answers over HTTP only.
        """
        found = self.router.resolve(urlsplit(url).path)
        if found is None or found[0].interactive:
            return False
        route, arguments = found
        request = Request(url, window.user, route, arguments, interactive=False,
                          connection=window.connection)  # fmt: skip
        back = window.url if shown is not None else ""
        window.add_effect(Load(self.transfers.address(request), back))
        self._send_effects(window, shown)
        return True

    def _send_effects(self, window: Window, shown: Instance | None) -> None:
        if shown is not None:
            shown.publisher.flush()
        else:
            window.send(None, "", self.loop.time())

    def resume(self) -> None:
        """Start views that resume automatically from their checkpoint, without windows."""
        for checkpoint in self.checkpoints.all():
            found = self.router.resolve(urlsplit(checkpoint.url).path)
            if found is None or not getattr(found[0].view, "RESUME", False):
                continue
            route, arguments = found
            request = Request(checkpoint.url, checkpoint.user, route, arguments)
            try:
                key = self._key(route, request)
                if self._daemons.find(key) is None:
                    self._start(route.view, request, key)
            except Exception:  # The exception is logged, because the other views must still resume.
                logger.exception("the view at %s cannot be resumed", checkpoint.url)

    def make_instance(self, request: Request) -> Instance:
        """Make an instance without windows, whose response is sent over HTTP."""
        view_class = request.route.view if request.route is not None else self.site.not_found_view
        return self._make(view_class, request, object())

    def _find_or_start(self, window: Window, message: Attach) -> None:
        path = urlsplit(message.url).path
        found = self.router.resolve(path)
        if found is None:
            self._show(window, self._not_found(message.url, window.user), message)
            return
        route, arguments = found
        request = Request(message.url, window.user, route, arguments, connection=window.connection)
        key = self._key(route, request)
        instance = self._daemons.find(key)
        if instance is not None and self.middlewares.have("handle_request"):
            window.arriving = self.loop.create_task(
                self._show_if_allowed(window, instance, request, message)
            )
        elif instance is not None:
            self._show(window, instance, message)
        elif not self._daemons.wait(key, window, message):
            self._show(window, self._start(route.view, request, key), message)

    async def run_request_middlewares(self, instance: Instance, request: Request) -> object:
        """Return the response of a middleware; None if no middleware responds."""
        if not self.middlewares.have("handle_request"):
            return None
        data = MiddlewareData(self.server_of(request.user), request.connection, None, request,
                              instance.view)  # fmt: skip
        result = await self.middlewares.run("handle_request", data)
        return None if result is data else ("" if result is None else result)

    async def _show_if_allowed(
        self, window: Window, instance: Instance, request: Request, message: Attach
    ) -> None:
        """Show a running instance in a window if the middlewares permit it."""
        error, response = None, None
        try:
            response = await self.run_request_middlewares(instance, request)
        except Exception as raised:  # noqa: BLE001  (shown in this window)
            error = raised
        if error is not None or response is not None:
            instance = self._start(self.site.not_found_view, request, object(), error, response)
        elif instance.ended_or_stopping:
            self._find_or_start(window, message)
            return
        self._show(window, instance, message)

    @staticmethod
    def _key(route: Route, request: Request) -> object:
        instance_key = route.view.instance_key
        if hasattr(instance_key, "__self__"):
            return (request.user, route, instance_key(request))
        return (request.user, route, instance_key(route.view, request))

    def _make(self, view_class: Any, request: Request, key: object) -> Instance:
        def make(view: Any) -> Instance:
            hooks = default_hooks(view_class)
            return Instance(view, request, key, self, self._spawn, self.loop, hooks)

        return self._make_view(self, view_class, make, request.user)

    def _start(
        self,
        view_class: Any,
        request: Request,
        key: object,
        error: Exception | None = None,
        response: object = None,
    ) -> Instance:
        """Start an instance. It shows ``error`` or ``response``, if given, instead of its view."""
        saved = self.checkpoints.find(request.user, request.url)
        if saved is not None:
            request.checkpoint = saved.value()
        instance = self._make(view_class, request, key)
        self.instances[instance.id] = instance
        self._daemons.begin(instance, decides_late(view_class))
        instance.start(error, response)
        self._notify_changed()
        return instance

    def _not_found(self, url: str, user: str) -> Instance:
        return self._start(self.site.not_found_view, Request(url, user), object())

    def _show(self, window: Window, instance: Instance, message: Attach) -> None:
        self._attached[window] = instance
        cursor = message.revision if message.document == instance.id else None
        instance.attach(window, cursor)

    def _detach(self, window: Window) -> None:
        if window.arriving is not None:
            window.arriving.cancel()
            window.arriving = None
        instance = self._attached.pop(window, None)
        self._daemons.leave(window)
        if instance is None:
            return
        instance.detach(window)
        if not instance.is_daemon and not instance.publisher.windows:
            instance.stop(StopReason.WINDOW_CLOSED)

    # calls from instances ----------------------------------------------------------------------

    def notify_state(self, instance: Instance, state: State) -> None:
        """Tell the owner the state of an instance that no window shows."""
        title = instance.document.title or type(instance.view).__name__
        self.notify(instance, title, _(state.value))

    def notify(self, instance: Instance, title: str, text: str) -> None:
        """Notify the owner of an instance.

        The system shows the notification if possible; otherwise the windows of the owner show it.
        """
        if self.platform.notify(title, text, instance.request.url):
            return
        effect = Notice(f"{title}: {text}" if text else title)
        for window in self.windows.open:
            if window.user == instance.user:
                window.post(effect)

    async def save_checkpoint(self, instance: Instance, data: bytes) -> None:
        """Store a checkpoint; returns when it is durable."""
        request, title = instance.request, instance.document.title
        await self.checkpoints.save(Checkpoint(request.user, request.url, title, data))
        self._notify_changed()

    def forget_checkpoint(self, user: str, url: str) -> None:
        """Delete the checkpoint of a view."""
        task = self.loop.create_task(self._forget(user, url))
        self._deletions.add(task)
        task.add_done_callback(self._deletions.discard)

    async def _forget(self, user: str, url: str) -> None:
        try:
            await self.checkpoints.forget(user, url)
        except OSError:
            logger.exception("a checkpoint cannot be deleted")
        self._notify_changed()

    def open_bucket(self, bucket: Bucket, instance: Instance) -> None:
        """Accept files for ``bucket``. Any thread can call this."""
        self.transfers.open(bucket, instance.call)

    def close_bucket(self, bucket: Bucket) -> None:
        """Stop accepting files for ``bucket``."""
        self.transfers.close(bucket)

    def instance_changed(self, instance: Instance) -> None:
        """Note that a value in the result of `summaries` has changed."""
        self._notify_changed()

    def daemon_decided(self, instance: Instance) -> None:
        """Attach the windows that waited until the instance decided whether it is a daemon."""
        for window, message in self._daemons.decided(instance):
            self.attach(window, message)
        self._notify_changed()

    def instance_stopping(self, instance: Instance) -> None:
        """Remove an instance that was stopped."""
        self.instances.pop(instance.id, None)
        for window, message in self._daemons.remove(instance):
            self.attach(window, message)
        self._notify_changed()
        self._check_idle()

    def send_pending(self, window: Window) -> None:
        """Send acknowledgements and effects to a window, even if it shows another view now."""
        self._send_effects(window, self._attached.get(window))

    def describe_again(self, window: Window) -> None:
        """Send the preferences to a window after they were changed outside the page."""
        window.add_effect(self._commands.describe(window))
        self.send_pending(window)

    def _post(self, window: Window, effect: AnyEffect) -> None:
        """Send an effect to a window. Any thread can call this."""
        if running_loop() is not self.loop:
            self.loop.call_soon_threadsafe(self._post, window, effect)
            return
        window.add_effect(effect)
        if (instance := self._attached.get(window)) is not None:
            instance.publisher.confirmed(window)

    def restart(self, instance: Instance) -> None:
        """Stop an instance and start another in its windows."""
        windows = list(instance.publisher.windows)
        for window in windows:
            self._attached.pop(window, None)
            instance.detach(window)
        instance.stop(StopReason.RESTARTED)
        for window in windows:
            self.attach(window, Attach(instance.request.url))

    # lists of instances ------------------------------------------------------------------------

    def find(self, instance_id: str, user: str | None = None) -> Instance | None:
        """The instance with this id if it belongs to ``user`` (None: any user)."""
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
        """Return the instances that would lose work or input if the process ended now."""
        return [instance for instance in self.instances.values() if instance.at_work]

    def _notify_changed(self) -> None:
        self._version += 1
        self._version_changed.set()

    async def wait_for_change(self, version: int) -> int:
        """Wait until `summaries` shows a change since ``version``; returns the new version."""
        while self._version <= version:
            self._version_changed.clear()
            await self._version_changed.wait()
        return self._version

    async def stop_all(self, timeout: float = 5.0) -> None:
        """Stop all instances and wait at most ``timeout`` seconds for their hooks."""
        self._ending = True
        ends = [i.stop(StopReason.SHUTDOWN) for i in list(self.instances.values())]
        if ends:
            await asyncio.wait(ends, timeout=timeout)
        await self.middlewares.passes("on_shutdown", MiddlewareData(self.server_of("")))
        self.hub.close()
