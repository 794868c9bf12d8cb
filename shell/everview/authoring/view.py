"""`View`: what authors subclass.

Names follow the reference framework (Lona 1.16), so that its views run with the import changed.

Threads: plain methods of a view run in threads, one handler at a time; ``async`` ones on the
server thread. What blocks in a thread (`sleep`, `await_click` ...) must be awaited in ``async``
code: the same method returns an awaitable there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, ClassVar

from everview.authoring.server_api import ServerAPI
from everview.authoring.view_services import ViewServices
from everview.errors import ViewError
from everview.html import Element, Form, Node, Popup
from everview.html.tree.static_files import StaticFile
from everview.runtime.execution.activity import check_stopped, refuse_on_loop, running_loop
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.instances.checkpoints import encode_checkpoint
from everview.runtime.instances.state import Progress, StopReason
from everview.runtime.routing.request import Request
from everview.runtime.routing.responses import place_of


class View(ViewServices):
    """A page in Python: override `handle_request` and return or show its HTML.

    ``is_daemon = True`` keeps the view running without windows and shares it among the owner's
    windows at the same URL. ``STOP_DAEMON_WHEN_VIEW_FINISHES = True`` ends it as soon as
    `handle_request` returns; by default its result stays until it is dismissed.
    """

    is_daemon: bool = False
    STOP_DAEMON_WHEN_VIEW_FINISHES: bool = False
    #: The title of its windows until `set_title`; the class name if empty.
    TITLE: ClassVar[str] = ""

    #: Whether a view with a checkpoint starts again by itself when the app does, without a window.
    RESUME: ClassVar[bool] = False

    #: Style sheets and modules of its pages, and what these need: see `html.tree.static_files`.
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = ()

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name == "is_daemon":
            self._instance.decide_daemon()

    # hooks -------------------------------------------------------------------------------------

    def handle_request(self, request: Request) -> Any:
        """Return what to show, or call `show` along the way. Plain or ``async``."""
        return None

    def handle_input_event_root(self, event: InputEvent) -> Any:
        """Called first for every event. Return the event to pass it on."""
        return event

    def handle_input_event(self, event: InputEvent) -> Any:
        """Called last, for events that nothing else handled."""
        return None

    def on_stop(self, reason: StopReason) -> Any:
        """Called once when the view ends, before `on_cleanup`."""

    def on_cleanup(self) -> Any:
        """Called once, last, when the view's code has ended."""

    @classmethod
    def instance_key(cls, request: Request) -> Any:
        """What tells the daemon instances of one owner at this route apart; hashable.

        The default is the route's arguments and the query, so that ``?a=2`` never shows the
        instance of ``?a=1``. Return ``request.match_info``'s part that matters, or None for one
        instance per route.
        """
        return (tuple(sorted(request.match_info.items())), tuple(sorted(request.GET.items())))

    # what it is --------------------------------------------------------------------------------

    @property
    def request(self) -> Request:
        """The request this instance was started with."""
        return self._instance.request

    @property
    def server(self) -> ServerAPI:
        """The running server."""
        return self._server

    @property
    def html(self) -> Element | None:
        """The root that is shown now, or None."""
        return self._instance.page.root

    @property
    def instance_id(self) -> str:
        """The id of this instance, as lists of instances show it."""
        return self._instance.id

    # showing -----------------------------------------------------------------------------------

    def show(
        self,
        html: Node | str | None = None,
        title: str | None = None,
        *,
        template: str = "",
        template_string: str = "",
        context: Mapping[str, Any] | None = None,
    ) -> None:
        """Show ``html`` in every window, or a template filled in, or what changed since.

        Never waits for a window. Raises `ViewError` after the view has ended, `TemplateError` for
        a template that cannot be.
        """
        templates = self._instance.site.templates
        if templates is not None and template:
            html = templates.render(template, context or {})
        elif templates is not None and template_string:
            html = templates.render_string(template_string, context or {})
        self._instance.show(html, title)

    def set_title(self, title: str) -> None:
        """The title of every window that shows this view."""
        self._instance.document.title = str(title)

    def progress(self, done: float | None, total: float | None = None, label: str = "") -> None:
        """How far the work is: for the page, the title of its windows and the list of tasks.

        ``done`` None: no work. ``total`` None: unknown. Cheap enough for every item of a loop.
        """
        self._instance.set_progress(None if done is None else Progress(done, total, label))

    def notice(self, text: str, kind: str = "info") -> None:
        """Show a short notice in the windows of this view; ``kind``: info, error."""
        instance = self._instance
        effect = {"notice": str(text), "kind": kind}
        instance.loop.call_soon_threadsafe(instance.publisher.effect, effect)

    def focus(self, node: Element) -> None:
        """Move the keyboard focus of every window of this view to ``node``."""
        instance = self._instance
        instance.loop.call_soon_threadsafe(lambda: instance.publisher.effect({"focus": node._id}))

    def redirect(self, url: str) -> None:
        """Let the windows of this view go to another URL of the app, or raise `ViewError`."""
        instance = self._instance
        effect = {"redirect": place_of(url)}
        instance.loop.call_soon_threadsafe(instance.publisher.effect, effect)

    # waiting -----------------------------------------------------------------------------------

    def await_input_event(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Any:
        """Wait for any input event at ``nodes`` (none: anywhere), and return it.

        Several waits at once are fine, in handlers too. Raises TimeoutError after ``timeout``
        seconds.
        """
        return self._await((), nodes, html, timeout)

    def await_click(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Any:
        """Wait for a click; as `await_input_event`."""
        return self._await(("click",), nodes, html, timeout)

    def await_change(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Any:
        """Wait for a change of a field; as `await_input_event`."""
        return self._await(("change",), nodes, html, timeout)

    def await_focus(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Any:
        """Wait for a node to get the focus; as `await_input_event`."""
        return self._await(("focus",), nodes, html, timeout)

    def await_blur(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> Any:
        """Wait for a node to lose the focus; as `await_input_event`."""
        return self._await(("blur",), nodes, html, timeout)

    def _await(
        self,
        names: tuple[str, ...],
        nodes: tuple[Element, ...],
        html: Node | str | None,
        timeout: float | None,
    ) -> Any:
        if html is not None:
            self.show(html)
        instance = self._instance
        return instance.blocking(instance.wait_for_event, names, nodes, timeout)

    def await_form(
        self, form: Form, html: Node | str | None = None, timeout: float | None = None
    ) -> Any:
        """Wait until ``form`` is submitted and right; returns its dataclass, None if cancelled.

        ``html`` is shown first; by default the form, unless it is shown already. What is wrong is
        shown beside its field, and the first such field gets the focus. ``timeout`` counts from
        each attempt.
        """
        if html is None and form.document is None:
            html = form
        if html is not None:
            self.show(html)
            self.focus(form.focus_target)
        if running_loop() is self._instance.loop:
            return self._await_form(form, timeout)
        while True:
            # Not in one coroutine: the dataclass is an author's, and may block.
            ended, answer = form.answer(self._await(form.endings, (form,), None, timeout))
            if ended:
                return answer
            self.focus(form.focus_target)

    async def _await_form(self, form: Form, timeout: float | None) -> Any:
        while True:
            ended, answer = form.answer(await self._await(form.endings, (form,), None, timeout))
            if ended:
                return answer
            self.focus(form.focus_target)

    def ask(self, question: str, *answers: str, details: Any = None) -> Any:
        """Ask in a pop-up, in every window of this view, and wait for the answer.

        Returns the chosen answer; None for Escape. The first answer is the one that acts:
        ``if self.ask("Delete it?", "Delete", "Keep") == "Delete": ...``
        """
        return self._instance.blocking(self._ask, question, answers or ("OK",), details)

    async def _ask(self, question: str, answers: tuple[str, ...], details: Any) -> str | None:
        html = self.html
        if html is None:
            raise ViewError("ask() needs something shown to ask above: call self.show(...) first")
        popup = Popup(question, details, answers=answers)
        await self._instance.change(lambda: html.append(popup))
        self.show()
        self.focus(popup.buttons[-1])
        try:
            while True:
                event = await self._instance.wait_for_event((), [popup, *popup.buttons], None)
                answered, answer = popup.answer_of(event)
                if answered:
                    return answer
        finally:
            await self._instance.change(popup.remove)

    def sleep(self, seconds: float) -> Any:
        """Wait; ends at once when the view is stopped."""
        return self._instance.blocking(asyncio.sleep, seconds)

    def await_sync(self, awaitable: Awaitable[Any]) -> Any:
        """Run an awaitable on the server thread and return its result, in plain code.

        Raises `BlockingCallError` in ``async`` code: ``await`` it there.
        """
        loop = self._instance.loop
        refuse_on_loop(loop, "await_sync()", "write 'await' before the awaitable itself")

        async def wait() -> Any:
            return await awaitable

        return self._instance.blocking(wait)

    def checkpoint(self, data: Any) -> Any:
        """Save ``data``, what JSON has, to go on from after a crash or restart.

        Returns when it is on the disk. The view that is started next at this URL, for this owner,
        has the last one as ``request.checkpoint``; stopping or dismissing the view removes it. A
        step may run twice: save after it is done. Raises `ViewError` for what JSON has not, in
        views that are no daemons, and OSError if the disk does not take it: the last one stays.
        """
        if not self.is_daemon:
            raise ViewError("only daemon views are resumed: set is_daemon = True")
        encoded = encode_checkpoint(data)
        return self._instance.blocking(self._instance.save_checkpoint, encoded)

    def stop(self) -> None:
        """End this view. Its windows keep what they show; it is not found again."""
        instance = self._instance
        instance.loop.call_soon_threadsafe(instance.stop, StopReason.STOPPED)

    def restart(self) -> None:
        """End this view and start it from the beginning in its windows."""
        instance = self._instance
        instance.loop.call_soon_threadsafe(self._server.runtime.restart, instance)

    def ping(self) -> Any:
        """Return "pong"; where the view was stopped, end instead."""
        if running_loop() is not self._instance.loop:
            # Asked for in loops that do not wait: not by way of the loop, which takes 60 us.
            check_stopped()
            return "pong"

        async def pong() -> str:
            return "pong"

        return pong()
