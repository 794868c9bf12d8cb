"""`Instance`: one running view. It manages the view's code, document and windows, and its end.

``handle_request`` runs in an activity of its own, events are handled by `Handlers`.

Threads: must be used on the server thread, unless a method says otherwise.
Author code runs in the thread that `activity.run` chooses.
Guarantees: ``on_stop`` and ``on_cleanup`` are each called once, in this order, whatever ends the
instance. An exception in author code ends that piece of code only.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from everview.errors import ForbiddenError, ViewError, ViewStopped
from everview.html import Document, Element, Node
from everview.process import LimitedReport, Report, call_with_progress
from everview.progress import Progress
from everview.runtime.execution.activities import Activities
from everview.runtime.execution.activity import (
    Activity,
    Spawn,
    call,
    change,
    check_stopped,
    current,
    in_thread,
    run,
)
from everview.runtime.execution.channels import Hub
from everview.runtime.execution.handlers import EventHooks, Handlers
from everview.runtime.execution.handling import Handling
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.execution.life_cycle import checked
from everview.runtime.instances.page import Page
from everview.runtime.instances.state import (
    LIFE_TRANSITIONS,
    STATE_OF_LIFE,
    Life,
    State,
    StopReason,
    Summary,
)
from everview.runtime.routing.request import Request
from everview.runtime.routing.site import Site
from everview.runtime.transfers.buckets import Bucket
from everview.runtime.windows.messages import Event
from everview.runtime.windows.platform import Platform
from everview.runtime.windows.publisher import Publisher
from everview.runtime.windows.window import TICKS_IN_FLIGHT, Window

T = TypeVar("T")
logger = logging.getLogger("everview.view")

#: Until a new view shows something, its windows show the previous page for up to this number of
#: seconds.
EMPTY_PAGE_AFTER = 0.1
#: How long ``on_cleanup`` waits for author code that was stopped, in seconds.
CLEANUP_AFTER = 2.0


class ViewHooks(EventHooks, Protocol):
    """The part of the author's view that an instance uses."""

    is_daemon: bool
    STOP_DAEMON_WHEN_VIEW_FINISHES: bool

    def handle_request(self, request: Request) -> object: ...
    def on_stop(self, reason: StopReason) -> object: ...
    def on_cleanup(self) -> object: ...


class Registry(Protocol):
    """The part of the `Runtime` that its instances use.

    The runtime imports this module, so this module cannot import the runtime.
    """

    site: Site
    hub: Hub

    @property
    def platform(self) -> Platform: ...
    async def run_request_middlewares(self, instance: Instance, request: Request) -> object: ...
    def notify_state(self, instance: Instance, state: State) -> None: ...
    async def save_checkpoint(self, instance: Instance, data: bytes) -> None: ...
    def forget_checkpoint(self, user: str, url: str) -> None: ...
    def open_bucket(self, bucket: Bucket, instance: Instance) -> None: ...
    def close_bucket(self, bucket: Bucket) -> None: ...
    def instance_changed(self, instance: Instance) -> None: ...
    def instance_stopping(self, instance: Instance) -> None: ...
    def daemon_decided(self, instance: Instance) -> None: ...
    def restart(self, instance: Instance) -> None: ...
    def send_pending(self, window: Window) -> None: ...


class Instance:
    """One running view of one owner.

    Attributes:
        id: A random id.
        view: The author's view object.
        request: The request for which the instance was started.
        key: Windows of one owner that ask for the same key share a daemon view.
        document: The tree, title and progress of the view.
        publisher: Sends the document to its windows.
        page: The parts of the document: the app's layout, and the tree of the view.
        life: Where it is in its life cycle.
        result_seen: Whether a visible window has shown it since ``handle_request`` ended.
        was_used: Whether a person has used it.
        long_running: Whether ``handle_request`` showed something before it returned, or any code
            of the view reported progress.
        ended: Done when the hooks have run.
    """

    def __init__(
        self,
        view: ViewHooks,
        request: Request,
        key: object,
        registry: Registry,
        spawn: Spawn,
        loop: asyncio.AbstractEventLoop,
        default_hooks: frozenset[str] = frozenset(),
    ) -> None:
        self.id = secrets.token_hex(4)
        self.view = view
        self.request = request
        self.key = key
        self.loop = loop
        self.document = Document()
        on_title = registry.platform.set_title
        self.publisher = Publisher(self.document, self.id, loop, on_title)
        self.created = loop.time()
        self.life = Life.STARTING
        self.result_seen = False
        self.was_used = False
        self.long_running = False
        self.ended: asyncio.Future[None] = loop.create_future()
        self._registry = registry
        #: No frame is sent until the view shows something or this timer ends. Afterwards the
        #: attribute is None.
        self._first_page_timer: asyncio.TimerHandle | None = None
        self._end_callbacks: list[Callable[[], None]] = []
        request.owner = self
        self._activities = Activities(loop, spawn, self)
        name = type(view).__name__
        self.page = Page(self.document, self.publisher, registry.site, request, spawn, name)
        self._handlers = Handlers(
            request.url,
            view,
            self.document,
            self.publisher,
            self._activities,
            default_hooks,
            lambda: self._runs_request,
            registry.send_pending,
        )

    # properties --------------------------------------------------------------------------------

    @property
    def user(self) -> str:
        """The owner."""
        return self.request.user

    @property
    def is_daemon(self) -> bool:
        """Whether this instance continues to run without windows."""
        return bool(self.view.is_daemon)

    @property
    def ended_or_stopping(self) -> bool:
        """Whether this instance was stopped."""
        return self.life in (Life.STOPPING, Life.ENDED)

    @property
    def _runs_request(self) -> bool:
        return self.life in (Life.STARTING, Life.RUNNING)

    @property
    def state(self) -> State:
        """The state that lists of instances show."""
        if self._runs_request and len(self._handlers.waiters):
            return State.NEEDS_INPUT
        return STATE_OF_LIFE[self.life]

    @property
    def at_work(self) -> bool:
        """Whether the end of the process would lose work or input; see docs/architecture.md."""
        if not self.is_daemon or self.life is Life.FAILED or self.ended_or_stopping:
            return False
        return self.long_running or self.was_used or self._runs_request

    @property
    def window_count(self) -> int:
        """The number of windows that have a link and show this instance."""
        return sum(window.transport is not None for window in self.publisher.windows)

    def summary(self) -> Summary:
        """The summary of this instance for lists of instances."""
        return Summary(
            id=self.id,
            url=self.request.url,
            title=self.document.title or type(self.view).__name__,
            state=self.state,
            seen=self.result_seen,
            is_daemon=self.is_daemon,
            long_running=self.long_running,
            progress=self.document.progress,
            age=self.loop.time() - self.created,
            windows=self.window_count,
        )

    # the life cycle ----------------------------------------------------------------------------

    def _enter(self, life: Life) -> None:
        """Change the state of the life cycle. Raises RuntimeError for an illegal transition."""
        self.life = checked(self.life, life, LIFE_TRANSITIONS)

    def start(self, error: Exception | None = None, response: object = None) -> None:
        """Run ``handle_request``, or show ``error`` or ``response`` instead."""
        # No frame is sent yet, so that a view that shows something soon does not show an empty page
        # first.
        self.publisher.hold()
        self._first_page_timer = self.loop.call_later(EMPTY_PAGE_AFTER, self._release_first_page)
        self._activities.task(self._run_request(error, response))

    def _release_first_page(self) -> None:
        if self._first_page_timer is not None:
            self._first_page_timer.cancel()
            self._first_page_timer = None
            self.publisher.release()

    async def _run_request(self, error: Exception | None, response: object) -> None:
        activity = Activity(f"view {self.request.url}", self)
        activity.task = asyncio.current_task()
        self._activities.begin(activity)
        try:
            await self.page.build_layout(activity)
            if response is None:
                response = await self._get_response(activity, error)
            if not self.ended_or_stopping:
                await self.page.show_response(response)
                self._request_ended(Life.FINISHED)
        except BaseException as raised:  # noqa: BLE001  (ends this view only)
            if self.ended_or_stopping:
                self._log_late_error(raised)
                return
            await self._fail(activity, raised)
        finally:
            self._activities.end(activity)
        has_finished = self.life is Life.FINISHED
        if has_finished and self.is_daemon and self.view.STOP_DAEMON_WHEN_VIEW_FINISHES:
            self.stop(StopReason.FINISHED)

    async def _get_response(self, activity: Activity, error: Exception | None = None) -> object:
        """The response of a middleware, or of the view. Raises ``error`` if it is given."""
        if error is not None:
            raise error
        response = await self._registry.run_request_middlewares(self, self.request)
        if response is not None:
            return response
        spawn = self._activities.spawn
        return await run(activity, self.view.handle_request, (self.request,), spawn)

    async def respond(self) -> object:
        """The response of a view without windows, over HTTP. Raises any exception of the view."""
        activity = Activity(f"view {self.request.url}", self)
        self._activities.begin(activity)
        try:
            return await self._get_response(activity)
        finally:
            self._activities.end(activity)
            self.stop(StopReason.FINISHED)

    async def _fail(self, activity: Activity, error: BaseException) -> None:
        forbidden = isinstance(error, ForbiddenError)
        if not forbidden:
            logger.error("view %s failed", self.request.url, exc_info=error)
        await self.page.fail(activity, error, self._start_again)
        self._request_ended(Life.FINISHED if forbidden else Life.FAILED)

    def _log_late_error(self, error: BaseException) -> None:
        if not isinstance(error, (ViewStopped, asyncio.CancelledError)):
            logger.error("view %s failed after its end", self.request.url, exc_info=error)

    async def _start_again(self, event: InputEvent) -> None:
        self._registry.restart(self)

    def _request_ended(self, life: Life) -> None:
        """Continue after ``handle_request`` has returned or raised an exception."""
        if self.ended_or_stopping:
            return
        self._enter(life)
        windows = self.publisher.windows
        self.result_seen = any(w.visible and w.transport is not None for w in windows)
        self._decide_daemon()
        self._release_first_page()
        self.publisher.flush()
        self._registry.instance_changed(self)
        if self.long_running or life is Life.FAILED:
            self._notify_without_window(self.state)

    def _was_shown(self) -> None:
        """Note that the view has called `show` or waits."""
        if self._runs_request:
            if self.life is Life.STARTING:
                self._enter(Life.RUNNING)
            self.long_running = True
            self._decide_daemon()
        self._release_first_page()
        self.publisher.flush(TICKS_IN_FLIGHT)

    def decide_daemon(self) -> None:
        """Handle a new value of ``is_daemon``, set by author code. Any thread can call this."""
        self.loop.call_soon_threadsafe(self._decide_daemon)

    def _decide_daemon(self) -> None:
        """Notify the registry as soon as it can no longer change whether this view is a daemon."""
        if self.ended_or_stopping:
            return  # A new window must not find an instance that has ended.
        if self.is_daemon or self.life is not Life.STARTING:
            self._registry.daemon_decided(self)

    def stop_or_dismiss(self) -> asyncio.Future[None]:
        """Stop the instance because a user wants it.

        If ``handle_request`` has ended, dismiss the view.

        Returns:
            The future `ended`.
        """
        return self.stop(StopReason.STOPPED if self._runs_request else StopReason.DISMISSED)

    def stop(self, reason: StopReason) -> asyncio.Future[None]:
        """Stop the instance.

        Returns:
            The future `ended`.
        """
        if not self.ended_or_stopping:
            # If a user restarts a failed view, the view continues from its checkpoint.
            is_retry = self.life is Life.FAILED and reason is StopReason.RESTARTED
            self._enter(Life.STOPPING)
            self._activities.stop()
            if self.is_daemon and reason is not StopReason.SHUTDOWN and not is_retry:
                self._registry.forget_checkpoint(self.user, self.request.url)
            for callback in self._end_callbacks:
                callback()
            self._end_callbacks.clear()
            self._registry.instance_stopping(self)
            self.loop.create_task(self._run_stop_hooks(reason))
        return self.ended

    async def _run_stop_hooks(self, reason: StopReason) -> None:
        activity = Activity(f"on_stop of {self.request.url}", self)
        try:
            await self._run_stop_hook(activity, self.view.on_stop, reason)
            await self._activities.ended(CLEANUP_AFTER)
            await self._run_stop_hook(activity, self.view.on_cleanup)
        finally:
            self._enter(Life.ENDED)
            if not self.ended.done():
                self.ended.set_result(None)
        self._handlers.close()
        await self.change(self._clear_progress)
        self.publisher.flush()

    def _clear_progress(self) -> None:
        self.document.progress = None

    async def _run_stop_hook(
        self, activity: Activity, hook: Callable[..., object], *arguments: object
    ) -> None:
        try:
            await run(activity, hook, arguments, self._activities.spawn)
        except BaseException:  # If one hook raises an exception, the other hook must still run.
            name = getattr(hook, "__name__", hook)
            logger.exception("%s: %s failed", self.request.url, name)

    # windows -----------------------------------------------------------------------------------

    def attach(self, window: Window, cursor: int | None) -> None:
        """Begin to show this instance in ``window``."""
        self.publisher.add(window, cursor)
        self.page.attached(window)
        self.window_seen(window)
        if self._first_page_timer is None:
            self.publisher.flush()
        self._registry.instance_changed(self)

    def detach(self, window: Window) -> None:
        """Stop showing this instance in ``window``."""
        self.publisher.remove(window)
        self._registry.instance_changed(self)
        if not self.ended_or_stopping:
            self._notify_without_window(State.NEEDS_INPUT)

    def window_seen(self, window: Window) -> None:
        """Handle a window that became visible or hidden, or that was attached."""
        if window.visible and not self._runs_request and not self.result_seen:
            self.result_seen = True
            self._registry.instance_changed(self)

    def receive(self, window: Window, message: Event) -> None:
        """Handle an event from a window that shows this instance."""
        if self._handlers.receive(window, message):
            self.was_used = True

    def event_lost(self, window: Window, message: Event) -> None:
        """Handle the refusal of an event that a window of this instance has sent."""
        if not self.ended_or_stopping:
            self._handlers.restore_field(window, message)

    def _notify_without_window(self, state: State) -> None:
        """Notify the owner that a daemon view is in ``state``, if no window shows the view."""
        if self.is_daemon and self.state is state and not self.publisher.windows:
            self._registry.notify_state(self, state)

    # services for views and handlers, on any thread --------------------------------------------

    @property
    def site(self) -> Site:
        """The layout, views for errors and other settings of the app."""
        return self._registry.site

    @property
    def hub(self) -> Hub:
        """The channels of the app."""
        return self._registry.hub

    def call(
        self, name: str, function: Callable[..., object], arguments: tuple[object, ...]
    ) -> None:
        """Run author code as a handler: it takes turns with the other handlers."""

        def start() -> None:
            if not self.ended_or_stopping:
                self._handlers.call(name, function, arguments)

        self.loop.call_soon_threadsafe(start)

    def at_end(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` on the server thread when the view stops; at once if it has stopped."""

        def add() -> None:
            if self.ended_or_stopping:
                callback()
            else:
                self._end_callbacks.append(callback)

        self.loop.call_soon_threadsafe(add)

    def open_bucket(self, bucket: Bucket) -> None:
        """Open a bucket that closes with the view."""
        self._registry.open_bucket(bucket, self)
        self.at_end(partial(self._registry.close_bucket, bucket))

    def show(self, html: Node | str | None, title: str | None) -> None:
        """Show a tree and a title, and send what changed.

        Raises:
            ViewStopped: The view was stopped.
            ViewError: The view has ended.
        """
        check_stopped()
        if self.ended_or_stopping:
            raise ViewError(f"show() was called after the view {self.request.url} has ended")
        if title is not None:
            self.document.title = title
        if html is not None:
            self.page.show(html)
        self.loop.call_soon_threadsafe(self._was_shown)

    def set_progress(self, progress: Progress | None) -> None:
        """Set the progress of the work. A loop may call this method for every item."""
        check_stopped()
        self.document.progress = progress
        self.long_running = True

    def blocking(self, function: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
        """Run a coroutine function for author code.

        Block if the caller is in a thread; otherwise return the coroutine.

        See `activity.call`. The coroutine is created only after the call has reached the server
        thread. Otherwise, if the view was stopped before, Python would warn of a coroutine that was
        never awaited.
        """
        return call(self.loop, self._wait(current(), function, arguments))

    # services that run on the server thread ----------------------------------------------------

    async def _wait(
        self,
        activity: Activity | None,
        function: Callable[..., Coroutine[Any, Any, T]],
        arguments: tuple[Any, ...],
    ) -> T:
        waiting = self._activities.task(function(*arguments))
        if isinstance(activity, Handling):
            return await self._handlers.wait(activity, waiting)
        try:
            # ``waiting`` runs until it first waits, so that a pop-up that it shows is in the same
            # frame as earlier changes.
            await asyncio.sleep(0)
            if self._runs_request:
                self._was_shown()
            return await waiting
        finally:
            waiting.cancel()

    async def wait_for_event(
        self, names: Sequence[str], nodes: Sequence[Element], timeout: float | None
    ) -> InputEvent:
        """Wait for an event.

        Args:
            names: The names of the events; empty: any event.
            nodes: The elements where they happen; empty: any element.
            timeout: The longest wait in seconds; None: no limit.

        Raises:
            TimeoutError: No event arrived within ``timeout``.
        """
        for node in nodes:
            missing = [name for name in names if not node.listens_to(name)]
            if missing:
                await self.change(partial(node.listen, *missing))
        wait = self._handlers.waiters.wait(frozenset(names), nodes, timeout)
        self.loop.call_soon(self._registry.instance_changed, self)
        self.loop.call_soon(self._notify_without_window, State.NEEDS_INPUT)
        try:
            return await wait
        finally:
            self.loop.call_soon(self._registry.instance_changed, self)

    async def save_checkpoint(self, data: bytes) -> None:
        """Save a checkpoint; returns when it is durable."""
        await self._registry.save_checkpoint(self, data)

    async def change(self, function: Callable[[], T]) -> T:
        """Change the document."""
        return await change(self.document.lock, function, self._activities.spawn)

    async def in_thread(self, function: Callable[[], T], name: str) -> T:
        """Run a function of Everview in a thread, because the function may block."""
        return await in_thread(function, name, self._activities.spawn)

    async def run_in_thread(
        self, work: Callable[[], T], name: str, on_progress: Report | None
    ) -> T:
        """Run author code in a thread; see `View.run_in_thread`."""
        if on_progress is None:
            return await self._run_with_own_progress(work, name)
        limited = LimitedReport(on_progress)

        def report(done: float, total: float | None, label: str) -> None:
            check_stopped()
            limited(done, total, label)

        return await self._activities.run_in_thread(partial(call_with_progress, report, work), name)

    async def _run_with_own_progress(self, work: Callable[[], T], name: str) -> T:
        before = self.document.progress

        def report(done: float, total: float | None, label: str) -> None:
            self.set_progress(Progress.checked(done, total, label))

        try:
            return await self._activities.run_in_thread(
                partial(call_with_progress, report, work), name
            )
        finally:
            if not self.ended_or_stopping:
                self.set_progress(before)
