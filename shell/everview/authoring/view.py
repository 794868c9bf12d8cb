"""`View`: what authors subclass, and `BaseView`, what it shares with `AsyncView`.

Names follow the reference framework (Lona 1.16), so that its views run with the import changed.

Handlers and hooks of a view may be plain or ``async``. Plain ones run in threads, one handler at a
time; ``async`` ones run on the server thread. Methods that wait (`View.sleep`, `View.await_click`
...) block in plain code and must be awaited in ``async`` code. Write a view whose code is ``async``
as an `AsyncView`: its methods have the types that they have there.

The services of a view are in modules of their own: ``showing``, ``waiting``, ``files``, ``desktop``
and ``tasks``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import ClassVar, ParamSpec, TypeAlias, TypeVar, TypeVarTuple, cast, overload

from everview.authoring.desktop import Desktop
from everview.authoring.server_api import BaseServer, ServerAPI
from everview.authoring.tasks import Tasks, check_callable
from everview.html import Element, Form, Node
from everview.html.tree.node import Child
from everview.html.tree.static_files import StaticFile
from everview.process import Report
from everview.runtime.execution.channels import Message, subscribe_instance
from everview.runtime.execution.input_event import InputEvent
from everview.runtime.instances.state import StopReason
from everview.runtime.routing.request import Request
from everview.runtime.routing.responses import (
    HttpRedirectResponse,
    RedirectResponse,
    Response,
    TemplateResponse,
    TemplateStringResponse,
)

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D")
Ts = TypeVarTuple("Ts")

#: What ``handle_request`` may return. `Response` is for routes with ``interactive=False``.
Answer: TypeAlias = (
    Node
    | str
    | RedirectResponse
    | HttpRedirectResponse
    | TemplateResponse
    | TemplateStringResponse
    | Response
    | None
)


class BaseView(Desktop, Tasks):
    """What `View` and `AsyncView` share. Not for authors to subclass."""

    #: Whether the view keeps running without windows, and all windows of its owner at the same URL
    #: share it.
    is_daemon: bool = False
    #: Whether a daemon view ends when ``handle_request`` returns. By default it stays until it is
    #: dismissed.
    STOP_DAEMON_WHEN_VIEW_FINISHES: bool = False
    #: The title of its windows until `set_title`; the class name if empty.
    TITLE: ClassVar[str] = ""

    #: Whether a view with a checkpoint is started without a window when the app starts.
    RESUME: ClassVar[bool] = False

    #: Style sheets and modules of its pages, and the files that these need.
    STATIC_FILES: ClassVar[Sequence[StaticFile]] = ()

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        if name == "is_daemon":
            self._instance.decide_daemon()

    # hooks -------------------------------------------------------------------------------------

    def handle_request(self, request: Request) -> Answer | Awaitable[Answer]:
        """Return what to show, or call `show` one or more times. Plain or ``async``."""
        return None

    def handle_input_event_root(
        self, event: InputEvent
    ) -> InputEvent | Awaitable[InputEvent | None] | None:
        """Called first for every event. Return the event to pass it on, None to end it."""
        return event

    def handle_input_event(
        self, event: InputEvent
    ) -> InputEvent | Awaitable[InputEvent | None] | None:
        """Called last, for events that no handler ended."""
        return None

    def on_stop(self, reason: StopReason) -> Awaitable[None] | None:
        """Called once when the view ends, before `on_cleanup`."""

    def on_cleanup(self) -> Awaitable[None] | None:
        """Called once, last, when the code of the view has ended."""

    @classmethod
    def instance_key(cls, request: Request) -> Hashable:
        """Which daemon instance of an owner at this route a request is for.

        Requests with equal keys share an instance. By default the key is the arguments of the route
        and the query, so that ``?a=2`` never shows the instance of ``?a=1``. Return one value of
        ``request.match_info`` or ``request.GET`` to use only that, or None for one instance per
        route.
        """
        return (tuple(sorted(request.match_info.items())), tuple(sorted(request.GET.items())))

    # what it is --------------------------------------------------------------------------------

    @property
    def request(self) -> Request:
        """The request that this instance was started for."""
        return self._instance.request

    @property
    def instance_id(self) -> str:
        """The id of this instance, as in `Summary.id`."""
        return self._instance.id

    @property
    def server(self) -> BaseServer:
        """The running server."""
        return self._server

    def subscribe(self, topic: str, handler: Callable[[Message], object]) -> None:
        """Call ``handler(message)`` for messages of a channel until this view ends.

        It is called as other handlers of this view are: one at a time, plain or ``async``.

        Args:
            topic: The topic; ``*`` stands for any part of it.
            handler: Takes a `Message`.

        Raises:
            HandlerError: ``handler`` is not callable.
        """
        instance = self._instance
        instance.at_end(subscribe_instance(instance.hub, topic, instance.call, handler))

    def stop(self) -> None:
        """End this view. Its windows keep what they show; no further window finds it."""
        instance = self._instance
        instance.loop.call_soon_threadsafe(instance.stop, StopReason.STOPPED)

    def restart(self) -> None:
        """End this view and start it from the beginning in its windows."""
        instance = self._instance
        instance.loop.call_soon_threadsafe(self._server.runtime.restart, instance)


class View(BaseView):
    """A page in Python: override `handle_request` and return or show its HTML.

        class Counter(View):
            def handle_request(self, request):
                self.count = Span("10")
                return HTML(self.count, Button("More", handle_click=self.increment))

            def increment(self, event):
                self.count.set_text(int(self.count.get_text()) + 1)

    Methods that wait block until they have a result. In ``async`` code of a `View` they return an
    awaitable instead, which their types do not say: use `AsyncView` there.
    """

    @property
    def server(self) -> ServerAPI:
        """The running server."""
        return cast(ServerAPI, self._server)

    # waiting -----------------------------------------------------------------------------------

    def await_input_event(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait for an input event and return it. Handlers can wait, too, and several at once.

        Args:
            nodes: The nodes to wait for, with all that is in them; none: any node.
            html: What to show first.
            timeout: The longest time to wait, in seconds.

        Raises:
            TimeoutError: No event came within ``timeout``.
            ViewStopped: The view was stopped. Every method that waits can raise it.
        """
        return self._wait_for((), nodes, html, timeout)

    def await_click(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait for a click; as `await_input_event`."""
        return self._wait_for(("click",), nodes, html, timeout)

    def await_change(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait for a change of a field; as `await_input_event`."""
        return self._wait_for(("change",), nodes, html, timeout)

    def await_focus(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait until a node gets the focus; as `await_input_event`."""
        return self._wait_for(("focus",), nodes, html, timeout)

    def await_blur(
        self, *nodes: Element, html: Node | str | None = None, timeout: float | None = None
    ) -> InputEvent:
        """Wait until a node loses the focus; as `await_input_event`."""
        return self._wait_for(("blur",), nodes, html, timeout)

    def _wait_for(
        self,
        names: tuple[str, ...],
        nodes: tuple[Element, ...],
        html: Node | str | None,
        timeout: float | None,
    ) -> InputEvent:
        if html is not None:
            self.show(html)
        return self._call(self._instance.wait_for_event, names, nodes, timeout)

    def await_form(
        self, form: Form[D], html: Node | str | None = None, timeout: float | None = None
    ) -> D | None:
        """Wait until a form is submitted without mistakes, and return its dataclass.

        Mistakes are shown next to their fields, and the first of these fields gets the focus.

        Args:
            form: The form.
            html: What to show first; by default the form, unless it is shown already.
            timeout: The longest time to wait for each attempt, in seconds.

        Returns:
            The dataclass that was filled in; None if the form was cancelled.

        Raises:
            TimeoutError: The form was not submitted within ``timeout``.
        """
        answer: D | None = self._fill_in(form, html, timeout)
        return answer

    def ask(self, question: str, *answers: str, details: Child = None) -> str | None:
        """Ask in a pop-up in every window of this view, and wait for the answer.

            if self.ask("Delete it?", "Delete", "Keep") == "Delete":
                ...

        Args:
            question: The title of the pop-up.
            answers: The texts of its buttons; the first is the one that acts. By default "OK".
            details: Further content of the pop-up.

        Returns:
            The text of the button; None if it was closed with Escape.

        Raises:
            ViewError: The view shows nothing yet.
        """
        return self._call(self._ask, question, answers or ("OK",), details)

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds."""
        return self._call(self._sleep, seconds)

    def ping(self) -> str:
        """Return "pong", or raise `ViewStopped` if the view was stopped.

        For long loops without other calls of the view.
        """
        return self._ping() or self._call(self._pong)

    # files and the desktop ---------------------------------------------------------------------

    def choose_file(self, title: str = "", suffixes: Sequence[str] = ()) -> Path | None:
        """Ask the person for a file.

        In a native window this is the system's dialog, and the result is the file itself. In a
        browser the person uploads a file, which exists until this view ends.

        Args:
            title: The title of the dialog.
            suffixes: Which files are offered, for example ``[".csv"]``; by default all.

        Returns:
            The path of the file; None if the dialog was cancelled.
        """
        return self._call(self._choose_file, title, tuple(suffixes), self._window_of_the_event())

    def choose_folder(self, title: str = "") -> str | None:
        """Ask the person for a folder with the system's dialog.

        A browser has no such dialog: offer a field for the path, too.

        Returns:
            The path of the folder; None if the dialog was cancelled, and in a browser.
        """
        return self._call(self._choose_folder, title)

    def save_file(self, source: str | bytes | Path, name: str, title: str = "") -> Path | None:
        """Ask the person where to save a file, and save it there. In a browser it is a download.

        Args:
            source: A text, bytes, or the path of a file to copy.
            name: The name that the dialog suggests.
            title: The title of the dialog.

        Returns:
            The path of the new file; None if the dialog was cancelled, and in a browser.

        Raises:
            OSError: The file cannot be written.
        """
        return self._call(self._save_file, source, name, title)

    def show_message(
        self, text: str, title: str = "", buttons: Sequence[str] = ("OK",)
    ) -> str | None:
        """Show a message in the system's dialog; in a browser, in a pop-up of the page.

        Args:
            text: The message.
            title: The title of the dialog.
            buttons: The texts of the buttons. Let the last one be harmless: Return and Escape
                press it.

        Returns:
            The text of the button; None if the window was closed.

        Raises:
            ViewError: ``buttons`` is empty.
        """
        return self._call(self._show_message, self._message(text, title, tuple(buttons)))

    # tasks -------------------------------------------------------------------------------------

    def checkpoint(self, data: object) -> None:
        """Save what the view needs to continue after a crash or restart; returns when it is safe.

        The next view at this URL of this owner has the last checkpoint as ``request.checkpoint``.
        Stopping or dismissing the view removes it. A step may run twice: save after each step.

        Args:
            data: What JSON has: None, booleans, numbers, strings, lists, and dictionaries with
                strings as keys.

        Raises:
            ViewError: ``data`` has something that JSON has not, or this is not a daemon view.
            OSError: The disk does not take it; the checkpoint before it stays.
        """
        return self._call(self._save_checkpoint, self._encoded_checkpoint(data))

    @overload
    def run_in_process(
        self, function: Callable[..., R], /, *args: object, executor: Executor, **kwargs: object
    ) -> R: ...
    @overload
    def run_in_process(
        self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R: ...
    def run_in_process(self, function: Callable[..., R], /, *args: object, **kwargs: object) -> R:
        """Call a function in a process of its own and return its result. For work that computes.

        In the function, ``everview.process.progress`` reports progress. Stopping the view ends the
        process.

        Args:
            function: A function of a module.
            args: Its arguments. Arguments and result must be what pickle takes.
            executor: Runs the function instead of a new process: a pool or a cluster. A call that
                has begun goes on when the view is stopped.
            kwargs: Its keyword arguments.

        Raises:
            HandlerError: ``function`` is not callable.
            ProcessError: The process ended early, or something cannot be pickled.
            Exception: What ``function`` raises.
        """
        check_callable(function, "run_in_process")
        return self._call(self._run_in_process, function, args, kwargs)

    def run_in_thread(
        self, function: Callable[[*Ts], R], /, *args: *Ts, on_progress: Report | None = None
    ) -> R:
        """Call a plain function in a thread and return its result. For work that blocks.

        Work that computes belongs in `run_in_process`. When the view is stopped, the next call of
        ``everview.process.progress`` in the function raises `ViewStopped`.

        Args:
            function: A plain function.
            args: Its arguments.
            on_progress: Called in that thread as ``on_progress(done, total, label)`` when the
                function calls ``everview.process.progress``, at most once in 50 ms. By default
                the view shows the progress, as with `progress`, until the function returns.

        Raises:
            HandlerError: ``function`` is not callable or is ``async``.
            Exception: What ``function`` raises.
        """
        name = self._name_of_work(function)
        return self._call(self._run_in_thread, partial(function, *args), name, on_progress)
