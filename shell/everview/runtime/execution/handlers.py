"""`Handlers`: handles the events of one instance, from their arrival to their acknowledgement.

Handlers run one at a time: a handler needs the *turn* of its view to run. A handler that waits
releases the turn. An event is passed to the root hook of the view, to the node and its ancestors,
to a pending wait, and to the hook of the view. A function passes the event on by returning the
event. If the function returns None, no other function is called.

Most events are handled by one plain function, while no other handler has the turn. Such a handler
needs no task. A task would take two more iterations of the event loop, which is a tenth of the time
of a click.

Threads: must be used on the server thread only.
Guarantees: the events of one window are handled in order and once. An event is acknowledged by the
message that carries its changes. An exception in author code ends that handler only.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Protocol, TypeVar

from everview.errors import ViewStopped
from everview.html import Document, Element, InputElement
from everview.html.fields.inputs import MAX_VALUE, TooLongError
from everview.i18n import _
from everview.runtime.execution import error_page
from everview.runtime.execution.activities import Activities
from everview.runtime.execution.activity import change, is_async, run, start_in_thread
from everview.runtime.execution.handling import HandlerState, Handling
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.execution.stacks import stack_of
from everview.runtime.execution.turn import Turn
from everview.runtime.execution.waiters import Waiters
from everview.runtime.windows.effects import EventLost, Notice
from everview.runtime.windows.messages import Event
from everview.runtime.windows.publisher import Publisher
from everview.runtime.windows.window import Window

T = TypeVar("T")
logger = logging.getLogger("everview.view")

#: A handler that has had the turn for this number of seconds counts as busy: frames no longer wait
#: for its end.
BUSY_AFTER = 2.0
#: Maximum number of handlers of one instance that run or are queued. Further events are dropped,
#: and their window is notified. A user who clicks in a view that hangs does not reach this number.
MAX_HANDLERS = 1000
#: Names of the events after which the user continues to type in the same field.
WHILE_TYPING = frozenset({"change", "submit", "keydown", "keyup"})


class EventHooks(Protocol):
    """The hooks of a view that receive events."""

    def handle_input_event_root(self, event: InputEvent) -> object: ...
    def handle_input_event(self, event: InputEvent) -> object: ...


class Handlers:
    """Handles the events of one instance.

    Args:
        url: The URL of the instance, for log messages.
        view: The author's view.
        document: The document of the instance.
        publisher: Sends the document to windows.
        activities: The running author code of the instance.
        default_hooks: The names of hooks that the view does not override; they are not called.
        may_wait: Whether ``handle_request`` may still wait for an event that nothing handles.
        send_pending: Sends acknowledgements and effects to a window that shows another view.
    """

    def __init__(
        self,
        url: str,
        view: EventHooks,
        document: Document,
        publisher: Publisher,
        activities: Activities,
        default_hooks: frozenset[str],
        may_wait: Callable[[], bool],
        send_pending: Callable[[Window], None],
    ) -> None:
        self.waiters = Waiters()
        self._url = url
        self._view = view
        self._document = document
        self._publisher = publisher
        self._activities = activities
        self._default_hooks = default_hooks
        self._may_wait = may_wait
        self._send_pending = send_pending
        self._turn = Turn()
        #: The handler that has the turn, and the time at which it got the turn, by the loop's
        #: clock.
        self._holder: Handling | None = None
        self._holder_since = 0.0
        #: The number of waits that have not ended. A handler may have several.
        self._waits = 0
        self._busy_timer: asyncio.TimerHandle | None = None

    def receive(self, window: Window, message: Event) -> bool:
        """Handle an event from a window that shows this instance.

        Returns False if the event is lost.
        """
        node = self._document.get_node(message.node)
        if (
            not isinstance(node, Element)
            or not (
                node.listens_to(message.name)
                or (message.name == "change" and isinstance(node, InputElement))
            )
            or len(self._activities) >= MAX_HANDLERS
            or (message.too_large and not isinstance(node, InputElement))
        ):
            # The event is lost: its node was removed or stopped listening, too many events wait, or
            # the page could not send the data.
            window.handled_event(message.number)
            if message.too_large:
                logger.warning("an event in %s was refused: its data are too large", self._url)
                text = _("This action failed: its data are too large.")
                self._publisher.effect(Notice(text, "error"), [window])
                return False
            self._publisher.effect(EventLost(message.number), [window])
            self.restore_field(window, message)
            return False
        event = InputEvent(message.name, node, message.data, window, message.number)
        handling = self._queue(f"handler of {event.name} in {self._url}", event)
        handling.path = self._path_of(handling, event)
        if event.name == "change" and isinstance(node, InputElement):
            edit = partial(self._handle_edit, handling, event, node, message.too_large)
            self._start_task(handling, edit)
            return True
        first = next(handling.path, None) if handling.has_turn else None
        if first is None or is_async(first):
            self._start_task(handling, partial(self._pass_on, handling, event, first))
        else:
            done = partial(self._returned, handling, event)
            try:
                start_in_thread(handling, first, (event,), self._activities.spawn, done)
            except RuntimeError as error:  # The system cannot start another thread.
                self._finish(handling, error)
        return True

    def call(
        self, name: str, function: Callable[..., object], arguments: tuple[object, ...]
    ) -> None:
        """Run author code that belongs to no event. It takes turns with the handlers."""
        handling = self._queue(name, None)
        spawn = self._activities.spawn
        self._start_task(handling, partial(run, handling, function, arguments, spawn))

    def close(self) -> None:
        """Stop watching for busy handlers, because the instance has ended."""
        if self._busy_timer is not None:
            self._busy_timer.cancel()
            self._busy_timer = None

    # the life cycle of a handler ---------------------------------------------------------------

    def _queue(self, name: str, event: InputEvent | None) -> Handling:
        """Take the turn or a place in its queue at once, so that later events are handled later."""
        handling = Handling(name, self._activities.owner, event)
        self._activities.begin(handling)
        handling.place = self._turn.queue()
        if handling.place is None:
            self._begin_turn(handling)
        return handling

    def _returned(
        self, handling: Handling, event: InputEvent, result: object, error: BaseException | None
    ) -> None:
        """Continue after the first function has ended in its thread."""
        if error is None and handling.stopped:
            if inspect.iscoroutine(result):
                result.close()
            error = ViewStopped(handling.name)
        if error is not None or result is None:
            self._finish(handling, error)
        else:
            self._start_task(
                handling, partial(self._pass_on, handling, event, _returning(result))
            )

    def _start_task(self, handling: Handling, work: Callable[[], Awaitable[object]]) -> None:
        """Handle the event in a task, because the handler waits for its turn or is ``async``."""
        handling.task = self._activities.task(self._run(handling, work))
        # If the task is cancelled before its first step, `_run` does not run.
        handling.task.add_done_callback(partial(self._task_ended, handling))

    async def _run(self, handling: Handling, work: Callable[[], Awaitable[object]]) -> None:
        error: BaseException | None = None
        try:
            if handling.place is not None:
                await self._turn.wait(handling.place)
                self._begin_turn(handling)
            await work()
        except BaseException as raised:  # noqa: BLE001  (ends this handler only)
            error = raised
        self._finish(handling, error)

    def _task_ended(self, handling: Handling, task: asyncio.Task[None]) -> None:
        if handling.state is not HandlerState.ENDED:
            if handling.place is not None:
                self._turn.give_up(handling.place)
            self._finish(handling, ViewStopped(handling.name))

    def _finish(self, handling: Handling, error: BaseException | None) -> None:
        if error is not None:
            self._report(handling, error)
        self._activities.end(handling)
        event = handling.event
        if handling.has_turn:
            self._end_turn(handling, HandlerState.ENDED)
            return
        was_queued = handling.state is HandlerState.QUEUED
        handling.enter(HandlerState.ENDED)
        if was_queued and event is not None:
            event.window.add_effect(EventLost(event.number))
            self._acknowledge(handling)
            self._send_pending(event.window)

    def _report(self, handling: Handling, error: BaseException) -> None:
        if not self._activities.stopping:
            logger.error("%s failed", handling.name, exc_info=error)
            text = error_page.describe(error)
            windows = None if handling.event is None else [handling.event.window]
            self._publisher.effect(Notice(text, "error"), windows)
        elif not isinstance(error, (ViewStopped, asyncio.CancelledError)):
            logger.error("%s failed after the end of its view", handling.name, exc_info=error)

    # the path of an event ----------------------------------------------------------------------

    def _path_of(self, handling: Handling, event: InputEvent) -> Iterator[Callable[..., object]]:
        """Return the functions to call with the event, in order.

        If a function does not pass the event on, the remaining functions are not called.
        """
        view = self._view
        if "handle_input_event_root" not in self._default_hooks:
            yield view.handle_input_event_root
        handled = False
        for node in event.nodes:
            handler = node.get_handler(event.name)
            if handler is not None:
                handled = True
                yield handler
            if type(node).handle_input_event is not Element.handle_input_event:
                handled = True
                yield node.handle_input_event
        # The handlers of an edit receive a new event, with the value that the field accepted.
        event = handling.event or event
        if self.waiters.offer(event):
            return
        if "handle_input_event" not in self._default_hooks:
            yield view.handle_input_event
        elif not handled and (self._waits or self._may_wait()):
            self.waiters.store(event)

    async def _pass_on(
        self, handling: Handling, event: InputEvent, first: Callable[..., object] | None
    ) -> None:
        function = first or next(handling.path, None)
        while function is not None:
            if await run(handling, function, (event,), self._activities.spawn) is None:
                return
            function = next(handling.path, None)

    async def _handle_edit(
        self, handling: Handling, event: InputEvent, node: InputElement, too_large: bool
    ) -> None:
        try:
            if too_large:
                raise TooLongError("the message would be too large")
            value = await self._change(lambda: node.receive(event.data))
        except ValueError as error:
            await self._refuse_edit(event, node, error)
            return
        data = node.event_data(value)
        edit = InputEvent("change", node, data, event.window, event.number)
        handling.event = edit
        handling.fields = {node: value}
        await self._pass_on(handling, edit, None)

    async def _refuse_edit(
        self, event: InputEvent, node: InputElement, error: ValueError
    ) -> None:
        """Let the page show the value of the field again, and notify the user of the reason."""
        logger.warning("an edit of %r in %s was refused: %s", node, self._url, error)
        await self._send_value(event.window, node)
        if isinstance(error, TooLongError):
            text = _("This text is too long. A field holds at most {count} characters.")
            text = text.format(count=f"{MAX_VALUE:,}")
        else:
            text = _("The field does not accept this input.")
        event.window.add_effect(Notice(text, "error"))

    def restore_field(self, window: Window, message: Event) -> None:
        """Let the page show the value of the field again after an edit was lost."""
        node = self._document.get_node(message.node)
        if message.name == "change" and isinstance(node, InputElement):
            self._activities.task(self._send_value(window, node))

    async def _send_value(self, window: Window, node: InputElement) -> None:
        """Let the window show the value of a field even if the user is typing in it."""
        await self._change(lambda: node.mark_changed(node.SLOT))
        if window in self._publisher.windows:
            window.answered_fields.append(node.node_id)

    async def _change(self, function: Callable[[], T]) -> T:
        return await change(self._document.lock, function, self._activities.spawn)

    # passing the turn on -----------------------------------------------------------------------

    def _begin_turn(self, handling: Handling) -> None:
        handling.enter(HandlerState.RUNNING)
        event = handling.event
        if event is not None and event.name in WHILE_TYPING:
            # Earlier edits have been handled, so the fields have the values of these edits.
            handling.fields = self._values_of_fields(event.node)
        self._publisher.hold()
        self._holder = handling
        self._holder_since = self._activities.loop.time()
        if self._busy_timer is None:
            # All handlers share one timer. A timer for each handler would take 2 % of the time of a
            # click.
            self._busy_timer = self._activities.loop.call_later(BUSY_AFTER, self._check_busy)

    def _values_of_fields(self, node: Element) -> dict[InputElement, object]:
        """Return the values of the fields at ``node``.

        The result is empty while author code holds the document's lock.

        The server thread never waits for the lock of a document.
        """
        if not self._document.lock.acquire(blocking=False):
            return {}
        try:
            return {field: field.value for field in _fields_of(node)}
        finally:
            self._document.lock.release()

    def _note_answers(self, handling: Handling) -> None:
        """Let the window show the values that the handler set, even in fields in use."""
        if handling.event is None:
            return
        window = handling.event.window
        if window not in self._publisher.windows:
            return
        for field, before in handling.fields.items():
            if field.value != before:
                window.answered_fields.append(field.node_id)

    def _end_turn(self, handling: Handling, state: HandlerState) -> None:
        """Acknowledge the event, send what changed, and pass the turn on."""
        was_held = handling.state is HandlerState.RUNNING
        self._note_answers(handling)
        handling.enter(state)
        self._holder = None
        window = self._acknowledge(handling)
        self._turn.release()
        if was_held:
            self._publisher.release()
        else:
            self._publisher.flush()
        if window is not None:
            self._send_pending(window)

    def _acknowledge(self, handling: Handling) -> Window | None:
        """Acknowledge the event.

        Returns:
            The window of the event if this window shows another view now, because the handler
            restarted its view or the user followed a link.
        """
        if handling.acknowledged or handling.event is None:
            return None
        handling.acknowledged = True
        window = handling.event.window
        window.handled_event(handling.event.number)
        return None if window in self._publisher.windows else window

    def _check_busy(self) -> None:
        """Check whether the handler with the turn has had it for `BUSY_AFTER` seconds."""
        self._busy_timer = None
        holder = self._holder
        if holder is None:
            return
        left = self._holder_since + BUSY_AFTER - self._activities.loop.time()
        if left > 0:
            self._busy_timer = self._activities.loop.call_later(left, self._check_busy)
        elif holder.state is HandlerState.RUNNING:
            self._begin_busy(holder)

    def _begin_busy(self, handling: Handling) -> None:
        stack = stack_of(handling)
        logger.warning("%s has been running for %s s, at:\n%s", handling.name, BUSY_AFTER, stack)
        handling.enter(HandlerState.BUSY)
        if not handling.acknowledged and handling.event is not None:
            self._publisher.effect(Notice(_("Still working …")), [handling.event.window])
        self._publisher.release()

    async def wait(self, handling: Handling, waiting: asyncio.Task[T]) -> T:
        """Release the turn and await ``waiting``.

        Windows show the changes that the handler has made so far.

        The turn is released when ``waiting`` waits for the first time. If ``waiting`` shows a
        pop-up before that, the pop-up is in the same frame as the changes of the handler.
        """
        handling.waits += 1
        self._waits += 1
        try:
            await asyncio.sleep(0)
            if handling.has_turn:
                self._end_turn(handling, HandlerState.WAITING)
            return await waiting
        finally:
            waiting.cancel()
            handling.waits -= 1
            try:
                await self._resume(handling)
            finally:
                self._waits -= 1

    async def _resume(self, handling: Handling) -> None:
        """Take the turn again after a wait, unless the handler has another wait or has ended.

        An ``async`` handler may have several waits that end together. Only one of these waits takes
        the turn.
        """
        async with handling.resuming:
            if handling.has_turn or self._needs_no_turn(handling):
                return
            await self._turn.acquire()
            if self._needs_no_turn(handling):
                self._turn.release()
            else:
                self._begin_turn(handling)

    def _needs_no_turn(self, handling: Handling) -> bool:
        has_ended = handling.state is HandlerState.ENDED
        return self._activities.stopping or has_ended or handling.waits > 0


def _fields_of(node: Element) -> list[InputElement]:
    """Return the field of a keyboard event, or all fields of a submitted form."""
    if isinstance(node, InputElement):
        return [node]
    if node.tag_name != "form":
        return []
    return [field for field in node.walk() if isinstance(field, InputElement)]


def _returning(result: object) -> Callable[[InputEvent], object]:
    """Return ``result``. If ``result`` is awaitable, await it first."""

    async def function(event: InputEvent) -> object:
        return await result if inspect.isawaitable(result) else result

    return function
