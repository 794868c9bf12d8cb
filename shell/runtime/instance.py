"""`Instance`: one running view. Its code, its document, its windows, its end.

A view's ``handle_request`` runs in an activity of its own. Events go through one at a time (the
*turn*); who waits gives the turn up. Everything here runs on the server thread; author code runs
where `activity.run` puts it.

Guarantees: events of one window are handled in order and once; an event is acknowledged by the
message that carries its changes; ``on_stop`` and ``on_cleanup`` are called once, in that order,
whatever ends the instance; an exception in author code ends that piece of code only.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from shell.errors import ViewError, ViewStopped
from shell.html import HTML, Document, Element, InputElement, Node
from shell.runtime import error_page
from shell.runtime.activity import Activity, Spawn, call, check_stopped, current, run
from shell.runtime.input_event import InputEvent
from shell.runtime.messages import Event
from shell.runtime.publisher import Publisher
from shell.runtime.request import Request
from shell.runtime.state import Progress, State, StopReason, Summary
from shell.runtime.turn import Turn
from shell.runtime.waiters import Waiters
from shell.runtime.window import Window

T = TypeVar("T")
log = logging.getLogger("everview.view")

#: A handler that runs longer than this, in seconds, is said to be busy, and ticks go on.
BUSY_AFTER = 2.0
#: How long windows keep what they showed before while a view shows nothing yet, in seconds.
EMPTY_PAGE_AFTER = 0.1
#: How long ``on_cleanup`` waits for author code that was told to stop, in seconds.
CLEANUP_AFTER = 2.0


class ViewHooks(Protocol):
    """What an instance calls on the author's view."""

    is_daemon: bool
    STOP_DAEMON_WHEN_VIEW_FINISHES: bool

    def handle_request(self, request: Request) -> Any: ...
    def handle_input_event_root(self, event: InputEvent) -> Any: ...
    def handle_input_event(self, event: InputEvent) -> Any: ...
    def on_stop(self, reason: StopReason) -> Any: ...
    def on_cleanup(self) -> Any: ...


class Keeper(Protocol):
    """What an instance tells the registry that keeps it."""

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
        self._spawn = spawn
        self._default_hooks = default_hooks
        self._state = State.RUNNING
        self._turn = Turn()
        self._waiters = Waiters()
        self._activities: set[Activity] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stopping = False
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
        return self._stopping

    @property
    def state(self) -> State:
        if self._state is State.RUNNING and len(self._waiters):
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
        progress = self.document.progress
        return Summary(
            id=self.id,
            url=self.request.url,
            title=self.document.title or type(self.view).__name__,
            state=self.state,
            seen=self.seen,
            is_daemon=self.is_daemon,
            long_running=self.long_running,
            progress=Progress(*progress) if progress else None,
            age=self.loop.time() - self.created,
            windows=self.window_count,
        )

    def _changed(self) -> None:
        self._keeper.instance_changed(self)

    # windows -----------------------------------------------------------------------------------

    def attach(self, window: Window, cursor: int | None) -> None:
        """Show this instance in ``window``."""
        self.publisher.add(window, cursor)
        self.window_seen(window)
        if not self._opening:
            self.publisher.flush()
        self._changed()

    def detach(self, window: Window) -> None:
        """Stop showing it there."""
        self.publisher.remove(window)
        self._changed()

    def window_seen(self, window: Window) -> None:
        """A person looks at this window: what has finished is seen now."""
        if window.visible and self._state is not State.RUNNING and not self.seen:
            self.seen = True
            self._changed()

    # the request -------------------------------------------------------------------------------

    def start(self, error: Exception | None = None) -> None:
        """Run ``handle_request``; with ``error``, show that instead: the view cannot be made."""
        # A view that shows something soon is not preceded by an empty page.
        self.publisher.hold()
        self.loop.call_later(EMPTY_PAGE_AFTER, self._open_page)
        if error is not None:
            self._show_failure(error)
            self._set_finished(State.FAILED)
            return
        self._task(self._run_request())

    def _open_page(self) -> None:
        if self._opening:
            self._opening = False
            self.publisher.release()

    def _task(self, coroutine: Any) -> asyncio.Task[Any]:
        task = self.loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run_request(self) -> None:
        activity = Activity(f"view {self.request.url}")
        activity.task = asyncio.current_task()
        self._activities.add(activity)
        try:
            result = await run(activity, self.view.handle_request, (self.request,), self._spawn)
            if not self._stopping:
                await self.change(lambda: self._take_response(result))
                self._set_finished(State.FINISHED)
        except BaseException as error:  # whatever an author raises ends this view and nothing else
            if self._stopping:
                self._log_after_the_end(error)
                return
            log.exception("view %s failed", self.request.url)
            await self.change(partial(self._show_failure, error))
            self._set_finished(State.FAILED)
        finally:
            self._activities.discard(activity)
        has_returned = self._state is State.FINISHED
        if has_returned and self.is_daemon and self.view.STOP_DAEMON_WHEN_VIEW_FINISHES:
            self.stop(StopReason.FINISHED)

    def _log_after_the_end(self, error: BaseException) -> None:
        if not isinstance(error, (ViewStopped, asyncio.CancelledError)):
            log.error("view %s failed after its end", self.request.url, exc_info=error)

    async def change(self, change: Callable[[], T]) -> T:
        """Change the document from the server thread, which must not wait for its lock.

        While an author holds the lock, the change is made in a thread.
        """
        if self.document.lock.acquire(blocking=False):
            try:
                return change()
            finally:
                self.document.lock.release()
        return await self._spawn(change, "change")

    def _take_response(self, response: Any) -> None:
        self.document.progress = None
        if response is None:
            return
        if isinstance(response, (Node, str)):
            self._set_root(response)
        else:
            raise ViewError(
                f"handle_request returned {response!r}; return a node, a text or None, "
                "or call self.show(...)"
            )

    def _set_finished(self, state: State) -> None:
        if self._stopping:
            return
        self._state = state
        self.seen = any(w.visible and w.transport is not None for w in self.publisher.windows)
        self.shown = True
        self._decide()
        self._open_page()
        self.publisher.flush()
        self._changed()

    def _show_failure(self, error: BaseException) -> None:
        title = self.document.title or type(self.view).__name__
        page = error_page.failed_page(title, error, self._start_again)
        self.document.root.nodes = [page]
        self.document.progress = None

    async def _start_again(self, event: InputEvent) -> None:
        self._keeper.restart(self)

    def _set_root(self, html: Node | str) -> None:
        node = html if isinstance(html, Element) else HTML(html)
        with self.document.lock:
            if node.parent is not None or list(self.document.root.nodes) != [node]:
                self.document.root.nodes = [node]

    # what views call, from any thread ----------------------------------------------------------

    def show(self, html: Node | str | None, title: str | None) -> None:
        """Show a tree, flush what changed."""
        check_stopped()
        if self._stopping:
            raise ViewError(f"show() was called after the view {self.request.url} has ended")
        if title is not None:
            self.document.title = title
        if html is not None:
            self._set_root(html)
        self.loop.call_soon_threadsafe(self._was_shown)

    def _was_shown(self) -> None:
        self.shown = True
        if self._state is State.RUNNING:
            self.long_running = True
            self._decide()
        self._open_page()
        self.publisher.flush()

    def set_progress(self, progress: Progress | None) -> None:
        """Note how far the work is. Cheap: may be called for every item."""
        check_stopped()
        self.document.progress = (
            None if progress is None else (progress.done, progress.total, progress.label)
        )
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
        """Await with the handler's turn given up; what changed so far is shown.

        The coroutine runs up to its first wait before that, so that a pop-up it puts up belongs
        to the same frame.
        """
        waiting = self._task(function(*arguments))
        handler = activity if activity is not None and activity.is_handler else None
        if handler is not None:
            handler.paused += 1
        try:
            await asyncio.sleep(0)
            if handler is not None:
                self._end_turn(handler)
            elif self._state is State.RUNNING:
                self.long_running = True
                self._was_shown()
            return await waiting
        finally:
            waiting.cancel()
            if handler is not None:
                handler.paused -= 1
                await self._resume(handler)

    async def _resume(self, handler: Activity) -> None:
        """Take the turn again after a wait, unless the handler waits elsewhere or has ended."""
        async with handler.resuming:
            if handler.has_turn or self._needs_no_turn(handler):
                return
            await self._begin_turn(handler)
            if self._needs_no_turn(handler):
                self._end_turn(handler)

    def _needs_no_turn(self, handler: Activity) -> bool:
        return self._stopping or handler.ended or handler.paused > 0

    async def wait_for_event(
        self, names: Sequence[str], nodes: Sequence[Element], timeout: float | None
    ) -> InputEvent:
        """The next event of these names at these nodes (none: any)."""
        for node in nodes:
            silent = [name for name in names if not node.listens_to(name)]
            if silent:
                await self.change(partial(node._listen, *silent))
        wait = self._waiters.wait(frozenset(names), nodes, timeout)
        self.loop.call_soon(self._changed)
        try:
            return await wait
        finally:
            self.loop.call_soon(self._changed)

    def decide_daemon(self) -> None:
        """``is_daemon`` was set on the instance. Any thread."""
        self.loop.call_soon_threadsafe(self._decide)

    def _decide(self) -> None:
        if self._stopping:
            return  # it must not be found again
        if self.is_daemon or self.shown or self._state is not State.RUNNING:
            self.decided = True
            self._keeper.daemon_decided(self)

    # events ------------------------------------------------------------------------------------

    def receive(self, window: Window, message: Event) -> None:
        """Take an event from a window that shows this instance."""
        node = self.document.get_node(message.node)
        if not isinstance(node, Element) or not (
            node.listens_to(message.name)
            or (message.name == "change" and isinstance(node, InputElement))
        ):
            # The node went, or stopped listening, while the event was on its way.
            window.acknowledged = message.number
            self.publisher.effect({"lost": message.number}, [window])
            return
        self.touched = True
        event = InputEvent(message.name, node, message.data, window)
        activity = Activity(f"handler of {event.name} in {self.request.url}", is_handler=True)
        activity.acknowledge = (window, message.number)
        self._activities.add(activity)
        activity.task = self._task(self._handle(activity, event))

    async def _handle(self, activity: Activity, event: InputEvent) -> None:
        try:
            await self._begin_turn(activity)
            await self._chain(activity, event)
        except BaseException as error:  # ends this handler; the view and its windows go on
            if self._stopping:
                self._log_after_the_end(error)
                return
            log.exception("%s failed", activity.name)
            text = error_page.describe(error)
            self.publisher.effect({"notice": text, "kind": "error"}, [event.window])
        finally:
            self._activities.discard(activity)
            activity.ended = True
            self._end_turn(activity)
            if activity.acknowledge is not None:
                # Stopped before its turn came.
                window, number = activity.acknowledge
                window.add_effect({"lost": number})
                self._acknowledge(activity)
                self._keeper.window_has_news(window)

    async def _begin_turn(self, activity: Activity) -> None:
        await self._turn.acquire()
        activity.has_turn = True
        activity.holds = True
        self.publisher.hold()
        activity.busy = self.loop.call_later(BUSY_AFTER, self._is_busy, activity)

    def _end_turn(self, activity: Activity) -> None:
        """Acknowledge, show what changed, pass the turn on."""
        if not activity.has_turn:
            return
        activity.has_turn = False
        if activity.busy is not None:
            activity.busy.cancel()
        elsewhere = self._acknowledge(activity)
        self._turn.release()
        if activity.holds:
            activity.holds = False
            self.publisher.release()
        else:
            self.publisher.flush()
        if elsewhere is not None:
            self._keeper.window_has_news(elsewhere)

    def _acknowledge(self, activity: Activity) -> Window | None:
        """Acknowledge the event of a handler; returns its window if that shows another view now.

        So it is when the handler started its view again, or a link was followed meanwhile.
        """
        if activity.acknowledge is None:
            return None
        window, number = activity.acknowledge
        activity.acknowledge = None
        window.acknowledged = max(window.acknowledged, number)
        return None if window in self.publisher.windows else window

    def _is_busy(self, activity: Activity) -> None:
        activity.busy = None
        if activity.holds:
            log.warning("%s has been running for %s s", activity.name, BUSY_AFTER)
            activity.holds = False
            if activity.acknowledge is not None:
                self.publisher.effect({"notice": "Still working …"}, [activity.acknowledge[0]])
            self.publisher.release()

    async def _chain(self, activity: Activity, event: InputEvent) -> None:
        """Root hook, the node and its ancestors, a pending wait, the view's own handler."""
        node = event.node
        if event.name == "change" and isinstance(node, InputElement):
            value = await self._take_value(node, event)
            event = InputEvent(event.name, node, value, event.window)
            try:
                await self._pass_on(activity, event)
            finally:
                if node.value != value:
                    # The handler changed what it was told: this window shows it at once, though
                    # the person is typing there.
                    event.window.answered.append(node._id)
        else:
            await self._pass_on(activity, event)

    async def _take_value(self, node: InputElement, event: InputEvent) -> Any:
        try:
            return await self.change(lambda: node.receive(event.data))
        except ValueError as error:
            # The page shows what was refused: it is told what is held.
            await self.change(lambda: node._touch(node.SLOT))
            raise ViewError(f"{node!r} cannot hold what the page sent: {error}") from None

    async def _pass_on(self, activity: Activity, event: InputEvent) -> None:
        if not await self._hook(activity, "handle_input_event_root", event):
            return
        taken = False
        for node in event.nodes:
            handlers: list[Callable[..., Any] | None] = [node.get_handler(event.name)]
            if type(node).handle_input_event is not Element.handle_input_event:
                handlers.append(node.handle_input_event)
            for handler in handlers:
                if handler is not None:
                    taken = True
                    if await run(activity, handler, (event,), self._spawn) is None:
                        return
        if self._waiters.offer(event):
            return
        if "handle_input_event" not in self._default_hooks:
            await self._hook(activity, "handle_input_event", event)
        elif not taken and self._state is State.RUNNING:
            self._waiters.keep(event)

    async def _hook(self, activity: Activity, name: str, event: InputEvent) -> bool:
        if name in self._default_hooks:
            return True
        hook = getattr(self.view, name)
        return await run(activity, hook, (event,), self._spawn) is not None

    # the end -----------------------------------------------------------------------------------

    def stop(self, reason: StopReason) -> asyncio.Future[None]:
        """End the instance; the future is done when the hooks have run."""
        if not self._stopping:
            self._stopping = True
            if self._state is State.RUNNING:
                self._state = State.STOPPED
            tasks = set(self._tasks)
            for activity in list(self._activities):
                activity.stop()
            self._keeper.instance_ended(self)
            self.loop.create_task(self._run_stop_hooks(reason, tasks))
        return self.ended

    async def _run_stop_hooks(self, reason: StopReason, tasks: set[asyncio.Task[Any]]) -> None:
        activity = Activity(f"on_stop of {self.request.url}")
        try:
            await self._run_stop_hook(activity, self.view.on_stop, reason)
            if tasks:
                await asyncio.wait(tasks, timeout=CLEANUP_AFTER)
            await self._run_stop_hook(activity, self.view.on_cleanup)
        finally:
            if not self.ended.done():
                self.ended.set_result(None)
        await self.change(self._end_progress)
        self.publisher.flush()

    def _end_progress(self) -> None:
        self.document.progress = None

    async def _run_stop_hook(self, activity: Activity, hook: Any, *arguments: Any) -> None:
        try:
            await run(activity, hook, arguments, self._spawn)
        except BaseException:  # the other hook still has to run
            log.exception("%s: %s failed", self.request.url, hook.__name__)
