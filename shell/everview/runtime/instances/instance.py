"""`Instance`: one running view. Its code, its document, its windows, its end.

A view's ``handle_request`` runs in an activity of its own, its events in `Handlers`. Everything
here runs on the server thread; author code runs where `activity.run` puts it.

Guarantees: ``on_stop`` and ``on_cleanup`` are called once, in that order, whatever ends the
instance; an exception in author code ends that piece of code only.
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
from everview.runtime.execution.handlers import EventHooks, Handlers, Handling
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.instances.page import Page
from everview.runtime.instances.state import State, StopReason, Summary
from everview.runtime.routing.request import Request
from everview.runtime.routing.site import Site
from everview.runtime.transfers.buckets import Bucket
from everview.runtime.windows.messages import Event
from everview.runtime.windows.publisher import Publisher
from everview.runtime.windows.window import TICKS_IN_FLIGHT, Window

T = TypeVar("T")
log = logging.getLogger("everview.view")

#: How long windows keep what they showed before while a view shows nothing yet, in seconds.
EMPTY_PAGE_AFTER = 0.1
#: How long ``on_cleanup`` waits for author code that was told to stop, in seconds.
CLEANUP_AFTER = 2.0


class ViewHooks(EventHooks, Protocol):
    """What an instance calls on the author's view."""

    is_daemon: bool
    STOP_DAEMON_WHEN_VIEW_FINISHES: bool

    def handle_request(self, request: Request) -> Any: ...
    def on_stop(self, reason: StopReason) -> Any: ...
    def on_cleanup(self) -> Any: ...


class Keeper(Protocol):
    """What an instance needs of the registry that keeps it, and tells it."""

    site: Site
    hub: Hub

    async def ask_middlewares(self, instance: Instance, request: Request) -> Any: ...
    def tell(self, instance: Instance, state: State) -> None: ...
    async def save_checkpoint(self, instance: Instance, data: bytes) -> None: ...
    def forget_checkpoint(self, user: str, url: str) -> None: ...
    def open_bucket(self, bucket: Bucket, instance: Instance) -> None: ...
    def close_bucket(self, bucket: Bucket) -> None: ...
    def instance_changed(self, instance: Instance) -> None: ...
    def instance_ended(self, instance: Instance) -> None: ...
    def daemon_decided(self, instance: Instance) -> None: ...
    def restart(self, instance: Instance) -> None: ...
    def window_has_news(self, window: Window) -> None: ...


class Instance:
    """One running view of one owner."""

    def __init__(
        self,
        view: ViewHooks,
        request: Request,
        key: object,
        keeper: Keeper,
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
        self.publisher = Publisher(self.document, self.id, loop)
        self.created = loop.time()
        self.seen = False
        self.touched = False
        self.long_running = False
        self.shown = False
        self._opening = True
        self.decided = False
        self._keeper = keeper
        self._state = State.RUNNING
        self._endings: list[Callable[[], None]] = []
        request.owner = self
        self._activities = Activities(loop, spawn, self)
        name = type(view).__name__
        self.page = Page(self.document, self.publisher, keeper.site, request, spawn, name)
        self._handlers = Handlers(
            request.url,
            view,
            self.document,
            self.publisher,
            self._activities,
            default_hooks,
            lambda: self._state is State.RUNNING,
            keeper.window_has_news,
        )
        self.ended = loop.create_future()

    # what it is --------------------------------------------------------------------------------

    @property
    def user(self) -> str:
        return self.request.user

    @property
    def is_daemon(self) -> bool:
        return bool(self.view.is_daemon)

    @property
    def ended_or_stopping(self) -> bool:
        return self._activities.stopping

    @property
    def state(self) -> State:
        if self._state is State.RUNNING and len(self._handlers.waiters):
            return State.NEEDS_INPUT
        return self._state

    @property
    def at_work(self) -> bool:
        """Whether ending the process would lose something: see docs/architecture.md."""
        if not self.is_daemon or self._state in (State.STOPPED, State.FAILED):
            return False
        return self.long_running or self.touched or self._state is State.RUNNING

    @property
    def window_count(self) -> int:
        return sum(window.transport is not None for window in self.publisher.windows)

    def summary(self) -> Summary:
        return Summary(
            id=self.id,
            url=self.request.url,
            title=self.document.title or type(self.view).__name__,
            state=self.state,
            seen=self.seen,
            is_daemon=self.is_daemon,
            long_running=self.long_running,
            progress=self.document.progress,
            age=self.loop.time() - self.created,
            windows=self.window_count,
        )

    def _changed(self) -> None:
        self._keeper.instance_changed(self)

    # windows -----------------------------------------------------------------------------------

    def attach(self, window: Window, cursor: int | None) -> None:
        """Show this instance in ``window``."""
        self.publisher.add(window, cursor)
        self.page.attached(window)
        self.window_seen(window)
        if not self._opening:
            self.publisher.flush()
        self._changed()

    def detach(self, window: Window) -> None:
        """Stop showing it there."""
        self.publisher.remove(window)
        self._changed()
        if not self._activities.stopping:
            self._tell_unseen(State.NEEDS_INPUT)

    def window_seen(self, window: Window) -> None:
        """A person looks at this window: what has finished is seen now."""
        if window.visible and self._state is not State.RUNNING and not self.seen:
            self.seen = True
            self._changed()

    # the request -------------------------------------------------------------------------------

    def start(self, error: Exception | None = None, response: Any = None) -> None:
        """Run ``handle_request``, or show ``error`` (it cannot be made) or ``response`` instead."""
        # A view that shows something soon is not preceded by an empty page.
        self.publisher.hold()
        self.loop.call_later(EMPTY_PAGE_AFTER, self._open_page)
        self._activities.task(self._run_request(error, response))

    def _open_page(self) -> None:
        if self._opening:
            self._opening = False
            self.publisher.release()

    async def _run_request(self, failed: Exception | None, instead: Any) -> None:
        activity = Activity(f"view {self.request.url}", self)
        activity.task = asyncio.current_task()
        self._activities.begin(activity)
        try:
            await self.page.build_layout(activity)
            result = instead if instead is not None else await self._ask_view(activity, failed)
            if not self._activities.stopping:
                await self.page.take(result)
                self._set_finished(State.FINISHED)
        except BaseException as error:  # noqa: BLE001  (what an author raises ends this view only)
            if self._activities.stopping:
                self._log_after_the_end(error)
                return
            await self._fail(activity, error)
        finally:
            self._activities.end(activity)
        has_returned = self._state is State.FINISHED
        if has_returned and self.is_daemon and self.view.STOP_DAEMON_WHEN_VIEW_FINISHES:
            self.stop(StopReason.FINISHED)

    async def _fail(self, activity: Activity, error: BaseException) -> None:
        forbidden = isinstance(error, ForbiddenError)
        if not forbidden:
            log.error("view %s failed", self.request.url, exc_info=error)
        await self.page.fail(activity, error, self._start_again)
        self._set_finished(State.FINISHED if forbidden else State.FAILED)

    async def _ask_view(self, activity: Activity, failed: Exception | None = None) -> Any:
        """What a middleware answers instead of the view, or the view's answer."""
        if failed is not None:
            raise failed
        instead = await self._keeper.ask_middlewares(self, self.request)
        if instead is not None:
            return instead
        spawn = self._activities.spawn
        return await run(activity, self.view.handle_request, (self.request,), spawn)

    async def respond(self) -> Any:
        """The view's answer over HTTP, where it has no window. Raises what the view raises."""
        activity = Activity(f"view {self.request.url}", self)
        self._activities.begin(activity)
        try:
            return await self._ask_view(activity)
        finally:
            self._activities.end(activity)
            self.stop(StopReason.FINISHED)

    def _log_after_the_end(self, error: BaseException) -> None:
        if not isinstance(error, (ViewStopped, asyncio.CancelledError)):
            log.error("view %s failed after its end", self.request.url, exc_info=error)

    async def change(self, function: Callable[[], T]) -> T:
        """Change the document from the server thread."""
        return await change(self.document.lock, function, self._activities.spawn)

    async def run_in_thread(
        self, work: Callable[[], T], name: str, on_progress: Report | None
    ) -> T:
        """Run author code in a thread that ends with the view; see `View.run_in_thread`."""
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
            self.set_progress(Progress(done, total, label))

        try:
            return await self._activities.run_in_thread(
                partial(call_with_progress, report, work), name
            )
        finally:
            if not self.ended_or_stopping:
                self.set_progress(before)

    async def in_thread(self, function: Callable[[], T], name: str) -> T:
        """Run a function of Everview that may block in a thread."""
        return await in_thread(function, name, self._activities.spawn)

    def _set_finished(self, state: State) -> None:
        if self._activities.stopping:
            return
        self._state = state
        self.seen = any(w.visible and w.transport is not None for w in self.publisher.windows)
        self.shown = True
        self._decide()
        self._open_page()
        self.publisher.flush()
        self._changed()
        if self.long_running or state is State.FAILED:
            self._tell_unseen(state)

    def _tell_unseen(self, state: State) -> None:
        """Tell the person what no window shows: it waits for input, has finished or failed."""
        if self.is_daemon and self.state is state and not self.publisher.windows:
            self._keeper.tell(self, state)

    async def _start_again(self, event: InputEvent) -> None:
        self._keeper.restart(self)

    # what views call, from any thread ----------------------------------------------------------

    @property
    def site(self) -> Site:
        """What the app consists of."""
        return self._keeper.site

    @property
    def hub(self) -> Hub:
        """The channels of the app."""
        return self._keeper.hub

    def call(self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Run author code as a handler, in its turn."""

        def begin() -> None:
            if not self._activities.stopping:
                self._handlers.call(name, function, arguments)

        self.loop.call_soon_threadsafe(begin)

    def at_end(self, ending: Callable[[], None]) -> None:
        """Call ``ending`` on the server thread when the view ends; at once if it has."""

        def note() -> None:
            if self._activities.stopping:
                ending()
            else:
                self._endings.append(ending)

        self.loop.call_soon_threadsafe(note)

    def keep(self, bucket: Bucket) -> None:
        """Open a bucket that ends with the view."""
        self._keeper.open_bucket(bucket, self)
        self.at_end(partial(self._keeper.close_bucket, bucket))

    def show(self, html: Node | str | None, title: str | None) -> None:
        """Show a tree, flush what changed."""
        check_stopped()
        if self._activities.stopping:
            raise ViewError(f"show() was called after the view {self.request.url} has ended")
        if title is not None:
            self.document.title = title
        if html is not None:
            self.page.show(html)
        self.loop.call_soon_threadsafe(self._was_shown)

    def _was_shown(self) -> None:
        self.shown = True
        if self._state is State.RUNNING:
            self.long_running = True
            self._decide()
        self._open_page()
        self.publisher.flush(TICKS_IN_FLIGHT)

    async def save_checkpoint(self, data: bytes) -> None:
        """Keep what the view saves; returns when it is durable."""
        await self._keeper.save_checkpoint(self, data)

    def set_progress(self, progress: Progress | None) -> None:
        """Set the progress of the work. It may be called for every item."""
        check_stopped()
        self.document.progress = progress
        self.long_running = True

    def blocking(self, function: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
        """Block for a coroutine in a thread, or return it to be awaited; see `activity.call`.

        It is made on the server thread: a view that is stopped before leaves none behind.
        """
        return call(self.loop, self._pause(current(), function, arguments))

    async def _pause(
        self,
        activity: Activity | None,
        function: Callable[..., Coroutine[Any, Any, Any]],
        arguments: tuple[Any, ...],
    ) -> Any:
        waiting = self._activities.task(function(*arguments))
        if isinstance(activity, Handling):
            return await self._handlers.wait(activity, waiting)
        try:
            # It runs up to its first wait, so that what it puts up belongs to the same frame.
            await asyncio.sleep(0)
            if self._state is State.RUNNING:
                self.long_running = True
                self._was_shown()
            return await waiting
        finally:
            waiting.cancel()

    async def wait_for_event(
        self, names: Sequence[str], nodes: Sequence[Element], timeout: float | None
    ) -> InputEvent:
        """The next event of these names at these nodes (none: any)."""
        for node in nodes:
            silent = [name for name in names if not node.listens_to(name)]
            if silent:
                await self.change(partial(node.listen, *silent))
        wait = self._handlers.waiters.wait(frozenset(names), nodes, timeout)
        self.loop.call_soon(self._changed)
        self.loop.call_soon(self._tell_unseen, State.NEEDS_INPUT)
        try:
            return await wait
        finally:
            self.loop.call_soon(self._changed)

    def decide_daemon(self) -> None:
        """``is_daemon`` was set on the instance. Any thread."""
        self.loop.call_soon_threadsafe(self._decide)

    def _decide(self) -> None:
        if self._activities.stopping:
            return  # it must not be found again
        if self.is_daemon or self.shown or self._state is not State.RUNNING:
            self.decided = True
            self._keeper.daemon_decided(self)

    # events ------------------------------------------------------------------------------------

    def receive(self, window: Window, message: Event) -> None:
        """Take an event from a window that shows this instance."""
        if self._handlers.receive(window, message):
            self.touched = True

    # the end -----------------------------------------------------------------------------------

    def stop(self, reason: StopReason) -> asyncio.Future[None]:
        """End the instance; the future is done when the hooks have run."""
        if not self._activities.stopping:
            failed = self._state is State.FAILED
            if self._state is State.RUNNING:
                self._state = State.STOPPED
            self._activities.stop()
            # What has failed and is started again goes on from what it saved.
            goes_on = reason is StopReason.SHUTDOWN or (failed and reason is StopReason.RESTARTED)
            if self.is_daemon and not goes_on:
                self._keeper.forget_checkpoint(self.user, self.request.url)
            for ending in self._endings:
                ending()
            self._endings.clear()
            self._keeper.instance_ended(self)
            self.loop.create_task(self._run_stop_hooks(reason))
        return self.ended

    async def _run_stop_hooks(self, reason: StopReason) -> None:
        activity = Activity(f"on_stop of {self.request.url}", self)
        try:
            await self._run_stop_hook(activity, self.view.on_stop, reason)
            await self._activities.ended(CLEANUP_AFTER)
            await self._run_stop_hook(activity, self.view.on_cleanup)
        finally:
            if not self.ended.done():
                self.ended.set_result(None)
        self._handlers.close()
        await self.change(self._end_progress)
        self.publisher.flush()

    def _end_progress(self) -> None:
        self.document.progress = None

    async def _run_stop_hook(self, activity: Activity, hook: Any, *arguments: Any) -> None:
        try:
            await run(activity, hook, arguments, self._activities.spawn)
        except BaseException:  # the other hook still has to run
            log.exception("%s: %s failed", self.request.url, hook.__name__)
