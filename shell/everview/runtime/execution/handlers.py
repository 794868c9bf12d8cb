"""`Handlers`: the events of one instance, from the link to the acknowledgement.

Handlers go one at a time (the *turn*); one that waits gives the turn up. An event goes its way:
the root hook, the node and its ancestors, a pending wait, the view's own hook; returning the event
passes it on, returning None ends it.

Most events are taken by the first plain function they meet, while nobody else has the turn. Those
get no task: it would cost two more rounds of the loop, a tenth of a click.

Threads: the server thread only. Guarantees: events of one window are handled in order and once; an
event is acknowledged by the message that carries its changes; an exception in author code ends
that handler only.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Protocol

from everview.errors import ViewError, ViewStopped
from everview.html import Document, Element, InputElement
from everview.i18n import _
from everview.runtime.execution import error_page
from everview.runtime.execution.activities import Activities
from everview.runtime.execution.activity import (
    Activity,
    Owner,
    change,
    is_async,
    run,
    start_in_thread,
)
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.execution.stacks import stack_of
from everview.runtime.execution.turn import Turn
from everview.runtime.execution.waiters import Waiters
from everview.runtime.windows.messages import Event
from everview.runtime.windows.publisher import Publisher
from everview.runtime.windows.window import Window

log = logging.getLogger("everview.view")

#: A handler that runs longer than this, in seconds, is said to be busy, and ticks go on.
BUSY_AFTER = 2.0
#: Handlers of an instance that run or wait for their turn; further events are lost, and the window
#: told so. Who clicks at a view that hangs does not get that far.
HANDLERS_KEPT = 1000
#: Events that come while the person is in a field, and goes on to be.
WHILE_TYPING = frozenset({"submit", "keydown", "keyup"})


class EventHooks(Protocol):
    """What is called on the author's view."""

    def handle_input_event_root(self, event: InputEvent) -> Any: ...
    def handle_input_event(self, event: InputEvent) -> Any: ...


class Handling(Activity):
    """One event on its way, or (without one) a call that has the turn as a handler has.

    ``place``: its place in the queue for the turn; ``has_turn``: it holds that; ``holds``: ticks
    wait for it. ``paused`` counts its waits, ``resuming`` lets one of them take the turn again;
    ``ended``: none does any more. ``acknowledged``: the end of a turn has said so. ``fields``: in
    which the person may be typing, with what they held before.
    """

    __slots__ = (
        "acknowledged",
        "began",
        "ended",
        "event",
        "fields",
        "has_turn",
        "holds",
        "paused",
        "place",
        "resuming",
        "way",
    )

    def __init__(self, name: str, owner: Owner, event: InputEvent | None) -> None:
        super().__init__(name, owner)
        self.event = event
        self.fields: dict[InputElement, Any] = {}
        self.place: asyncio.Future[None] | None = None
        self.way: Iterator[Callable[..., Any]] = iter(())
        self.acknowledged = False
        self.has_turn = False
        self.holds = False
        self.ended = False
        self.paused = 0
        self.resuming: asyncio.Lock | None = None
        self.began = 0.0


class Handlers:
    """Handles the events of one instance, which is at the URL ``where``.

    ``default_hooks``: hooks that the view did not override, and that are spared the call.
    ``is_open``: whether the view may still come to wait for an event that nothing took.
    ``on_news``: called for a window that shows another view now and has an acknowledgement.
    """

    def __init__(
        self,
        where: str,
        view: EventHooks,
        document: Document,
        publisher: Publisher,
        activities: Activities,
        default_hooks: frozenset[str],
        is_open: Callable[[], bool],
        on_news: Callable[[Window], None],
    ) -> None:
        self.waiters = Waiters()
        self._where = where
        self._view = view
        self._document = document
        self._publisher = publisher
        self._activities = activities
        self._default_hooks = default_hooks
        self._is_open = is_open
        self._on_news = on_news
        self._turn = Turn()
        self._holder: Handling | None = None
        #: Waits of handlers: until one has its turn again, it may come to wait for more.
        self._waits = 0
        self._watch: asyncio.TimerHandle | None = None

    def receive(self, window: Window, message: Event) -> bool:
        """Take an event from a window that shows this instance; False if it is lost."""
        node = self._document.get_node(message.node)
        if (
            not isinstance(node, Element)
            or not (
                node.listens_to(message.name)
                or (message.name == "change" and isinstance(node, InputElement))
            )
            or len(self._activities) >= HANDLERS_KEPT
        ):
            # The node went, or stopped listening, while the event was on its way; or the view is
            # too far behind.
            window.acknowledged = message.number
            self._publisher.effect({"lost": message.number}, [window])
            return False
        event = InputEvent(message.name, node, message.data, window, message.number)
        handling = self._queue(f"handler of {event.name} in {self._where}", event)
        handling.way = self._way(handling, event)
        if event.name == "change" and isinstance(node, InputElement):
            self._start(handling, partial(self._handle_edit, handling, event, node))
            return True
        first = next(handling.way, None) if handling.has_turn else None
        if first is None or is_async(first):
            self._start(handling, partial(self._pass_on, handling, event, first))
        else:
            done = partial(self._returned, handling, event)
            try:
                start_in_thread(handling, first, (event,), self._activities.spawn, done)
            except RuntimeError as error:  # no more threads
                self._finish(handling, error)
        return True

    def call(self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Run author code that no event asked for as a handler: in its turn, one at a time."""
        handling = self._queue(name, None)
        handling.acknowledged = True
        spawn = self._activities.spawn
        self._start(handling, partial(run, handling, function, arguments, spawn))

    def _queue(self, name: str, event: InputEvent | None) -> Handling:
        """Begin to handle, or take a place in the queue: now, so that what comes later waits."""
        handling = Handling(name, self._activities.owner, event)
        self._activities.begin(handling)
        handling.place = self._turn.queue()
        if handling.place is None:
            self._begin(handling)
        return handling

    def _returned(
        self, handling: Handling, event: InputEvent, result: Any, error: BaseException | None
    ) -> None:
        """The first function has run in its thread."""
        if error is None and handling.stopped:
            if inspect.iscoroutine(result):
                result.close()
            error = ViewStopped(handling.name)
        if error is not None or result is None:
            self._finish(handling, error)
        else:
            self._start(handling, partial(self._pass_on, handling, event, outcome_of(result)))

    def _start(self, handling: Handling, work: Callable[[], Awaitable[Any]]) -> None:
        """Handle in a task: it waits for the turn, or its code is asynchronous."""
        handling.task = self._activities.task(self._run(handling, work))
        # A task that is cancelled before its first step runs nothing of its own.
        handling.task.add_done_callback(partial(self._check_finished, handling))

    async def _run(self, handling: Handling, work: Callable[[], Awaitable[Any]]) -> None:
        error: BaseException | None = None
        try:
            if handling.place is not None:
                await self._turn.wait(handling.place)
                self._begin(handling)
            await work()
        except BaseException as raised:  # noqa: BLE001  (ends this handler; the view goes on)
            error = raised
        self._finish(handling, error)

    def _check_finished(self, handling: Handling, task: asyncio.Task[Any]) -> None:
        if not handling.ended:
            if handling.place is not None:
                self._turn.give_up(handling.place)
            self._finish(handling, ViewStopped(handling.name))

    def _finish(self, handling: Handling, error: BaseException | None) -> None:
        if error is not None:
            self._say(handling, error)
        self._activities.end(handling)
        handling.ended = True
        for field, before in handling.fields.items():
            if handling.event is not None and field.value != before:
                # It was answered with a new value, as Enter with an empty field.
                handling.event.window.answered.append(field.node_id)
        self._end_turn(handling)
        if not handling.acknowledged and handling.event is not None:
            # Stopped before its turn came.
            window = handling.event.window
            window.add_effect({"lost": handling.event.number})
            self._acknowledge(handling)
            self._on_news(window)

    def _say(self, handling: Handling, error: BaseException) -> None:
        if not self._activities.stopping:
            log.error("%s failed", handling.name, exc_info=error)
            text = error_page.describe(error)
            windows = None if handling.event is None else [handling.event.window]
            self._publisher.effect({"notice": text, "kind": "error"}, windows)
        elif not isinstance(error, (ViewStopped, asyncio.CancelledError)):
            log.error("%s failed after the end of its view", handling.name, exc_info=error)

    # the way of an event -----------------------------------------------------------------------

    def _way(self, handling: Handling, event: InputEvent) -> Iterator[Callable[..., Any]]:
        """What is called with the event, one after the other while they pass it on."""
        view = self._view
        if "handle_input_event_root" not in self._default_hooks:
            yield view.handle_input_event_root
        taken = False
        for node in event.nodes:
            handler = node.get_handler(event.name)
            if handler is not None:
                taken = True
                yield handler
            if type(node).handle_input_event is not Element.handle_input_event:
                taken = True
                yield node.handle_input_event
        # With the value that a field took meanwhile.
        event = handling.event or event
        if self.waiters.offer(event):
            return
        if "handle_input_event" not in self._default_hooks:
            yield view.handle_input_event
        elif not taken and (self._waits or self._is_open()):
            self.waiters.keep(event)

    async def _pass_on(
        self, handling: Handling, event: InputEvent, first: Callable[..., Any] | None
    ) -> None:
        function = first or next(handling.way, None)
        while function is not None:
            if await run(handling, function, (event,), self._activities.spawn) is None:
                return
            function = next(handling.way, None)

    async def _handle_edit(self, handling: Handling, event: InputEvent, node: InputElement) -> None:
        value = await self._take_value(node, event)
        data = node.event_data(value)
        edit = InputEvent("change", node, data, event.window, event.number)
        handling.event = edit
        try:
            await self._pass_on(handling, edit, None)
        finally:
            if node.value != value:
                # The handler changed what it was told: this window shows it at once, though the
                # person is typing there.
                event.window.answered.append(node.node_id)

    async def _take_value(self, node: InputElement, event: InputEvent) -> Any:
        lock, spawn = self._document.lock, self._activities.spawn
        try:
            return await change(lock, lambda: node.receive(event.data), spawn)
        except ValueError as error:
            # The page shows what was refused: it is told what is held.
            await change(lock, lambda: node.mark_changed(node.SLOT), spawn)
            raise ViewError(f"{node!r} cannot hold what the page sent: {error}") from None

    # the turn ----------------------------------------------------------------------------------

    def _begin(self, handling: Handling) -> None:
        """The turn was taken for ``handling``."""
        handling.has_turn = True
        handling.holds = True
        event = handling.event
        if event is not None and event.name in WHILE_TYPING:
            # The edit that came before this event has been handled, so these are its values.
            handling.fields = self._values_of_fields(event.node)
        self._publisher.hold()
        handling.began = self._activities.loop.time()
        self._holder = handling
        if self._watch is None:
            # One for all that come meanwhile: a timer for each would be a fiftieth of a click.
            self._watch = self._activities.loop.call_later(BUSY_AFTER, self._look)

    def _values_of_fields(self, node: Element) -> dict[InputElement, Any]:
        """The values of the fields at ``node``; none while an author holds the document's lock.

        The server thread never waits for that lock.
        """
        if not self._document.lock.acquire(blocking=False):
            return {}
        try:
            return {field: field.value for field in _fields_of(node)}
        finally:
            self._document.lock.release()

    def _end_turn(self, handling: Handling) -> None:
        """Acknowledge, show what changed, pass the turn on."""
        if not handling.has_turn:
            return
        handling.has_turn = False
        self._holder = None
        elsewhere = self._acknowledge(handling)
        self._turn.release()
        if handling.holds:
            handling.holds = False
            self._publisher.release()
        else:
            self._publisher.flush()
        if elsewhere is not None:
            self._on_news(elsewhere)

    def _acknowledge(self, handling: Handling) -> Window | None:
        """Acknowledge the event; returns its window if that shows another view now.

        So it is when the handler started its view again, or a link was followed meanwhile.
        """
        if handling.acknowledged or handling.event is None:
            return None
        handling.acknowledged = True
        window = handling.event.window
        window.acknowledged = max(window.acknowledged, handling.event.number)
        return None if window in self._publisher.windows else window

    def _look(self) -> None:
        """Has who holds the turn had it for long?"""
        self._watch = None
        holder = self._holder
        if holder is None:
            return
        left = holder.began + BUSY_AFTER - self._activities.loop.time()
        if left > 0:
            self._watch = self._activities.loop.call_later(left, self._look)
        else:
            self._is_busy(holder)

    def close(self) -> None:
        """The instance has ended."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _is_busy(self, handling: Handling) -> None:
        if handling.holds:
            stack = stack_of(handling)
            log.warning("%s has been running for %s s, at:\n%s", handling.name, BUSY_AFTER, stack)
            handling.holds = False
            if not handling.acknowledged and handling.event is not None:
                self._publisher.effect({"notice": _("Still working …")}, [handling.event.window])
            self._publisher.release()

    async def wait(self, handling: Handling, waiting: asyncio.Task[Any]) -> Any:
        """Await with the handler's turn given up; what changed so far is shown.

        ``waiting`` runs up to its first wait before that, so that a pop-up it puts up belongs to
        the same frame.
        """
        handling.paused += 1
        self._waits += 1
        try:
            await asyncio.sleep(0)
            self._end_turn(handling)
            return await waiting
        finally:
            waiting.cancel()
            handling.paused -= 1
            try:
                await self._resume(handling)
            finally:
                self._waits -= 1

    async def _resume(self, handling: Handling) -> None:
        """Take the turn again after a wait, unless the handler waits elsewhere or has ended."""
        if handling.resuming is None:
            handling.resuming = asyncio.Lock()
        async with handling.resuming:
            if handling.has_turn or self._needs_no_turn(handling):
                return
            await self._turn.acquire()
            self._begin(handling)
            if self._needs_no_turn(handling):
                self._end_turn(handling)

    def _needs_no_turn(self, handling: Handling) -> bool:
        return self._activities.stopping or handling.ended or handling.paused > 0


def _fields_of(node: Element) -> list[InputElement]:
    """The field that an event of the keyboard is at, or those of the form that is submitted."""
    if isinstance(node, InputElement):
        return [node]
    if node.tag_name != "form":
        return []
    return [field for field in node.walk() if isinstance(field, InputElement)]


def outcome_of(result: Any) -> Callable[[InputEvent], Any]:
    """A function that returns what another did: an event, or what makes one when it is awaited."""

    async def outcome(event: InputEvent) -> Any:
        return await result if inspect.isawaitable(result) else result

    return outcome
